"""What category of garment a silhouette is; tops are never taken for anything else."""

import cv2
import numpy as np

from lookglass.types import F32

_GRID = 64
_ARMHOLE, _SHOULDER = 0.04, 0.2
"""How much a top narrows below its shoulders, and widens within a twelfth of its height from neck to
shoulders, as shares of its width."""


def guess_category(alpha: F32) -> str:
    """Guess the category from the silhouette.

    Args:
        alpha: (H, W) float32 in [0, 1], the garment upright.

    Returns:
        One of `CATEGORIES`.

    Example:
        >>> legs = np.zeros((100, 60), np.float32)
        >>> legs[:, :25] = legs[:, 35:] = legs[:25] = 1
        >>> guess_category(legs)
        'lower'
    """
    shape = _fit(alpha)
    height, width = shape.shape[0], int(shape.any(0).sum())
    rows = [_runs(row) for row in shape]
    if _has_legs(rows, width) or _hangs_from_a_waist(rows, width):
        return "lower"
    return "dress" if height > 2.1 * width else "upper"


def _fit(alpha: F32) -> np.ndarray:
    """The silhouette's bounding box as a boolean grid of `_GRID` rows."""
    x, y, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    size = (max(8, round(_GRID * width / max(height, 1))), _GRID)
    box = alpha[y : y + height, x : x + width]
    return np.asarray(cv2.resize(box, size, interpolation=cv2.INTER_AREA) > 0.5)


def _runs(row: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of garment in a row."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in steps.reshape(-1, 2)]


def _has_legs(rows: list[list[tuple[int, int]]], width: int) -> bool:
    """Two columns of cloth under one waist with the middle free; beside sleeves there is a torso."""
    lower = rows[int(_GRID * 0.6) : int(_GRID * 0.95)]
    split = [r for r in lower if len(r) == 2 and r[0][1] <= 0.62 * width and r[1][0] >= 0.38 * width]
    balanced = [r for r in split if 0.5 < (r[0][1] - r[0][0]) / (r[1][1] - r[1][0]) < 2]
    waist = rows[int(_GRID * 0.05) : int(_GRID * 0.2)]
    return len(balanced) > 0.8 * len(lower) and all(len(r) == 1 for r in waist)


def _hangs_from_a_waist(rows: list[list[tuple[int, int]]], width: int) -> bool:
    """One piece from a straight edge down, without a neck, shoulders or armholes."""
    if any(len(runs) != 1 for runs in rows[1 : _GRID // 2]):
        return False
    spans = np.array([runs[-1][1] - runs[0][0] for runs in rows[1 : _GRID // 2]]) / width
    ceiling = np.minimum(np.maximum.accumulate(spans), np.maximum.accumulate(spans[::-1])[::-1])
    straight, hollow = spans[0] > 0.85 * spans[4], (ceiling - spans).max()
    return bool(straight and hollow < _ARMHOLE and (spans[5:] - spans[:-5]).max() < _SHOULDER)
