"""A top that ends a little above the frame's bottom, where the old one goes on, is let down to it.

How long a top is on a wearer no photo tells, and below its hem trousers would have to be invented that no row
of the frame shows.
"""

from dataclasses import replace

import numpy as np

from lookglass.finish.box import in_frame
from lookglass.finish.gaps import to_close
from lookglass.finish.stretch import let
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.person.crop import model_columns
from lookglass.types import Garment, Layers, Person

_MOST, _DRESS = 16.0, 6.0
"""Cells by which a top and a dress, below which are legs, are let down at most. Over a gap of twice that they
stay: they are meant to be shorter."""
_BEYOND = 2.0
"""Cells by which it goes on below the frame."""
_HEM, _CORNER = 4, 0.15
"""Cells above the hem, and above the bottom, that tell where cloth hangs; and the share of columns whose ends
are corners."""
_COVERED = 0.5, 0.8
"""Share of the hem below which old clothes go on to the bottom, not at all and surely."""


def reach_bottom(layers: Layers, person: Person, garment: Garment) -> Layers:
    """Stretch the torso to the frame's bottom where the old clothes leave the frame there.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        garment: whose photo the flow points into.
    """
    rows, _ = in_frame(model_columns(person.picture))
    bottom = (rows.stop - 1) // 2
    if bottom + 1 >= len(layers.bare) or bottom < 0:
        return layers
    size = layers.bare.shape[::-1]
    seen = layers.coverage[0] * looked_up(cloth_of(garment.texture), layers.flow[0], size)
    ends = len(seen) - 1 - np.argmax(seen[::-1] > 0.5, 0)
    ends = ends[(seen > 0.5).any(0)]
    # Between the sides of an open jacket cloth ends at its collar.
    ends = ends[2 * ends > ends.max(initial=0) + np.argmax((seen > 0.5).any(1))]
    if len(ends) == 0:
        return layers
    hem = float(np.quantile(ends, _CORNER))
    columns = seen[max(int(hem) - _HEM, 0) : int(hem) + 1].mean(0)
    old = layers.painted_alpha[max(bottom - _HEM, 0) : bottom].max(0, initial=0)
    share = float(columns @ old) / max(float(columns.sum()), 1e-3)
    low, high = _COVERED
    most = _DRESS if garment.category == "dress" else _MOST
    gap = to_close(bottom + _BEYOND - hem, most) * min(max((share - low) / (high - low), 0), 1)
    if gap <= 0:
        return layers
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    coverage[0] = np.maximum(coverage[0], let(coverage[0], hem, gap))
    cell = flow.shape[2] / len(seen)
    flow[0] = let(flow[0], hem * cell, gap * cell)
    return replace(layers, coverage=coverage, flow=flow)
