"""Cuffs: a long sleeve ends where the old one did, and closes there around the wrist.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
How both are measured: `lookglass.finish.cuff_fit`.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.cuff_fit import CUFF, KEPT, NARROWS, Closing, Fit, fitted, leaving
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.half_seen import SHORTEST, cover
from lookglass.finish.rims import Rim, shape_cuff
from lookglass.finish.unrolled import ACROSS, beside, clipped, places, remapped, rescaled
from lookglass.types import F32, Garment, Layers

_LET, _SURER = 0.2, 1.2
"""Share of the forearm by which a sleeve that leaves the frame surely is too short, and how much more of it,
that it half sees, is shown then."""
_BLEND = 0.12
"""Share of the forearm over which a sleeve's photo is fitted to its outline."""


def meet_hands(layers: Layers, garment: Garment, arms: Forearms) -> tuple[Layers, list[Rim]]:
    """Draw long sleeves down to where the old ones end, and close their cuffs above the hands in view.

    Where the wrist is out of the frame, the sleeve's end is, too.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into; its parts 1 and 2 are the sleeves.
        arms: the wearer's forearms, on the alphas' grid.

    Returns:
        The layers, and where the cuffs that are closed end.
    """
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    rims = []
    for part, arm in enumerate(arms, start=1):
        if max(arm.seen, arm.gone) > 0 and arm.length >= SHORTEST:
            fit = (fitted if arm.seen > 0 else leaving)(layers, part, arm, garment)
            if fit is not None:
                _draw(coverage, flow[part], part, arm, fit)
                if arm.seen == 0:
                    cover(coverage, part, _filled(coverage[part], layers.painted_alpha, fit.gap))
                if fit.closing is not None:
                    shape_cuff(coverage, fit.closing.rim)
                    rims.append(fit.closing.rim)
    return replace(layers, coverage=coverage, flow=flow), rims


def _filled(sleeve: F32, old: F32, gap: float) -> F32:
    """A sleeve, (h, w), that leaves the frame, as surely as it was too short there, where the old one did."""
    surer = sleeve * np.float32(1 + _SURER * min(gap / _LET, 1))
    return np.asarray(np.maximum(sleeve, np.minimum(surer, old)), np.float32)


def _draw(coverage: F32, flow: F32, part: int, arm: Forearm, fit: Fit) -> None:
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
    along, across = beside(arm, box)
    sleeve = remapped(coverage[part], *places(arm, *_drawn(along, across, arm, fit)), cv2.BORDER_REPLICATE)
    cover(coverage[:, *box], part, sleeve)
    along, across = beside(arm, (rows, columns), 1 / cell)
    drawn, beside_it = _drawn(along, across, arm, fit)
    if fit.closing is not None:
        drawn, beside_it = _narrowed(along, drawn, across, fit.closing)
    x, y = rescaled(*places(arm, drawn, beside_it), 1 / cell)
    for axis in flow:
        axis[rows, columns] = remapped(axis, x, y, cv2.BORDER_REPLICATE)


def _drawn(along: F32, across: F32, arm: Forearm, fit: Fit) -> tuple[F32, F32]:
    """Where along and across a forearm a sleeve that is drawn down shows what was farther up."""
    near = clipped(3 - np.abs(across) * np.float32(2 / (ACROSS * arm.length)))
    return np.asarray(along + near * (fit.drawn_from(along) - along), np.float32), across


def _narrowed(along: F32, drawn: F32, across: F32, closing: Closing) -> tuple[F32, F32]:
    """Where along and across a forearm the photo is looked up so that its sleeve fills its outline."""
    rim = closing.rim
    flat = across - rim.at(along, rim.middles)
    flat *= rim.at(along, np.maximum(closing.widths - 2 * KEPT, 1) / rim.widths)
    share = clipped((along - np.float32(rim.along[0])) * (1 / _BLEND)) * np.float32(rim.sure)
    share *= clipped(
        3 - np.abs(across - np.float32(rim.middle)) * np.float32(2 / (0.5 * rim.widths.max() + 4))
    )
    low = clipped((along - np.float32(rim.along[0])) * (1 / (NARROWS - CUFF)))
    lower = rim.bend(across) + np.float32(closing.slant) * flat
    moved = rim.at(along, closing.middles) + flat - across
    return np.asarray(drawn + low * share * lower, np.float32), np.asarray(across + share * moved, np.float32)
