"""The folds of a worn top, which the flat photo of a plain one lacks: without them it is cut from paper.

They lie on the garment and move with it through the flow: cloth pulls from the armpits over chest and belly
and hangs down to the hem; sleeves crease at the elbow and lie in folds on the cuff. They are the same for
every top; one whose photo has a print or folds of its own gets less of them.
"""

from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, U8, Garment

F64 = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating[Any]]
Strokes = tuple[tuple[tuple[float, float], tuple[float, float], float, float, float], ...]

_SIDE = 160
_AMOUNT = 0.12
"""Share of light that a plain top's deepest fold takes."""
_PLAIN, _BUSY = 0.02, 0.06
"""Contrast of cloth, its standard deviation over a few folds, in [0, 1], that hides none and every one."""
_LIT = 1.7, 0.55
"""How far beside a fold, in its widths, cloth bulges, and how much light it gets there, of what is lost."""
_TORSO = (
    ((0.00, 0.34), (0.30, 0.27), 0.02, 0.016, 0.6),
    ((0.00, 0.38), (0.38, 0.50), -0.03, 0.020, 1.0),
    ((0.02, 0.46), (0.24, 0.8), -0.04, 0.022, 0.8),
    ((1.00, 0.36), (0.64, 0.4), -0.03, 0.018, 0.9),
    ((1.00, 0.41), (0.72, 0.68), 0.05, 0.022, 1.0),
    ((0.98, 0.32), (0.78, 0.25), -0.02, 0.014, 0.5),
    ((0.96, 0.56), (0.84, 0.90), 0.03, 0.024, 0.6),
    ((0.10, 0.99), (0.16, 0.6), 0.03, 0.024, 0.7),
    ((0.29, 1.00), (0.25, 0.66), -0.02, 0.030, 0.8),
    ((0.47, 1.00), (0.43, 0.56), 0.03, 0.032, 0.6),
    ((0.66, 0.99), (0.61, 0.70), -0.02, 0.026, 0.6),
    ((0.85, 1.00), (0.77, 0.74), 0.02, 0.022, 0.7),
    ((0.00, 0.80), (0.30, 0.88), 0.02, 0.018, 0.5),
    ((1.00, 0.83), (0.80, 0.8), 0.02, 0.016, 0.4),
)
"""From where to where in the torso's box, how far bent, how wide, and how deep."""
_LONG = (
    ((0.00, 0.10), (0.75, 0.27), 0.04, 0.034, 0.5),
    ((0.00, 0.18), (0.60, 0.40), 0.03, 0.034, 0.4),
    ((0.00, 0.47), (0.90, 0.4), 0.04, 0.026, 0.6),
    ((0.00, 0.5), (1.00, 0.55), -0.03, 0.030, 0.8),
    ((0.00, 0.61), (0.85, 0.67), -0.04, 0.028, 0.6),
    ((1.00, 0.45), (0.40, 0.50), 0.02, 0.024, 0.4),
    ((1.00, 0.70), (0.30, 0.76), 0.03, 0.030, 0.5),
    ((0.00, 0.79), (0.85, 0.83), 0.03, 0.024, 0.6),
    ((1.00, 0.87), (0.20, 0.89), -0.02, 0.020, 0.5),
)
_SHORT = (
    ((0.00, 0.12), (0.80, 0.50), 0.05, 0.050, 0.8),
    ((0.00, 0.32), (0.65, 0.85), 0.04, 0.055, 0.6),
)
"""The same for sleeves, from their inner to their outer side and from the shoulder to the hem."""
_SLENDER = 3.5
"""How many times as long as broad long sleeves are, and short ones are not."""
_FEW = 30
"""Pixels of a photo's labels that are no sleeve."""
_SPREAD = 3**0.5
"""Half a rectangle's side, in standard deviations of its points along it."""


def fold(flow: F32, garment: Garment, size: tuple[int, ...]) -> F32:
    """Light that the parts' folds take or give, (3, height, width), a gain about 1.

    Args:
        flow: (3, 2, h, w) where in the photo each part is looked up, in [-1, 1].
        garment: the photo.
        size: (height, width) of the result.
    """
    amount = np.float32(_AMOUNT * _plain(garment.texture))
    places = zip(flow, _boxes(garment.parts), strict=True)
    return 1 + amount * np.stack([_folded(own, *box, size) for own, box in places])


def _folded(flow: F32, to_box: F64, strokes: Strokes, size: tuple[int, ...]) -> F32:
    """(height, width) folds as a part shows them that looks at these places, (2, h, w)."""
    if not strokes:
        return np.zeros(size, np.float32)
    (a, b, c), (d, e, f) = to_box.astype(np.float32) * np.float32(_SIDE - 1)
    axes = (a * flow[0] + b * flow[1] + c, d * flow[0] + e * flow[1] + f)
    columns, rows = (cv2.resize(axis, size[::-1]) for axis in axes)
    return np.asarray(cv2.remap(_folds(strokes), columns, rows, cv2.INTER_LINEAR), np.float32)


@remembered
def _boxes(parts: U8) -> list[tuple[F64, Strokes]]:
    """For torso and sleeves the affine map, (2, 3), from the photo to the unit box of folds, and these."""
    torso, *sleeves = (
        (np.argwhere(parts == GARMENT_LABELS.index(name))[:, ::-1] + 0.5) * (2 / len(parts)) - 1
        for name in ("torso", "left_sleeve", "right_sleeve")
    )
    if len(torso) < 2:
        return [(np.zeros((2, 3)), ())] * 3
    low, high = torso.min(0) - 1 / len(parts), torso.max(0) + 1 / len(parts)
    scale = np.diag(1 / (high - low))
    return [(np.column_stack([scale, -scale @ low]), _TORSO), *(_sleeve(own, torso) for own in sleeves)]


def _sleeve(points: Points, torso: Points) -> tuple[F64, Strokes]:
    """The same for a sleeve, whose box lies along it, from its points and the torso's, (n, 2)."""
    if len(points) < _FEW:
        return np.zeros((2, 3)), ()
    middle = points.mean(0)
    spread, ways = np.linalg.eigh(np.cov((points - middle).T))
    aside, along = ways.T
    aside = aside * np.sign(aside @ (middle - torso.mean(0)))
    along = along * np.sign(along[1] or 1)
    broad, length = 2 * _SPREAD * np.sqrt(np.maximum(spread, 1e-6))
    turn = np.stack([aside / broad, along / length])
    return np.column_stack([turn, 0.5 - turn @ middle]), _LONG if length > _SLENDER * broad else _SHORT


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
def _folds(strokes: Strokes) -> F32:
    """(N, N) in about [-1, 1], over the unit box."""
    folds = np.sum([_stroke(np.array(a), np.array(b), *shape) for a, b, *shape in strokes], 0)
    # Beyond the box there are none: they end softly at its rim.
    rim = cv2.blur(
        np.pad(np.ones((_SIDE - 8, _SIDE - 8), np.float32), 4), (9, 9), borderType=cv2.BORDER_CONSTANT
    )
    return np.asarray(cv2.GaussianBlur(np.clip(folds, -1, 1), (0, 0), 1) * rim, np.float32)


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
