"""Collars and necklines: the opening of a new garment closes around the neck in view.

Flat on its back, a garment's opening is wider than the neck of most who will wear it. A cell or two of wall
between neck and collar is enough for the collar to stand up from the neck like horns.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.box import Box, box_around, doubled
from lookglass.finish.gaps import to_close
from lookglass.finish.worn import Worn
from lookglass.types import F32, Layers

_FAINT = 0.05
_MOST = 4.0
"""Cells by which a side of the opening is drawn in at most. Over a gap of twice the most it stays."""
_SHOULDER = 14
"""Cells beside a neck over which the cloth gives way."""
_LAP, _LEAST = 0.8, 0.2
"""Cells by which a collar laps over the neck, and the gap that is worth the work."""
_DEEP = 24.0
"""Rows of the deepest neckline. One twice as deep is a jacket that is worn open, and stays."""
_CHEST = 3
"""Cells that a neck goes on down from a gap at least, and that it is wide from its middle."""
_SPREAD = 5
"""Cells up and down over which the gap is averaged."""


def meet_neck(layers: Layers, worn: Worn) -> tuple[Layers, Worn]:
    """Draw the sides of the neck opening in to the neck.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.

    Returns:
        Both, with flow and coverage moved across around the neck.
    """
    at = _around(worn.opening)
    opening, cloth = worn.opening[at], worn.seen[0][at]
    if opening.size == 0:
        return layers, worn
    neck = np.clip(2 * np.maximum(layers.bare[at], layers.occluder[1][at]) - 0.5, 0, 1)
    middle = float((opening.sum(0) * np.arange(opening.shape[1])).sum() / opening.sum())
    middle = min(max(round(middle), 1), opening.shape[1] - 1)
    halves = np.s_[:, middle - 1 :: -1], np.s_[:, middle:]
    left, right = (_drawn_in(cloth[half], neck[half]) for half in halves)
    buttoned = min(max(2 - float(opening.max(1).sum()) / _DEEP, 0), 1)
    shift = np.hstack([-left[:, ::-1], right]) * np.float32(buttoned)
    if not shift.any():
        return layers, worn
    coverage, seen, opening = (alpha.copy() for alpha in (worn.coverage, worn.seen, worn.opening))
    _move([*coverage, *seen, opening], at, shift)
    flow = layers.flow.copy()
    times = flow.shape[3] / coverage.shape[2]
    cells = _scaled(at[0], times), _scaled(at[1], times)
    size = cells[1].stop - cells[1].start, cells[0].stop - cells[0].start
    _move(
        list(flow.reshape(-1, *flow.shape[2:])),
        cells,
        cv2.resize(shift * times, size, interpolation=cv2.INTER_AREA),
    )
    return replace(layers, flow=flow), Worn(coverage, seen, opening)


def _around(opening: F32) -> Box:
    """An opening, (h, w), and the cloth at both of its sides; even cells, for the flow's are coarser."""
    coarse = cv2.resize(opening, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    rows, columns = box_around(coarse > _FAINT, 1)
    reach = _SHOULDER // 2
    return doubled((rows, slice(max(columns.start - reach, 0), min(columns.stop + reach, coarse.shape[1]))))


def _scaled(cells: slice, times: float) -> slice:
    return slice(round(cells.start * times), round(cells.stop * times))


def _drawn_in(cloth: F32, neck: F32) -> F32:
    """How far from the neck the cloth of a side comes, (h, w) each; the middle is their first column."""
    # A chest that ends in the opening is no neck beside a gap, and what has no cloth has none, either.
    chest = np.append(neck[_CHEST:, :_CHEST].max(1), np.zeros(min(_CHEST, len(neck)), np.float32))
    both = np.minimum(cloth.max(1), chest)[:, None]
    wall = (1 - neck) * np.maximum(both - np.maximum.accumulate(cloth, 1), 0)
    gap = np.maximum.accumulate(wall.sum(1, keepdims=True)[::-1])[::-1]
    most = float(gap.max())
    if most < _LEAST:
        return np.zeros_like(cloth)
    gap = np.maximum(gap - _LEAST, 0)
    gap = (gap + np.minimum(gap, _LAP)) * (to_close(most, _MOST) / most)
    columns = np.arange(cloth.shape[1], dtype=np.float32)
    side = float((wall.sum(0) * columns).sum() / wall.sum()) - most / 2
    near = np.clip(np.minimum(columns / max(side, 1.0), 1 - (columns - side) / _SHOULDER), 0, 1)
    return np.asarray(cv2.blur(gap, (1, _SPREAD)) * near, np.float32)


def _move(layers: list[F32], at: Box, shift: cv2.typing.MatLike) -> None:
    """Take places of layers, (h, w) each, from that many cells to the right, in place and in a box."""
    height, width = shift.shape
    x, y = np.arange(width, dtype=np.float32) + shift, np.empty((height, width), np.float32)
    y[:] = np.arange(height)[:, None]
    there = cv2.merge([layer[at] for layer in layers])
    there = cv2.remap(there, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    for layer, moved in zip(layers, cv2.split(there), strict=True):
        layer[at] = moved
