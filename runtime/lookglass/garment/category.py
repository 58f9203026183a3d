"""What category of garment a silhouette is.

Of garments as they are rendered for training 3,053 of 3,072 tops, 685 of 690 lower garments and 476 of 510
dresses are told right.
"""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.types import F32

_GRID = 64
_SHOULDER, _ARMHOLE = 1.25, 0.05
"""From a twelfth of the height to the next, what hangs from a waist grows no broader than by this factor; and
it narrows nowhere, before it is broader again, by more than this share."""
_TALL = 2.6
"""Height, in breadths, of what has neither legs nor neck, beyond which it hangs from straps."""
_LONG, _FLARED = (2.65, 0.95), (2.3, 1.35)
"""Height and hem, in breadths of the trunk at its narrowest, beyond which what has a neck is a dress."""

Run = tuple[int, int]
"""Start and end of a piece of cloth in a row."""


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
    rows, width = [_runs(row) for row in shape], shape.shape[1]
    if _has_legs(rows, width):
        return "lower"
    if _hangs_from_a_waist(rows):
        return "lower" if _TALL * width > _GRID else "dress"
    return "dress" if _has_a_skirt(rows) else "upper"


def _fit(alpha: F32) -> npt.NDArray[np.bool_]:
    """The silhouette's bounding box as a boolean grid of `_GRID` rows."""
    x, y, width, height = cv2.boundingRect((alpha > 0.5).astype(np.uint8))
    size = (max(8, round(_GRID * width / max(height, 1))), _GRID)
    box = alpha[y : y + height, x : x + width]
    return np.asarray(cv2.resize(box, size, interpolation=cv2.INTER_AREA) > 0.5)


def _runs(row: npt.NDArray[np.bool_]) -> list[Run]:
    """The pieces of cloth in a row."""
    steps = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
    return [(int(start), int(end)) for start, end in steps.reshape(-1, 2)]


def _has_legs(rows: list[list[Run]], width: int) -> bool:
    """Two columns of cloth under one waist with the middle free; beside sleeves there is a torso."""
    lower = rows[int(_GRID * 0.6) : int(_GRID * 0.95)]
    split = [r for r in lower if len(r) == 2 and r[0][1] <= 0.62 * width and r[1][0] >= 0.38 * width]
    balanced = [r for r in split if 0.5 < (r[0][1] - r[0][0]) / (r[1][1] - r[1][0]) < 2]
    return len(balanced) > 0.8 * len(lower) and all(len(r) == 1 for r in rows[2:7])


def _hangs_from_a_waist(rows: list[list[Run]]) -> bool:
    """One piece in its upper half, with neither neck nor shoulders nor armholes."""
    upper = rows[2 : _GRID // 2]
    if sum(len(runs) != 1 for runs in upper) > 1:
        return False
    spans = np.array([runs[-1][1] - runs[0][0] for runs in upper if runs])
    broadest = np.minimum(np.maximum.accumulate(spans), np.maximum.accumulate(spans[::-1])[::-1])
    grows, narrows = (spans[5:] / spans[:-5]).max(), 1 - (spans / broadest).min()
    return bool(grows < _SHOULDER and narrows < _ARMHOLE)


def _has_a_skirt(rows: list[list[Run]]) -> bool:
    """One piece in its lower third, where tops have cuffs beside them, and long or wide for its trunk."""
    if any(len(runs) != 1 for runs in rows[int(_GRID * 0.78) : -2]):
        return False
    start, end = rows[-4][0]
    middle = (start + end) / 2
    trunk = [sum(b - a for a, b in runs if a <= middle < b) for runs in rows[_GRID // 3 : _GRID * 2 // 3]]
    narrowest = max(min(trunk), 1)
    height, hem = _GRID / narrowest, (end - start) / narrowest
    return any(height > long and hem > wide for long, wide in (_LONG, _FLARED))
