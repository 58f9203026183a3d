"""The folds of a worn top, which the flat photo of a plain one lacks: without them it is cut from paper.

They lie on the garment and move with it through the flow: cloth pulls from the armpits over chest and belly,
and hangs down to the hem. They are the same for every top; one whose photo has a print or folds of its own
gets less of them.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, U8, Garment

F64 = npt.NDArray[np.float64]

_SIDE = 160
_AMOUNT = 0.085
"""Share of light that a plain top's deepest fold takes."""
_PLAIN, _BUSY = 0.02, 0.06
"""Contrast of cloth, its standard deviation over a few folds, in [0, 1], that hides none and every one."""
_LIT = 1.7, 0.75
"""How far beside a fold, in its widths, cloth bulges, and how much light it gets there, of what is lost."""
_STROKES = (
    ((0.00, 0.34), (0.30, 0.27), 0.02, 0.016, 0.6),
    ((0.00, 0.38), (0.38, 0.50), -0.03, 0.020, 1.0),
    ((0.02, 0.46), (0.24, 0.78), -0.04, 0.022, 0.8),
    ((1.00, 0.36), (0.64, 0.42), -0.03, 0.018, 0.9),
    ((1.00, 0.41), (0.72, 0.68), 0.05, 0.022, 1.0),
    ((0.98, 0.32), (0.78, 0.25), -0.02, 0.014, 0.5),
    ((0.96, 0.56), (0.84, 0.90), 0.03, 0.024, 0.6),
    ((0.10, 0.99), (0.16, 0.60), 0.03, 0.024, 0.7),
    ((0.29, 1.00), (0.25, 0.66), -0.02, 0.030, 0.8),
    ((0.47, 1.00), (0.43, 0.56), 0.03, 0.032, 0.6),
    ((0.66, 0.99), (0.61, 0.70), -0.02, 0.026, 0.6),
    ((0.85, 1.00), (0.77, 0.74), 0.02, 0.022, 0.7),
    ((0.00, 0.80), (0.30, 0.88), 0.02, 0.018, 0.5),
    ((1.00, 0.83), (0.80, 0.78), 0.02, 0.016, 0.4),
)
"""From where to where in the torso's box, how far bent, how wide, and how deep."""


def fold(flow: F32, garment: Garment, size: tuple[int, ...]) -> F32:
    """Light that the torso's folds take or give, a gain about 1.

    Args:
        flow: (3, 2, h, w) where in the photo each part is looked up, in [-1, 1].
        garment: the photo.
        size: (height, width) of the result.
    """
    left, top, width, height = _torso(garment.parts)
    x, y = ((flow[0, 0] - left) / width, (flow[0, 1] - top) / height)
    columns, rows = (cv2.resize(np.asarray(axis * (_SIDE - 1), np.float32), size[::-1]) for axis in (x, y))
    folds = np.asarray(cv2.remap(_folds(), columns, rows, cv2.INTER_LINEAR), np.float32)
    return 1 + np.float32(_AMOUNT * _plain(garment.texture)) * folds


@remembered
def _torso(parts: U8) -> tuple[float, float, float, float]:
    """Left, top, width and height of the torso's box in the photo, which is [-1, 1] wide and high."""
    x, y, width, height = cv2.boundingRect(np.asarray(parts == GARMENT_LABELS.index("torso"), np.uint8))
    scale = 2 / len(parts)
    return x * scale - 1, y * scale - 1, max(width, 1) * scale, max(height, 1) * scale


@remembered
def _plain(texture: U8) -> float:
    """How plain cloth is, in [0, 1], from its photo, (N, N, 4) uint8 BGRA."""
    small = cv2.resize(texture, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    inside = cv2.erode(small[..., 3], np.ones((9, 9), np.uint8)) > 0.99
    grey = small[..., :3].mean(2)
    detail = (grey - cv2.GaussianBlur(grey, (0, 0), 6))[inside]
    contrast = float(np.sqrt(np.mean(detail**2))) if detail.size else _BUSY
    return float(np.clip((_BUSY - contrast) / (_BUSY - _PLAIN), 0, 1))


@cache
def _folds() -> F32:
    """(N, N) in about [-1, 1], over the torso's box."""
    folds = np.sum([_stroke(np.array(a), np.array(b), *shape) for a, b, *shape in _STROKES], 0)
    # Beyond the box there are none: they end softly at its rim.
    rim = cv2.blur(
        np.pad(np.ones((_SIDE - 8, _SIDE - 8), np.float32), 4), (9, 9), borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(cv2.GaussianBlur(folds, (0, 0), 1) * rim, np.float32)


def _stroke(start: F64, end: F64, bend: float, width: float, depth: float) -> F32:
    """One fold: a dark line that widens and fades out to its end, and cloth that bulges beside it."""
    place = np.stack(np.meshgrid(*[np.linspace(0, 1, _SIDE)] * 2), -1) - start
    way = end - start
    along = place @ way / (way @ way)
    aside = place @ np.array([-way[1], way[0]]) / np.hypot(*way) - 4 * bend * along * (1 - along)
    aside /= width * (0.6 + 0.8 * np.clip(along, 0, 1))
    there = np.clip(along / 0.15 + 0.3, 0, 1) * np.clip((1 - along) / 0.6, 0, 1)
    there *= there * (3 - 2 * there)
    bulge, light = _LIT
    lit = light * np.exp(-((aside - bulge) ** 2) / 1.4) + light / 3 * np.exp(-((aside + bulge) ** 2) / 1.4)
    return np.asarray(depth * there * (lit - np.exp(-(aside**2))), np.float32)
