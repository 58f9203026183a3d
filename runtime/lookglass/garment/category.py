"""What kind of garment a silhouette is: enough to refuse trousers, skirts and dresses, never a top."""

import cv2
import numpy as np

from lookglass.types import F32

_GRID = 64


def guess_category(alpha: F32) -> str:
    """Guess the category from the silhouette.

    Args:
        alpha: (H, W) float32 in [0, 1], the garment upright.

    Returns:
        "upper", "trousers", "skirt" or "dress".

    Example:
        >>> legs = np.zeros((100, 60), np.float32)
        >>> legs[:, :25] = legs[:, 35:] = legs[:25] = 1
        >>> guess_category(legs)
        'trousers'
    """
    shape = _fit(alpha)
    height, width = shape.shape[0], int(shape.any(0).sum())
    rows = [_runs(row) for row in shape]
    if _has_legs(rows, width):
        return "trousers"
    if _is_flared(rows, width):
        return "skirt"
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


def _is_flared(rows: list[list[tuple[int, int]]], width: int) -> bool:
    """One piece from a broad straight waist to a hem that is nowhere narrower than what is above it."""
    if any(len(r) != 1 for r in rows[1:-4]):
        return False
    widths = np.array([r[0][1] - r[0][0] for r in rows[1:-4]])
    flat_top = len(rows[0]) == 1 and rows[0][0][1] - rows[0][0][0] > 0.85 * widths[2]
    return bool(flat_top and widths[1] > 0.4 * width and (np.diff(widths) >= -1).all())
