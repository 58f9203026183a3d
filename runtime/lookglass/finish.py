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
_SURE = 0.9


def finish(layers: Layers, person: Person) -> Layers:
    """Fit the paint to the frame, snap the alphas to its edges, keep the paint on the person.

    Args:
        layers: what the network returned.
        person: whose crop they span.

    Returns:
        New layers; the alphas are on the crop's own grid, 256x192.
    """
    painted = fit_paint(layers.painted, layers.painted_alpha, person.picture)
    snapped = snap_to_edges(_nothing_old_in_front(layers), person.picture)
    reach = max(round(_REACH_PX * person.crop.scale - 1), 0)
    near = _near(person.mask, layers.painted_alpha, snapped.coverage, reach)
    return replace(snapped, painted=painted, painted_alpha=snapped.painted_alpha * near)


def _nothing_old_in_front(layers: Layers) -> Layers:
    """Take the old clothes out of the occluders: a dark lapel looks like hair, but lies under what is new.

    Arms in old sleeves do stand in front of the torso; they are no occluder of the sleeves and stay.
    """
    torso, sleeves = layers.occluder
    loose = np.minimum(sleeves, 1 - layers.painted_alpha)
    return replace(layers, occluder=np.stack([np.clip(torso - (sleeves - loose), 0, 1), loose]))


def _near(mask: F32, old: F32, coverage: F32, reach: int) -> F32:
    """(256, 192) 1 on the person and the new garment and up to `reach` pixels beyond, soft at its edge.

    Old clothes that the network is sure of are the person, too: the mask misses arms that leave the frame.
    """
    sure = cv2.erode((old > _SURE).astype(np.float32), np.ones((7, 7), np.uint8))
    sure = cv2.resize(sure, coverage.shape[:0:-1], interpolation=cv2.INTER_LINEAR)
    person = np.ascontiguousarray(model_columns(mask), np.float32)
    here = np.maximum(person, np.maximum(sure, coverage.max(0)))
    grown = cv2.dilate(here, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(np.clip((grown - 0.5) * 5, 0, 1), np.float32)
