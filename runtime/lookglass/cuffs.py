"""Cuffs: a long sleeve ends where the old one did, and is not much wider than that there.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.forearm import Forearm, Forearms
from lookglass.gaps import to_close
from lookglass.types import F32, Garment, Layers
from lookglass.worn import cloth_of, looked_up

_FROM, _TO, _STEPS = 0.4, 1.6, 37
"""Shares of the forearm between which a sleeve's end is looked for, and in how many steps."""
_MOST = 0.22
"""Share of the forearm by which a sleeve is drawn down at most. Over twice that it stays: it is shorter."""
_LONG, _SHORTEST = (0.65, 0.8), 5.0
"""Shares of the forearm that short and long sleeves reach, and the length in cells that is worth the work."""
_EASE, _TAPER = 0.5, 0.5
"""Shares of the forearm above a cuff that are stretched, and over which the sleeve narrows."""
_WIDER, _NARROWEST = 1.3, 0.65
"""How much wider than the old cuff a new one is, and the least that is left of its width."""
_ACROSS = 0.4
"""Share of the forearm, on either side of it, in which a sleeve lies."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """Where along an arm its sleeve ends, the gap to the old end, in shares of it, and the width left."""

    arm: Forearm
    end: float
    gap: float
    narrow: float


def meet_hands(layers: Layers, garment: Garment, arms: Forearms) -> Layers:
    """Draw long sleeves down to where the old ones end, and close their cuffs.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into; its parts 1 and 2 are the sleeves.
        arms: the wearer's forearms, on the alphas' grid.
    """
    cloth = cloth_of(garment.texture)
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    cell = flow.shape[2] / coverage.shape[1]
    for part, arm in enumerate(arms, start=1):
        if arm.seen == 0 or arm.length < _SHORTEST:
            continue
        pointed = np.stack([_unrolled(axis, arm, cell) for axis in flow[part]])
        photo = looked_up(cloth, pointed, pointed.shape[:0:-1])
        new = _of_the_arm(_unrolled(coverage[part], arm, 1.0) * photo)
        old = _of_the_arm(_unrolled(layers.painted_alpha, arm, 1.0))
        end, old_end = _end(new), _end(old)
        gap = to_close(max(old_end - end, 0.0), _MOST) * arm.seen
        width, old_width = _width(new, end), _width(old, old_end)
        long = np.clip((min(end, old_end) - _LONG[0]) / (_LONG[1] - _LONG[0]), 0, 1) * arm.seen
        narrow = 1 - long * (1 - np.clip(_WIDER * old_width / max(width, 1.0), _NARROWEST, 1))
        if gap > 1e-3 or narrow < 0.999:
            fit = _Fit(arm, end, gap, float(narrow))
            _fitted(coverage[part][None], fit, 1.0)
            _fitted(flow[part], fit, cell)
    return replace(layers, coverage=coverage, flow=flow)


def _unrolled(layer: F32, arm: Forearm, cell: float) -> F32:
    """A layer, (h, w), along a forearm: (steps, columns), a column an arm's cell, the arm's in the middle."""
    along = np.linspace(_FROM, _TO, _STEPS, dtype=np.float32)[:, None]
    reach = round(_ACROSS * arm.length)
    x, y = _places(arm, along, np.arange(-reach, reach + 1, dtype=np.float32), cell)
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), np.float32)


def _of_the_arm(straight: F32) -> F32:
    """What of an unrolled alpha is of the arm's sleeve: what lies beyond the wall beside an arm is not."""
    middle = straight.shape[1] // 2
    left = np.minimum.accumulate(straight[:, middle::-1], 1)[:, :0:-1]
    return np.concatenate([left, np.minimum.accumulate(straight[:, middle:], 1)], 1)


def _places(arm: Forearm, along: F32, across: F32, cell: float) -> tuple[F32, F32]:
    """x and y, in cells of another size, of places in shares of a forearm along it and cells across."""
    (left, top), (right, down), length = (arm.elbow + 0.5).tolist(), arm.along.tolist(), arm.length
    x = (left + along * right - across * (down / length)) * cell - 0.5
    y = (top + along * down + across * (right / length)) * cell - 0.5
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


def _fitted(layers: F32, fit: _Fit, cell: float) -> None:
    """Draw layers, (c, h, w), down and close them about an arm, in place and in its box alone."""
    arm, (height, width) = fit.arm, layers.shape[1:]
    ends = np.stack([arm.elbow, arm.elbow + (fit.end + fit.gap + 0.1) * arm.along])
    margin = 1.5 * _ACROSS * arm.length
    (left, top), (right, bottom) = (ends.min(0) - margin) * cell, (ends.max(0) + margin) * cell
    rows = slice(int(np.clip(top, 0, height)), int(np.clip(bottom + 2, 0, height)))
    columns = slice(int(np.clip(left, 0, width)), int(np.clip(right + 2, 0, width)))
    if rows.stop - rows.start < 2 or columns.stop - columns.start < 2:
        return
    y = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5) / cell - 0.5 - float(arm.elbow[1])
    x = (np.arange(columns.start, columns.stop, dtype=np.float32) + 0.5) / cell - 0.5 - float(arm.elbow[0])
    right, down = (arm.along / arm.length).tolist()
    along, across = (right * x + down * y) / arm.length, right * y - down * x
    near = np.clip(3 - 2 * np.abs(across) / (_ACROSS * arm.length), 0, 1)
    drawn = fit.gap * near * np.clip((along - fit.end + _EASE) / (_EASE + fit.gap), 0, 1)
    closing = near * np.clip((along - drawn - fit.end + _TAPER) / _TAPER, 0, 1)
    wider = 1 + (1 / fit.narrow - 1) * closing
    from_x, from_y = _places(arm, along - drawn, across * wider, cell)
    for layer in layers:
        layer[rows, columns] = cv2.remap(
            layer, from_x, from_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
