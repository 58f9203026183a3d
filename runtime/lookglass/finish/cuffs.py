"""Cuffs: a long sleeve ends where the old one did, and closes there around the wrist.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
How wide a wrist is, and where, its hand shows: an old sleeve is hard to tell from the trunk beside it.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.finish.box import Box
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.gaps import to_close
from lookglass.finish.half_seen import LONG, SHORTEST, cover
from lookglass.finish.unrolled import ACROSS, Unrolled, beside, clipped, places, ramp, remapped, rescaled
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import F32, U8, Garment, Layers

_MOST = 0.22
"""Share of the forearm by which a sleeve is drawn down at most. Over twice that it stays: it is shorter."""
_EASE, _TAPER = 0.5, 0.5
"""Shares of the forearm above a cuff that are stretched, and over which the sleeve narrows."""
_UPPER, _HAND, _CUFF = (0.4, 0.62), (1.15, 1.3), (-0.3, -0.15)
"""Shares of the forearm: where a sleeve and a hand are, and from a sleeve's end on where it is measured."""
_WHOLE = 2.0, 4.0
"""Cells across what is hardly a hand, and a whole one."""
_WIDER, _NARROWEST, _ASIDE = 1.35, 0.65, 2.5
"""How much wider than the hand a cuff is, the least that is left of its width, and the cells it may move."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sleeve meets a hand.

    Attributes:
        end, gap: where along the forearm it ends and how far it is drawn down, in shares of it.
        middle, aside: where across the forearm its cuff is and how far it moves, cells.
        narrow: what is left of the cuff's width.
    """

    end: float
    gap: float
    middle: float
    aside: float
    narrow: float


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
        if arm.seen > 0 and arm.length >= SHORTEST:
            fit = _fit(layers, part, arm, cloth)
            if fit is not None:
                _draw(coverage, flow[part], part, arm, fit)
    return replace(layers, coverage=coverage, flow=flow)


def _fit(layers: Layers, part: int, arm: Forearm, cloth: U8) -> _Fit | None:
    """How the sleeve of an arm meets its hand, None if it is too short for that."""
    strip = Unrolled.along(arm)
    new = strip.of(layers.coverage[part])
    _, column, _ = strip.measured(new[strip.rows(*_UPPER)])
    if strip.end(new, column) <= LONG[0]:
        return None
    on_flow = strip.on(layers.flow.shape[2] / layers.coverage.shape[1])
    pointed = np.stack([on_flow.of(axis) for axis in layers.flow[part]])
    new *= looked_up(cloth, pointed, new.shape[::-1])
    end, old_end = strip.end(new, column), strip.end(strip.of(layers.painted_alpha))
    width, middle, _ = strip.measured(new[strip.rows(end + _CUFF[0], end + _CUFF[1])])
    hand, at, _ = strip.measured(clipped(2 * strip.between(*_HAND).of(layers.occluder[1]) - 1))
    long = ramp(end, *LONG) * arm.seen
    closing = long * ramp(hand, *_WHOLE)
    return _Fit(
        end=end,
        gap=to_close(max(old_end - end, 0.0), _MOST) * long,
        middle=middle,
        aside=closing * min(max(at - middle, -_ASIDE), _ASIDE),
        narrow=1 - closing * (1 - min(max(_WIDER * hand / max(width, 1.0), _NARROWEST), 1)),
    )


def _draw(coverage: F32, flow: F32, part: int, arm: Forearm, fit: _Fit) -> None:
    """Draw a sleeve down and close it, in place and in its box alone; the torso gives way to it."""
    cell, margin = coverage.shape[1] // flow.shape[1], 1.5 * ACROSS * arm.length
    below = (arm.elbow + (fit.end + fit.gap + 0.1) * arm.along).tolist()
    columns, rows = (
        slice(*(int(min(max(at // cell, 0), stop)) for at in (min(ends) - margin, max(ends) + margin + cell)))
        for *ends, stop in zip(arm.elbow.tolist(), below, flow.shape[:0:-1], strict=True)
    )
    if rows.start == rows.stop or columns.start == columns.stop:
        return
    box = (slice(cell * rows.start, cell * rows.stop), slice(cell * columns.start, cell * columns.stop))
    x, y = _drawn_from(box, arm, fit)
    sleeve = remapped(coverage[part], x, y, cv2.BORDER_REPLICATE)
    cover(coverage[:, *box], part, sleeve)
    size = (columns.stop - columns.start, rows.stop - rows.start)
    x, y = (np.asarray(cv2.resize(axis, size, interpolation=cv2.INTER_AREA), np.float32) for axis in (x, y))
    x, y = rescaled(x, y, 1 / cell)
    for axis in flow:
        axis[rows, columns] = remapped(axis, x, y, cv2.BORDER_REPLICATE)


def _drawn_from(box: Box, arm: Forearm, fit: _Fit) -> tuple[F32, F32]:
    """x and y, in cells, of what a sleeve that meets its hand shows in each cell of a box."""
    along, across = beside(arm, box)
    near = clipped(3 - np.abs(across) * np.float32(2 / (ACROSS * arm.length)))
    along -= fit.gap * near * clipped((along - (fit.end - _EASE)) * (1 / (_EASE + fit.gap)))
    closing = near * clipped((along - (fit.end - _TAPER)) * (1 / _TAPER))
    shrunk = (across - fit.middle) * (1 / fit.narrow - 1) - fit.aside / fit.narrow
    return places(arm, along, across + closing * shrunk)
