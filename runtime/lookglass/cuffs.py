"""Cuffs: a long sleeve ends where the old one did, and closes there around the wrist.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
How wide a wrist is, and where, its hand shows: an old sleeve is hard to tell from the trunk beside it.
An arm that lies against the trunk the network half covers with either, and its old sleeve shows beside both.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.box import Box
from lookglass.forearm import Forearm, Forearms
from lookglass.gaps import to_close
from lookglass.types import F32, U8, Garment, Layers
from lookglass.worn import cloth_of, looked_up

_FROM, _STEP, _STEPS = 0.4, 1 / 40, 37
"""Share of the forearm from which a sleeve's end and the hand are looked for, and in what steps."""
_MOST = 0.22
"""Share of the forearm by which a sleeve is drawn down at most. Over twice that it stays: it is shorter."""
_LONG, _SHORTEST = (0.65, 0.8), 5.0
"""Shares of the forearm that short and long sleeves reach, and the length in cells that is worth the work."""
_EASE, _TAPER = 0.5, 0.5
"""Shares of the forearm above a cuff that are stretched, and over which the sleeve narrows."""
_HAND, _CUFF = (1.15, 1.3), (-0.3, -0.15)
"""Shares of the forearm: where a hand is, and from a sleeve's end on where it is measured."""
_WHOLE = 2.0, 4.0
"""Cells across what is hardly a hand, and a whole one."""
_WIDER, _NARROWEST, _ASIDE = 1.35, 0.65, 2.5
"""How much wider than the hand a cuff is, the least that is left of its width, and the cells it may move."""
_UNSURE, _SURE, _SURER = (0.2, 0.4), 0.9, 2.0
"""What the network covers at most where there is no sleeve, where it is not sure of one and where it is; and
by how much more is covered of the unsure one at most."""
_ACROSS = 0.4
"""Share of the forearm, on either side of it, in which a sleeve lies."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sleeve meets a hand.

    Attributes:
        end, gap: where along the forearm it ends and how far it is drawn down, in shares of it.
        middle, aside: where across the forearm its cuff is and how far it moves, cells.
        narrow: what is left of the cuff's width.
        surer: by how much more the network covers of a sleeve that it is not sure of.
    """

    end: float
    gap: float
    middle: float
    aside: float
    narrow: float
    surer: float


def meet_hands(layers: Layers, garment: Garment, arms: Forearms) -> Layers:
    """Draw long sleeves down to where the old ones end, and close their cuffs above the hands in view.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into; its parts 1 and 2 are the sleeves.
        arms: the wearer's forearms, on the alphas' grid.
    """
    cloth = cloth_of(garment.texture)
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    for part, arm in enumerate(arms, start=1):
        if arm.seen > 0 and arm.length >= _SHORTEST:
            fit = _fit(layers, part, arm, cloth)
            if fit is not None:
                if fit.surer > 1:
                    _cover(coverage, part, np.minimum(coverage[part] * np.float32(fit.surer), 1))
                _draw(coverage, flow[part], part, arm, fit)
    return replace(layers, coverage=coverage, flow=flow)


def _fit(layers: Layers, part: int, arm: Forearm, cloth: U8) -> _Fit | None:
    """How the sleeve of an arm meets its hand, None if it is too short for that."""
    reach = round(_ACROSS * arm.length)
    across = np.arange(-reach, reach + 1, dtype=np.float32)
    along = _FROM + np.arange(_STEPS, dtype=np.float32)[:, None] * np.float32(_STEP)
    x, y = _places(arm, along, across)
    new = _remapped(layers.coverage[part], x, y)
    _, middle, most = _measured(new[: _STEPS // 4], across)
    surer = _surer(most)
    new = np.minimum(new * np.float32(surer), 1)
    column = min(max(round(middle) + reach, 1), 2 * reach - 1)
    if _end(new, column) <= _LONG[0]:
        return None
    cell = layers.flow.shape[2] / layers.coverage.shape[1]
    places = _rescaled(x, y, cell)
    pointed = np.stack([_remapped(axis, *places) for axis in layers.flow[part]])
    new *= looked_up(cloth, pointed, new.shape[::-1])
    end, old_end = _end(new, column), _end(_remapped(layers.painted_alpha, x, y), reach)
    width, middle, _ = _measured(_rows(new, end + _CUFF[0], end + _CUFF[1]), across)
    front = _remapped(layers.occluder[1], _rows(x, *_HAND), _rows(y, *_HAND))
    hand, at, _ = _measured(_clipped(2 * front - 1), across)
    long = _ramp(end, *_LONG) * arm.seen
    closing = long * _ramp(hand, *_WHOLE)
    return _Fit(
        end=end,
        gap=to_close(max(old_end - end, 0.0), _MOST) * long,
        middle=middle,
        aside=closing * min(max(at - middle, -_ASIDE), _ASIDE),
        narrow=1 - closing * (1 - min(max(_WIDER * hand / max(width, 1.0), _NARROWEST), 1)),
        surer=1 + min(2 * long, 1) * (surer - 1),
    )


def _surer(most: float) -> float:
    """By how much more of a sleeve is covered than the network does, from the most that it covers."""
    return 1 + _ramp(most, *_UNSURE) * (min(max(_SURE / max(most, 0.1), 1), _SURER) - 1)


def _places(arm: Forearm, along: F32, across: F32) -> tuple[F32, F32]:
    """x and y, in cells, of places in shares of a forearm along it and cells across."""
    (left, top), (right, down), length = arm.elbow.tolist(), arm.along.tolist(), arm.length
    x, y = left + along * right - across * (down / length), top + along * down + across * (right / length)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _rescaled(x: F32, y: F32, cell: float) -> tuple[F32, F32]:
    """The same places on a grid with another number of cells for each."""
    moved = np.float32(0.5 * cell - 0.5)
    return x * np.float32(cell) + moved, y * np.float32(cell) + moved


def _remapped(layer: F32, x: F32, y: F32, beyond: int = cv2.BORDER_CONSTANT) -> F32:
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=beyond), np.float32)


def _clipped(values: F32) -> F32:
    return np.minimum(np.maximum(values, 0), 1)


def _ramp(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _rows(unrolled: F32, first: float, last: float) -> F32:
    """What of a layer unrolled along a forearm is between two shares of it."""
    row, stop = (round((share - _FROM) / _STEP) for share in (first, last))
    return unrolled[max(row, 0) : max(stop, 1)]


def _measured(rows: F32, across: F32) -> tuple[float, float, float]:
    """Width of what rows, (n, columns), show, as if it were opaque, its middle, cells, and its most."""
    columns = rows.mean(0)
    total, most = float(columns.sum()), float(columns.max())
    return total / max(most, 0.5), float(columns @ across) / max(total, 0.1), most


def _end(sleeve: F32, column: int) -> float:
    """Where a sleeve, unrolled, ends about a column, in shares of the forearm."""
    there = np.minimum.accumulate(sleeve[:, column - 1 : column + 2].max(1))
    return _FROM + float(there.sum()) * _STEP


def _draw(coverage: F32, flow: F32, part: int, arm: Forearm, fit: _Fit) -> None:
    """Draw a sleeve down and close it, in place and in its box alone; the torso gives way to it."""
    cell, margin = coverage.shape[1] // flow.shape[1], 1.5 * _ACROSS * arm.length
    below = (arm.elbow + (fit.end + fit.gap + 0.1) * arm.along).tolist()
    columns, rows = (
        slice(*(int(min(max(at // cell, 0), stop)) for at in (min(ends) - margin, max(ends) + margin + cell)))
        for *ends, stop in zip(arm.elbow.tolist(), below, flow.shape[:0:-1], strict=True)
    )
    if rows.start == rows.stop or columns.start == columns.stop:
        return
    box = (slice(cell * rows.start, cell * rows.stop), slice(cell * columns.start, cell * columns.stop))
    x, y = _drawn_from(box, arm, fit)
    sleeve = _remapped(coverage[part], x, y, cv2.BORDER_REPLICATE)
    _cover(coverage[:, *box], part, sleeve)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    x, y = (np.asarray(cv2.resize(axis, size, interpolation=cv2.INTER_AREA), np.float32) for axis in (x, y))
    x, y = _rescaled(x, y, 1 / cell)
    for axis in flow:
        axis[rows, columns] = _remapped(axis, x, y, cv2.BORDER_REPLICATE)


def _cover(coverage: F32, part: int, sleeve: F32) -> None:
    """Replace a sleeve; where there is more of it, the torso, part 0, gives way."""
    torso, gained = coverage[0], np.maximum(sleeve - coverage[part], 0)
    coverage[0] = np.minimum(torso, np.maximum(torso - gained, 1 - sleeve))
    coverage[part] = sleeve


def _drawn_from(box: Box, arm: Forearm, fit: _Fit) -> tuple[F32, F32]:
    """x and y, in cells, of what a sleeve that meets its hand shows in each cell of a box."""
    y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] - np.float32(arm.elbow[1])
    x = np.arange(box[1].start, box[1].stop, dtype=np.float32) - np.float32(arm.elbow[0])
    right, down = (arm.along / arm.length).tolist()
    along, across = (right * x + down * y) * (1 / arm.length), right * y - down * x
    near = _clipped(3 - np.abs(across) * (2 / (_ACROSS * arm.length)))
    along -= fit.gap * near * _clipped((along - (fit.end - _EASE)) * (1 / (_EASE + fit.gap)))
    closing = near * _clipped((along - (fit.end - _TAPER)) * (1 / _TAPER))
    shrunk = (across - fit.middle) * (1 / fit.narrow - 1) - fit.aside / fit.narrow
    return _places(arm, along, across + closing * shrunk)
