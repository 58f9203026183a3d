"""Bare shoulders: what the old clothes hid between neck, arms and a new garment without sleeves.

The network learned what is bare beside an undershirt with straps. A halter is narrower than those, and where
neither is, the wall would be seen through the wearer.
"""

import cv2
import numpy as np

from lookglass.finish.unrolled import clipped
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_SHOULDERS, _HIPS = [11, 12], [23, 24]
_ABOVE, _BELOW = 0.3, 0.35
"""Shares of the trunk above and below the shoulders in which nothing of the wall is between neck and arms."""
_WIDE = 0.55
"""Size of the widest gap, in breadths of the shoulders."""
_HOLE = 0.25, 0.5
"""How much more of the body there has to be without a gap for it to be one, and for it to be a whole one."""
_JOINT, _DRESSED = 2, np.float32(0.9)
"""Cells around the joint of a shoulder, and how far they are dressed in sleeves, or under a shoulder."""


def bare_shoulders(layers: Layers, person: Person, cloth: F32) -> F32:
    """What is bare, (h, w), with shoulders that go on from the neck to the arms.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        cloth: (h, w) in [0, 1], the new garment.
    """
    scale, offset = window_map(person.crop, cloth.shape)
    shoulders, hips = (person.landmarks[marks, :2] * scale + offset for marks in (_SHOULDERS, _HIPS))
    breadth, trunk = float(np.ptp(shoulders[:, 0])), float((hips - shoulders)[:, 1].mean())
    bare, middle = layers.bare, float(shoulders[:, 0].mean())
    for x, y in shoulders.tolist():
        joint = cloth[_cells(y - _JOINT, y + _JOINT), _cells(x - _JOINT, x + _JOINT)]
        at = _cells(y - _ABOVE * trunk, y + _BELOW * trunk), _cells(min(x, middle), max(x, middle))
        share = clipped(1 - joint.mean(keepdims=True) / _DRESSED) if joint.size > 0 else joint
        if share.any() and bare[at].size > 0:
            body = np.maximum(np.maximum(bare[at], layers.occluder[1][at]), cloth[at])
            gap = _gap(body, max(round(_WIDE * breadth), 1)) * layers.painted_alpha[at]
            bare = bare if bare is not layers.bare else bare.copy()
            bare[at] = np.maximum(bare[at], gap * share)
    return bare


def _gap(body: F32, side: int) -> F32:
    """(h, w) in [0, 1], gaps in a body that a disc of a diameter does not fit into."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    low, high = _HOLE
    whole = cv2.morphologyEx(body, cv2.MORPH_CLOSE, disc)
    return clipped((whole - body - np.float32(low)) * np.float32(1 / (high - low))) * whole


def _cells(first: float, last: float) -> slice:
    return slice(max(round(first), 0), max(round(last), 0))
