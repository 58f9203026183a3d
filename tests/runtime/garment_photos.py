"""Product photos drawn by hand, with the alpha that a perfect cut-out would find."""

import cv2
import numpy as np

from lookglass.types import F32, U8

Colour = tuple[int, int, int]

TEE = [(38, 10), (44, 14), (56, 14), (62, 10), (76, 16), (94, 40), (82, 48), (74, 38), (74, 92), (26, 92)]
TEE += [(26, 38), (18, 48), (6, 40), (24, 16)]
LONG_SLEEVES = [
    (38, 8),
    (44, 12),
    (56, 12),
    (62, 8),
    (76, 14),
    (94, 86),
    (82, 88),
    (73, 40),
    (73, 90),
    (27, 90),
]
LONG_SLEEVES += [(27, 40), (18, 88), (6, 86), (24, 14)]
# The cuffs touch the hem, so that the ground between sleeve and body is cut off.
CLOSED_SLEEVES = [
    (38, 8),
    (62, 8),
    (78, 14),
    (90, 84),
    (72, 84),
    (72, 92),
    (28, 92),
    (28, 84),
    (10, 84),
    (22, 14),
]
GAPS = [[(72, 40), (73, 40), (82, 80), (72, 80)], [(28, 40), (27, 40), (18, 80), (28, 80)]]
TANK = [
    (34, 8),
    (40, 8),
    (42, 24),
    (58, 24),
    (60, 8),
    (66, 8),
    (68, 34),
    (76, 40),
    (76, 92),
    (24, 92),
    (24, 40),
]
TANK += [(32, 34)]
TROUSERS = [(34, 4), (66, 4), (74, 96), (56, 96), (50, 34), (44, 96), (26, 96)]
SKIRT = [(36, 12), (64, 12), (82, 88), (18, 88)]
DRESS = [(42, 2), (46, 6), (54, 6), (58, 2), (60, 30), (66, 98), (34, 98), (40, 30)]
JACKET = [
    (40, 8),
    (60, 8),
    (76, 14),
    (94, 84),
    (82, 86),
    (73, 40),
    (73, 92),
    (56, 92),
    (52, 60),
    (48, 60),
    (44, 92),
]
JACKET += [(27, 92), (27, 40), (18, 86), (6, 84), (24, 14)]


def silhouette(shape: list[tuple[int, int]], size: int = 400, holes: list[list[tuple[int, int]]] = []) -> F32:  # noqa: B006
    """A polygon in hundredths of the picture as (size, size) float32 alpha, anti-aliased."""
    big = np.zeros((4 * size, 4 * size), np.uint8)
    scale = 4 * size / 100
    cv2.fillPoly(big, [np.rint(np.array(shape) * scale).astype(np.int32)], 255)
    for hole in holes:
        cv2.fillPoly(big, [np.rint(np.array(hole) * scale).astype(np.int32)], 0)
    return cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def photo(
    alpha: F32, *, cloth: Colour, ground: Colour, shadow: float = 0.25, weave: float = 2.0, seed: int = 0
) -> U8:
    """Lay cloth on a ground, (N, N, 3) uint8 BGR: contact shadow below it, vignette, weave, noise, JPEG."""
    size, rng = len(alpha), np.random.default_rng(seed)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    light = 1 - 0.03 * (x * x + y * y) - 0.02 * x
    cast = cv2.GaussianBlur(alpha, (0, 0), size / 130)
    cast = np.roll(cast, (round(size / 90), round(size / 250)), axis=(0, 1))
    below = np.array(ground) * (light * (1 - shadow * cast))[..., None]
    above = np.array(cloth) + rng.normal(0, weave, (size, size, 1)) + 2 * np.sin(9 * x + 4 * y)[..., None]
    picture = below + (above - below) * alpha[..., None] + rng.normal(0, 0.7, (size, size, 3))
    encoded = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 92])[
        1
    ]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def open_jacket(size: int = 600) -> U8:
    """A red jacket that hangs open before the dark inside of its back, (N, N, 3) uint8 BGR."""
    picture = np.full((600, 600, 3), 250, np.uint8)

    def draw(colour: Colour, *corners: tuple[int, int]) -> None:
        cv2.fillPoly(picture, [np.array(corners, np.int32)], colour, cv2.LINE_AA)

    draw((40, 40, 45), (235, 80), (365, 80), (350, 560), (250, 560))
    red, dark_red = (60, 40, 150), (40, 25, 110)
    front = [(240, 75), (170, 110), (150, 560), (262, 560), (268, 330)]
    sleeve = [(175, 108), (90, 190), (50, 540), (110, 550), (160, 260)]
    lapel = [(240, 72), (222, 90), (240, 250), (268, 330), (262, 200)]
    for colour, shape in ((red, front), (red, sleeve), (dark_red, lapel)):
        draw(colour, *shape)
        draw(colour, *((600 - x, y) for x, y in shape))
    return np.asarray(cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
