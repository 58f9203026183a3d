"""The waist of trousers and skirts: the new one sits where the old one did.

The network hangs a low waistband low, and what is worn above was tucked into the old one: between the two is
nothing that the frame or the network could show.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.gaps import to_close
from lookglass.finish.stretch import stretched
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import F32, Garment, Layers

_MOST, _EASE = 4.0, 16.0
"""The flow's cells by which a waistband is pulled up at most, and the length of cloth below that gives way.
Over a gap of twice the most it stays: the old clothes were no trousers."""
_SPREAD = 7
"""Cells across over which the gap is averaged: a belt loop is no waistband."""

_SHOWN = 0.5
"""Share of these that must show the old waist, or the gap counts for less."""


def hitch_up(layers: Layers, garment: Garment) -> Layers:
    """Pull the new garment's waistband up to where the old one's was.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.
    """
    height, width = layers.flow.shape[2:]
    covered, old = (
        cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
        for alpha in (layers.coverage[0], layers.painted_alpha)
    )
    seen = covered * looked_up(cloth_of(garment.texture), layers.flow[0], (width, height))
    wide = seen.max(0)
    above = np.maximum(1 - np.cumsum(seen, 0, dtype=np.float32), 0) * wide
    top = float(above.sum() / max(float(wide.sum()), 1.0))
    # Where a jacket hides the waist, nothing says how high it sits.
    shown = old[: int(top) + 2].max(0)[None]
    gaps, share = (cv2.blur(row, (_SPREAD, 1)) for row in ((old * above).sum(0)[None], shown))
    gap = to_close(float((gaps / np.maximum(share, np.float32(_SHOWN))).max()), _MOST)
    if gap <= 0:
        return layers
    coverage = layers.coverage.copy()
    pulled = _pulled(coverage[0], 2 * top, 2 * gap)
    coverage[0] = np.maximum(coverage[0], np.minimum(pulled, layers.painted_alpha))
    return replace(layers, coverage=coverage, flow=_pulled(layers.flow, top, gap))


def _pulled(layers: F32, top: float, gap: float) -> F32:
    """Layers, (..., h, w), whose row `top` is moved up by a gap, and the rows below it ever less."""
    ease, rows = _EASE * layers.shape[-2] / 64, np.arange(layers.shape[-2], dtype=np.float32)
    return stretched(layers, rows + gap * np.clip((top + ease - rows) / (ease + gap), 0, 1))
