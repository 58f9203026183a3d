"""The legs of trousers: a new hem that ends a little above the old one is let down to it.

How long trousers are made no photo tells, and between the two hems an ankle would have to be invented before
a shoe that the camera shows. Shorts, and legs cropped well above the ankle, stay as they are.
"""

from dataclasses import replace

import numpy as np

from lookglass.finish.gaps import to_close
from lookglass.finish.stretch import let
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import F32, Garment, Layers

_MOST = 6.0
"""Cells by which a leg is let down at most. Over a gap of twice that it stays: the new trousers are meant to
be shorter."""
_HEM = 8
"""Cells of a leg above its hem that tell where the hem is."""
_BELOW = 4
"""Cells under a hem that was let down in which nothing is taken for old trousers: there is the shoe."""


def let_down(layers: Layers, garment: Garment) -> Layers:
    """Stretch each leg to where the old one ended.

    Args:
        layers: what the network returned; the garment's parts 1 and 2 are its legs.
        garment: whose photo the flow points into.
    """
    cloth, size = cloth_of(garment.texture), layers.bare.shape[::-1]
    seen = [layers.coverage[part] * looked_up(cloth, layers.flow[part], size) for part in (1, 2)]
    coverage, flow, old = layers.coverage.copy(), layers.flow.copy(), layers.painted_alpha.copy()
    for part, own, other in ((1, *seen), (2, *reversed(seen))):
        hem, gap, columns = _gap(own, layers.painted_alpha, other)
        if gap <= 0:
            continue
        longer = let(coverage[part], hem, gap)
        coverage[part] = np.maximum(coverage[part], np.minimum(longer, layers.painted_alpha))
        cell = flow.shape[2] / len(own)
        flow[part] = let(flow[part], hem * cell, gap * cell)
        shoe = slice(int(hem), int(hem + gap) + _BELOW + 3)
        rows = np.arange(len(own), dtype=np.float32)[shoe, None] - (hem + gap)
        share = np.clip(rows + 0.5, 0, 1) * np.clip(_BELOW + 1 - rows, 0, 1) * min(gap, 1)
        old[shoe] *= 1 - share * columns * (1 - other[shoe])
    return replace(layers, coverage=coverage, flow=flow, painted_alpha=old)


def _gap(leg: F32, old: F32, other: F32) -> tuple[float, float, F32]:
    """Where a leg, (h, w), ends, how far under it the old one does, in cells, and (w,) its columns there.

    What is under the other leg is not under this one.
    """
    rows = np.flatnonzero(leg.max(1) > 0.5)
    if len(rows) == 0 or rows[-1] + 1 == len(leg):
        return 0.0, 0.0, np.zeros(leg.shape[1], np.float32)
    first = max(int(rows[-1]) - _HEM, 0)
    leg, old = leg[first:], old[first:] * (1 - other[first:])
    columns = leg[: rows[-1] + 1 - first].mean(0)
    width = max(float(columns.sum()), 1e-3)
    below = np.clip(1 - np.cumsum(leg[::-1], 0, dtype=np.float32)[::-1], 0, 1)
    hem = first + float((leg @ columns).sum()) / max(float(columns @ columns), 1e-3)
    gap = float(((old * below).sum(0) @ columns) / width)
    return hem, to_close(gap, _MOST), np.asarray(np.clip(2 * columns, 0, 1), np.float32)
