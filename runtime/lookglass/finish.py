"""What the frame knows better than the network: the layers' last step before they are drawn."""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.edges import snap_to_edges
from lookglass.person.crop import model_columns
from lookglass.repaint import fit_paint
from lookglass.types import F32, Layers, Person

_REACH_PX = 8.0
"""Frame pixels that paint may lie outside person and garment, the reach of interpolation included."""


def finish(layers: Layers, person: Person) -> Layers:
    """Fit the paint to the frame, snap the alphas to its edges, keep the paint on the person.

    Args:
        layers: what the network returned.
        person: whose crop they span.

    Returns:
        New layers; the alphas are on the crop's own grid, 256x192.
    """
    painted = fit_paint(layers.painted, layers.painted_alpha, person.picture)
    snapped = snap_to_edges(layers, person.picture)
    near = _near(person.mask, snapped.coverage, max(round(_REACH_PX * person.crop.scale - 1), 0))
    return replace(snapped, painted=painted, painted_alpha=snapped.painted_alpha * near)


def _near(mask: F32, coverage: F32, reach: int) -> F32:
    """(256, 192) 1 on the person and the new garment and up to `reach` pixels beyond, soft at its edge."""
    here = np.maximum(np.ascontiguousarray(model_columns(mask), np.float32), coverage.max(0))
    grown = cv2.dilate(here, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(np.clip((grown - 0.5) * 5, 0, 1), np.float32)
