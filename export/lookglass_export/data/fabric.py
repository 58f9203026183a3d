"""Fabrics: a repeating pattern, what is printed or sewn on the front, and trim colours."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.mesh import Array

TILE_PX, DECOR_PX = 256, 512
DECOR_M, DECOR_TOP_M = 0.72, 0.62
"""The decor picture spans 0.72 m of the canonical front, down from this height."""
PRINTS = Path("/usr/share/openclipart/png")
U8 = npt.NDArray[np.uint8]
KINDS = (
    "solid", "stripes", "bars", "check", "gingham", "dots", "blobs", "floral", "heather", "knit", "denim",
)  # fmt: skip
_ODDS = np.array([50, 10, 5, 5, 4, 4, 4, 7, 5, 4, 4]) / 102


OWN_LINING = np.full(3, -1.0)


@dataclass(frozen=True, slots=True)
class Fabric:
    """What a garment is made of; colours are RGB in [0, 1].

    Attributes:
        kind: one of `KINDS`.
        pattern: (256, 256, 3) uint8, repeats every `tile_m` metres.
        decor: (512, 512, 4) uint8 straight alpha, lies on the front.
        accent: ribs, collars, lapels.
        lining: the inside; `OWN_LINING` for the fabric itself.
    """

    kind: str
    pattern: U8
    tile_m: float
    decor: U8
    accent: Array
    lining: Array
    gloss: float


@cache
def prints(*, test: bool) -> tuple[Path, ...]:
    """Public-domain drawings; every eighth is for tests alone. Empty where the package is not installed."""
    files = sorted(PRINTS.glob("*/*/*.png"))
    return tuple(f for i, f in enumerate(files) if (i % 8 == 0) == test)


def random_colour(rng: np.random.Generator) -> Array:
    """A cloth colour, RGB in [0, 1]: white, black, grey and navy are common."""
    plain = rng.random()
    if plain < 0.09:
        return np.full(3, rng.uniform(0.9, 0.99))
    if plain < 0.18:
        return np.full(3, rng.uniform(0.04, 0.13))
    if plain < 0.25:
        return np.full(3, rng.uniform(0.3, 0.75))
    if plain < 0.31:
        return np.array([0.08, 0.11, 0.24]) * rng.uniform(0.7, 1.4)
    hsv = [rng.integers(180), 255 * rng.beta(1.2, 1.4), rng.uniform(40, 250)]
    return cv2.cvtColor(np.uint8([[hsv]]), cv2.COLOR_HSV2RGB)[0, 0] / 255.0


def sample_fabric(
    rng: np.random.Generator, *, kind: str | None = None, logo: float = 0.4, test: bool = False
) -> Fabric:
    """A random fabric; `logo` is the chance of a picture on the chest."""
    kind = kind or str(rng.choice(KINDS, p=_ODDS))
    first, second = random_colour(rng), random_colour(rng)
    picture, tile_m = _pattern(rng, kind, first, second, test)
    pattern = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    mean = picture.mean((0, 1))
    accent = second if rng.random() < 0.2 else mean * rng.uniform(0.85, 1.08)
    lining = mean * rng.uniform(0.7, 0.95) if rng.random() < 0.6 else random_colour(rng)
    # Half of the training garments show the fabric itself inside, as unlined shirts do. Chosen without a draw
    # of its own, so that the frozen test scenes stay as they are.
    own = not test and lining[0] * 1000 % 1 < 0.5
    decor = np.zeros((DECOR_PX, DECOR_PX, 4), np.uint8)
    decor[..., :3] = (np.clip(mean, 0, 1) * 255).astype(np.uint8)
    if rng.random() < logo:
        _print_on_chest(rng, decor, test)
    return Fabric(
        kind,
        pattern,
        tile_m,
        decor,
        np.clip(accent, 0, 1),
        OWN_LINING if own else np.clip(lining, 0, 1),
        rng.uniform(0, 0.12),
    )


def _pattern(
    rng: np.random.Generator, kind: str, a: Array, b: Array, test: bool
) -> tuple[npt.NDArray[np.float32], float]:
    y, x = np.mgrid[:TILE_PX, :TILE_PX].astype(np.float32) / TILE_PX
    tile_m = float(rng.uniform(0.1, 0.3))
    count = int(rng.integers(2, 9))
    duty = rng.uniform(0.25, 0.7)
    mix = np.zeros_like(x)
    if kind == "stripes":
        mix = ((y * count) % 1 < duty).astype(np.float32)
    elif kind == "bars":
        mix = ((x * count) % 1 < duty).astype(np.float32)
    elif kind in ("check", "gingham"):
        across, down = ((v * count) % 1 < (0.5 if kind == "gingham" else duty / 2) for v in (x, y))
        mix = across * 0.5 + down * 0.5
    elif kind == "dots":
        mix = ((((x * count) % 1 - 0.5) ** 2 + ((y * count) % 1 - 0.5) ** 2) < duty**2 / 4).astype(np.float32)
    elif kind in ("blobs", "heather", "denim", "knit"):
        cells = int(rng.integers(5, 14)) if kind == "blobs" else 90
        mix = _smooth_tile(rng, cells)
        if kind == "blobs":
            mix = np.clip((mix - 0.5) * 6 + 0.5, 0, 1)
        elif kind == "heather":
            b = a * 0.7 + 0.25
        elif kind == "denim":
            a, b = np.array([0.2, 0.28, 0.45]) * rng.uniform(0.5, 1.6), np.array([0.75, 0.8, 0.88])
            mix = 0.35 * mix + 0.25 * ((x + y) * 64 % 1 < 0.5)
        else:
            b = a * 0.72
            mix = 0.3 * mix + 0.7 * np.abs(np.sin(x * np.pi * 24 + 0.8 * np.sin(y * np.pi * 48)))
    elif kind == "floral":
        return _floral(rng, a, test), float(rng.uniform(0.12, 0.4))
    picture = a * (1 - mix[..., None]) + b * mix[..., None]
    weave = _smooth_tile(rng, 128)[..., None]
    return (picture * (1 + rng.uniform(0, 0.1) * (weave - 0.5))).astype(np.float32), tile_m


def _smooth_tile(rng: np.random.Generator, cells: int) -> npt.NDArray[np.float32]:
    """Smooth noise in [0, 1] that repeats seamlessly."""
    grid = np.pad(rng.random((cells, cells)).astype(np.float32), 2, mode="wrap")
    scale = TILE_PX / cells
    wide = cv2.resize(grid, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    start = round(2 * scale)
    tile = wide[start : start + TILE_PX, start : start + TILE_PX]
    return np.clip(cv2.resize(tile, (TILE_PX, TILE_PX)), 0, 1)


def _floral(rng: np.random.Generator, ground: Array, test: bool) -> npt.NDArray[np.float32]:
    """A drawing, repeated at random turns and tints."""
    picture = np.empty((TILE_PX, TILE_PX, 3), np.float32)
    picture[:] = ground
    motif = _drawing(rng, test)
    for _ in range(int(rng.integers(3, 10))):
        size = int(rng.integers(36, 110))
        patch = cv2.resize(motif, (size, size), interpolation=cv2.INTER_AREA)
        patch = np.rot90(patch, int(rng.integers(4)))
        left, top = rng.integers(0, TILE_PX, 2)
        rows, columns = (np.arange(size) + top) % TILE_PX, (np.arange(size) + left) % TILE_PX
        region = picture[np.ix_(rows, columns)]
        alpha = patch[..., 3:] / 255.0
        picture[np.ix_(rows, columns)] = region * (1 - alpha) + patch[..., :3] / 255.0 * alpha
    return picture


def _drawing(rng: np.random.Generator, test: bool) -> U8:
    """A square RGBA drawing: clip art, or where there is none a flower of ellipses."""
    files = prints(test=test)
    for _ in range(6 if files else 0):
        picture = cv2.imread(str(files[rng.integers(len(files))]), cv2.IMREAD_UNCHANGED)
        if (
            picture is not None
            and picture.ndim == 3
            and picture.shape[2] == 4
            and min(picture.shape[:2]) > 40
            and (picture[..., 3] > 0).mean() < 0.95
        ):
            picture = cv2.resize(picture, (192, 192), interpolation=cv2.INTER_AREA)
            return np.ascontiguousarray(picture[..., [2, 1, 0, 3]])
    flower = np.zeros((192, 192, 4), np.uint8)
    petals, colour = int(rng.integers(4, 8)), [int(255 * c) for c in random_colour(rng)]
    for k in range(petals):
        angle = 2 * np.pi * k / petals
        centre = (int(96 + 48 * np.cos(angle)), int(96 + 48 * np.sin(angle)))
        cv2.ellipse(flower, centre, (44, 24), np.rad2deg(angle), 0, 360, (*colour, 255), -1, cv2.LINE_AA)
    cv2.circle(flower, (96, 96), 22, (*[int(255 * c) for c in random_colour(rng)], 255), -1, cv2.LINE_AA)
    return flower


def _print_on_chest(rng: np.random.Generator, decor: U8, test: bool) -> None:
    small = rng.random() < 0.25
    size = int(DECOR_PX * (rng.uniform(0.07, 0.12) if small else rng.uniform(0.2, 0.4)))
    x = 0.5 + (rng.choice([-1, 1]) * 0.13 if small else rng.normal() * 0.01)
    y = 0.32 if small else rng.uniform(0.26, 0.5)
    left, top = int(x * DECOR_PX - size / 2), int(y * DECOR_PX)
    if rng.random() < 0.3:
        words = "".join(chr(rng.integers(65, 91)) for _ in range(int(rng.integers(3, 8))))
        colour = [int(255 * c) for c in random_colour(rng)]
        scale = size / (20.0 * len(words))
        cv2.putText(
            decor,
            words,
            (left, top + size // 3),
            cv2.FONT_HERSHEY_DUPLEX,
            scale,
            (*colour, 255),
            2,
            cv2.LINE_AA,
        )
        return
    picture = cv2.resize(_drawing(rng, test), (size, size), interpolation=cv2.INTER_AREA)
    blend(decor[top : top + size, left : left + size], picture)


def blend(region: U8, picture: U8) -> None:
    """Lay an RGBA picture over a region of decor, in place."""
    picture = picture[: region.shape[0], : region.shape[1]]
    alpha = picture[..., 3:] / 255.0
    region[..., :3] = (region[..., :3] * (1 - alpha) + picture[..., :3] * alpha).astype(np.uint8)
    region[..., 3] = np.maximum(region[..., 3], picture[..., 3])


def sew_front(
    rng: np.random.Generator, fabric: Fabric, *, fastening: str, neck_z: float, end_z: float
) -> None:
    """Draw a placket with buttons, a zip, and pockets onto the decor, in place."""
    decor = fabric.decor

    def px(x: float, z: float) -> tuple[int, int]:
        return int((x / DECOR_M + 0.5) * DECOR_PX), int((DECOR_TOP_M - z) / DECOR_M * DECOR_PX)

    def shade(gain: float) -> tuple[int, int, int, int]:
        return (*[int(np.clip(255 * c * gain, 0, 255)) for c in fabric.accent], 255)

    if fastening == "buttons":
        half = rng.uniform(0.012, 0.018)
        cv2.rectangle(decor, px(-half, neck_z), px(half, end_z), shade(rng.uniform(0.94, 1.0)), -1)
        for x in (-half, half):
            cv2.line(decor, px(x, neck_z), px(x, end_z), shade(0.72), 1, cv2.LINE_AA)
        dark = rng.random() < 0.5
        for z in np.arange(neck_z - 0.06, end_z, -rng.uniform(0.06, 0.09)):
            cv2.circle(
                decor, px(0, z), 4, (40, 38, 36, 255) if dark else (238, 236, 230, 255), -1, cv2.LINE_AA
            )
    elif fastening == "zip":
        metal = int(rng.choice([40, 120, 200]))
        cv2.line(decor, px(0, neck_z), px(0, end_z), (metal, metal, metal, 255), int(rng.integers(2, 6)))
        for x in (-0.012, 0.012):
            cv2.line(decor, px(x, neck_z), px(x, end_z), shade(0.75), 1, cv2.LINE_AA)
    if rng.random() < 0.5:
        z, width = (0.36, 0.05) if fastening == "buttons" else (rng.uniform(0.1, 0.18), 0.055)
        for sign in (1, -1) if rng.random() < 0.7 else (1,):
            x = sign * (0.085 if fastening == "buttons" else 0.1)
            cv2.rectangle(
                decor, px(x - width, z), px(x + width, z - 1.3 * width), shade(0.78), 1, cv2.LINE_AA
            )
            cv2.line(decor, px(x - width, z - 0.02), px(x + width, z - 0.02), shade(0.7), 1, cv2.LINE_AA)
