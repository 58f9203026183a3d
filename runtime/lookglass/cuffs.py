"""Cuffs: a long sleeve ends where the old one did, and is not much wider there.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.forearm import Forearm, Forearms
from lookglass.types import F32, Garment, Layers
from lookglass.worn import cloth_of, looked_up

_FROM, _TO, _STEPS = 0.4, 1.6, 49
"""Shares of the forearm between which a sleeve's end is looked for, and in how many steps."""
_MOST = 0.22
"""Share of the forearm by which a sleeve is drawn down at most. Over twice that it stays: it is shorter."""
_EASE, _TAPER = 0.5, 0.5
"""Shares of the forearm above a cuff that are stretched, and over which the sleeve narrows."""
_WIDER, _NARROWEST = 1.3, 0.65
"""How much wider than the old cuff a new one is, and the least that is left of its width."""
_ACROSS = 0.4
"""Share of the forearm, on either side of it, in which a sleeve lies."""


def meet_hands(layers: Layers, garment: Garment, arms: Forearms) -> Layers:
    """Draw long sleeves down to where the old ones end, and close their cuffs.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into; its parts 1 and 2 are the sleeves.
        arms: the wearer's forearms, on the alphas' grid.
    """
    cloth, size = cloth_of(garment.texture), layers.bare.shape[::-1]
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    for part, arm in enumerate(arms, start=1):
        if arm.seen == 0 or arm.length < _STEPS / 10:
            continue
        new = _unrolled(coverage[part] * looked_up(cloth, flow[part], size), arm)
        old = _unrolled(layers.painted_alpha, arm)
        end, old_end = _end(new), _end(old)
        gap = max(old_end - end, 0.0)
        gap *= min(max(2 - gap / _MOST, 0), 1) * arm.seen
        width, old_width = _width(new, end), _width(old, old_end)
        long = np.clip((min(end, old_end) - 0.65) / 0.15, 0, 1) * arm.seen
        narrow = 1 - long * (1 - np.clip(_WIDER * old_width / max(width, 1.0), _NARROWEST, 1))
        if gap < 1e-3 and narrow > 0.999:
            continue
        coverage[part] = _fitted(coverage[part], arm, 1.0, end, gap, narrow)
        cell = flow.shape[2] / len(coverage[part])
        flow[part] = cv2.split(_fitted(cv2.merge(tuple(flow[part])), arm, cell, end, gap, narrow))
    return replace(layers, coverage=coverage, flow=flow)


def _unrolled(alpha: F32, arm: Forearm) -> F32:
    """An alpha, (h, w), along a forearm: (steps, columns); columns are cells, the arm's in the middle."""
    along = np.linspace(_FROM, _TO, _STEPS, dtype=np.float32)[:, None]
    reach = round(_ACROSS * arm.length)
    across = np.arange(-reach, reach + 1, dtype=np.float32)
    x, y = _places(arm, along, across)
    straight = cv2.remap(alpha, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    # What lies beyond the wall beside an arm, or beyond the hand, is not of its sleeve.
    left = np.minimum.accumulate(straight[:, reach::-1], 1)[:, :0:-1]
    straight = np.concatenate([left, np.minimum.accumulate(straight[:, reach:], 1)], 1)
    return np.asarray(straight, np.float32)


def _places(arm: Forearm, along: F32, across: F32) -> tuple[F32, F32]:
    """x and y, in cells, of places in shares of a forearm along it, and in cells across it."""
    right, down = arm.along / arm.length
    x = arm.elbow[0] + along * arm.along[0] - across * down
    y = arm.elbow[1] + along * arm.along[1] + across * right
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _end(sleeve: F32) -> float:
    """Where a sleeve, unrolled, ends, in shares of the forearm."""
    middle = sleeve.shape[1] // 2
    there = np.minimum.accumulate(sleeve[:, middle - 1 : middle + 2].max(1))
    return _FROM + float(there.sum()) * (_TO - _FROM) / _STEPS


def _width(sleeve: F32, end: float) -> float:
    """Cells across a sleeve, unrolled, a little above its end."""
    row = int(np.clip((end - 0.12 - _FROM) / (_TO - _FROM) * _STEPS, 0, _STEPS - 3))
    return float(sleeve[row : row + 3].sum(1).mean())


def _fitted(
    layer: cv2.typing.MatLike, arm: Forearm, cell: float, end: float, gap: float, narrow: float
) -> F32:
    """A layer, (h, w) or (h, w, c), whose cells are `cell` of the arm's, drawn down by a gap and narrowed."""
    height, width = layer.shape[:2]
    rows, columns = np.indices((height, width), np.float32)
    x, y = (
        (places + 0.5) / cell - 0.5 - start for places, start in zip((columns, rows), arm.elbow, strict=True)
    )
    right, down = arm.along / arm.length
    along, across = (right * x + down * y) / arm.length, right * y - down * x
    near = np.clip(2 - np.abs(across) / (_ACROSS * arm.length), 0, 1) * np.clip(2.5 - along, 0, 1)
    drawn = gap * near * np.clip((along - end + _EASE) / (_EASE + gap), 0, 1)
    closing = near * np.clip((along - drawn - end + _TAPER) / _TAPER, 0, 1)
    wider = 1 + (1 / narrow - 1) * closing
    x, y = _places(arm, np.asarray(along - drawn, np.float32), np.asarray(across * wider, np.float32))
    x, y = ((places + np.float32(0.5)) * np.float32(cell) - np.float32(0.5) for places in (x, y))
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
