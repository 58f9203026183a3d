"""Backgrounds: rooms, shops, gradients and bundled photographs, mostly out of focus."""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from skimage import data as pictures

U8 = npt.NDArray[np.uint8]
_PHOTOS = ("coffee", "chelsea", "brick", "grass", "gravel", "rocket", "motorcycle_left")


def sample_background(rng: np.random.Generator, width: int, height: int) -> U8:
    """A random background, (height, width, 3) uint8 RGB."""
    kind = rng.choice(["plain", "gradient", "room", "shop", "photo"], p=[0.15, 0.1, 0.3, 0.25, 0.2])
    picture = _MAKERS[str(kind)](rng, width, height).astype(np.float32)
    grain = rng.normal(size=(height // 4, width // 4)).astype(np.float32)
    picture *= 1 + 0.03 * cv2.resize(grain, (width, height))[..., None]
    blur = rng.uniform(0, 4)
    if blur > 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), blur)
    return np.clip(picture * rng.uniform(0.6, 1.1), 0, 255).astype(np.uint8)


def _colour(rng: np.random.Generator, low: float = 40, high: float = 245) -> npt.NDArray[np.float64]:
    """Wall-like: muted."""
    return rng.uniform(low, high) + rng.normal(size=3) * 14


def _plain(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float64]:
    return np.ones((height, width, 1)) * _colour(rng)


def _gradient(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float64]:
    corners = np.stack([[_colour(rng), _colour(rng)], [_colour(rng), _colour(rng)]]).astype(np.float32)
    return cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.float64)


def _room(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float64]:
    picture = np.ascontiguousarray(_plain(rng, width, height))
    floor = int(height * rng.uniform(0.7, 0.95))
    picture[floor:] = _colour(rng, 40, 180)
    if rng.random() < 0.5:
        picture[:, : int(width * rng.uniform(0.1, 0.45))] *= rng.uniform(0.8, 0.95)
    for _ in range(int(rng.integers(1, 5))):
        left, top = int(rng.uniform(-0.1, 0.9) * width), int(rng.uniform(-0.1, 0.8) * height)
        right, low = left + int(rng.uniform(0.1, 0.5) * width), top + int(rng.uniform(0.15, 0.6) * height)
        cv2.rectangle(picture, (left, top), (right, low), _colour(rng).tolist(), -1)
        cv2.rectangle(
            picture, (left, top), (right, low), _colour(rng, 20, 255).tolist(), int(rng.integers(1, 6))
        )
    return picture


def _shop(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float64]:
    """Rails of clothes and shelves of boxes."""
    picture = np.ascontiguousarray(_room(rng, width, height))
    for _ in range(int(rng.integers(1, 4))):
        top, x = int(rng.uniform(0.05, 0.7) * height), int(rng.uniform(-0.1, 0.6) * width)
        tall, end = int(rng.uniform(0.12, 0.4) * height), x + int(rng.uniform(0.3, 0.9) * width)
        cv2.line(picture, (x, top), (end, top), _colour(rng, 20, 120).tolist(), 3)
        while x < end:
            wide = int(rng.integers(4, 22))
            low = top + int(tall * rng.uniform(0.7, 1.0))
            cv2.rectangle(picture, (x, top + 2), (x + wide, low), rng.uniform(10, 250, 3).tolist(), -1)
            x += wide + int(rng.integers(0, 4))
    return picture


@cache
def _photo(name: str) -> npt.NDArray[np.uint8]:
    picture = np.asarray(
        getattr(pictures, name)() if name != "motorcycle_left" else pictures.stereo_motorcycle()[0]
    )
    picture = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    return np.ascontiguousarray(picture[..., :3].astype(np.uint8))


def _photograph(rng: np.random.Generator, width: int, height: int) -> npt.NDArray[np.float64]:
    picture = _photo(str(rng.choice(_PHOTOS)))
    scale = max(width / picture.shape[1], height / picture.shape[0]) * rng.uniform(1.0, 1.6)
    picture = cv2.resize(picture, None, fx=scale * 1.01, fy=scale * 1.01, interpolation=cv2.INTER_AREA)
    top = rng.integers(0, picture.shape[0] - height + 1)
    left = rng.integers(0, picture.shape[1] - width + 1)
    piece = picture[top : top + height, left : left + width]
    return (piece[:, ::-1] if rng.random() < 0.5 else piece).astype(np.float64)


_MAKERS = {"plain": _plain, "gradient": _gradient, "room": _room, "shop": _shop, "photo": _photograph}
