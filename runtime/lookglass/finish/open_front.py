"""A jacket that is worn open is worn over something: over what its wearer wears.

Between its sides the frame stays the camera's. Whatever were painted there instead would be a guess, and skin
would undress people.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.unrolled import clipped, ramp
from lookglass.finish.worn import Worn
from lookglass.remembered import remembered
from lookglass.types import GARMENT_LABELS, U8, Garment, Layers

_LEAST = 8
"""Columns of a row of the photo that have to show the inside for the garment to be open there."""
_DEPTH = 0.4, 0.6
"""Share of the garment's height down to which the deepest neckline reaches, and from which on it is a front
that is open. Of 404 rendered products that are closed, 399 lie below the first, of 76 jackets 64 beyond."""
_UNDER = np.ones((7, 7), np.uint8)
"""Twice as far, cells, as what is worn below goes on under the cloth: both edges fade."""


def over_old(layers: Layers, worn: Worn, garment: Garment) -> Layers:
    """Leave what is worn in view between the sides of a garment that is open in front.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
        garment: whose photo the flow points into.
    """
    share = np.float32(openness(garment.parts))
    if share == 0:
        return layers
    between = cv2.dilate(worn.opening, _UNDER)
    kept = share * clipped(2 * np.minimum(between, worn.opening + worn.seen[0]))
    return replace(layers, painted_alpha=layers.painted_alpha * (1 - kept))


@remembered
def openness(parts: U8) -> float:
    """In [0, 1], how surely the parts of a photo, (h, w), are of a garment that is open in front."""
    inside = (parts == GARMENT_LABELS.index("inner_back_collar")).sum(1) > _LEAST * parts.shape[1] / 512
    rows = np.nonzero(parts.any(1))[0]
    if not inside.any():
        return 0.0
    depth = (np.nonzero(inside)[0][-1] - rows[0]) / max(rows[-1] - rows[0], 1)
    return ramp(float(depth), *_DEPTH)
