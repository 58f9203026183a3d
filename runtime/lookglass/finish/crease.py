"""The narrow dark line where two parts of a garment lie against each other, without which they melt into one.

It is deepest on the torso, right beside the sleeve, and takes least of the cloth's own colour: what light
reaches a fold's ground has bounced in the cloth. In a stride the leg behind lies in the shadow of the other.
"""

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.finish.shadow import colour_of
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, U8, Garment

_BESIDE_SLEEVE, _ON_LEG = (4.2, 0.9), 3.5
"""How far a crease reaches on torso and sleeve, and on a leg, crop pixels; most of its depth is lost in half
of that."""
_STRIDE, _BEHIND = (4.0, 16.0), 10.0
"""How much higher in the picture, crop pixels, a leg ends that is beside the other, and one behind it; how
much farther the crease reaches on that."""
_ARMPIT, _AROUND_ARMPIT = 0.3, 0.06
"""How far down a top's torso its armpits are, and half the height, of the photo's, over which creases begin
there."""
_ONE_PLACE, _SHOWN = (0.03, 0.12), 0.55
"""How far two flows are apart that point to one place, and two that do not; what is left of a sleeve's crease
in one place."""
_DEPTH, _OWN_LIGHT = 0.45, 0.55
"""What black cloth loses in a crease, and how much less of its own colour the whitest does."""
_TOUCH = 3.0
"""How much surer the network is of a part than of a pixel at its edge."""
_UNSURE = 0.1
_FLAT = 0.02
"""Steepness of coverage, per crop pixel, below which there is no edge."""


def press_creases(shading: F32, coverage: F32, flow: F32, garment: Garment) -> None:
    """Darken a garment's light where a sleeve lies against the torso, or a leg against the other.

    Above the armpit a sleeve is sewn to the torso, and where the photo goes on from one leg to the other, so
    that both flows point to one place, so are they. A sleeve's photo may show a crease of its own there.

    Args:
        shading: (3, H, W) RGB gain, written to.
        coverage: (3, H, W) of the parts, in [0, 1], as they will be drawn.
        flow: (3, 2, h, w) where in the photo each part is looked up, in [-1, 1].
        garment: the photo.
    """
    depth = np.float32(_DEPTH) * (1 - np.float32(_OWN_LIGHT) * colour_of(garment.texture))[:, None, None]
    if garment.category == "lower":
        _press(shading, depth, coverage[1], coverage[2], _apart(flow[1], flow[2]), _shade_of_stride(coverage))
        return
    below = _ramp(flow[0, 1] - np.float32(_armpit(garment.parts)), -2 * _AROUND_ARMPIT, 2 * _AROUND_ARMPIT)
    for sleeve, own in zip(coverage[1:], flow[1:], strict=True):
        loose = below * (_SHOWN + (1 - _SHOWN) * _apart(flow[0], own))
        _press(shading, depth, coverage[0], sleeve, loose, _BESIDE_SLEEVE)


def _press(shading: F32, depth: F32, one: F32, other: F32, loose: F32, reach: tuple[float, float]) -> None:
    """Darken light by a depth, (3, 1, 1), where two parts touch and are loose, (h, w) in [0, 1]."""
    at = doubled(doubled(box_around(_both(one[::4, ::4], other[::4, ::4]) > _UNSURE, 1)))
    if one[at].size > 0:
        touching = np.minimum(_TOUCH * _both(one[at], other[at]), 1)
        touching *= cv2.resize(loose, one.shape[::-1])[at]
        shading[:, *at] *= 1 - depth * (_line(one[at] - other[at], reach) * touching)


def _shade_of_stride(coverage: F32) -> tuple[float, float]:
    """How far a crease reaches on either leg: the one that ends higher is behind, for cameras look down."""
    ends = [np.flatnonzero(np.append(True, leg.max(1) > 0.5))[-1] for leg in coverage[1:]]
    higher = np.array([ends[1] - ends[0], ends[0] - ends[1]], np.float32)
    one, other = _ON_LEG + _BEHIND * _ramp(higher, *_STRIDE)
    return float(one), float(other)


def _both(one: F32, other: F32) -> F32:
    """(h, w) in [0, 1], both parts are here or beside."""
    near = (cv2.dilate(part, np.ones((3, 3), np.uint8)) for part in (one, other))
    return np.asarray(np.minimum(*near), np.float32)


def _apart(one: F32, other: F32) -> F32:
    """(h, w) in [0, 1], whether two flows, (2, h, w), point to places apart."""
    x, y = one - other
    return _ramp(np.sqrt(x * x + y * y), *_ONE_PLACE)


@remembered
def _armpit(parts: U8) -> float:
    """Its height in the photo, in [-1, 1], from the labels, (N, N) uint8."""
    rows = np.flatnonzero((parts == GARMENT_LABELS.index("torso")).any(1))
    return float(2 * np.quantile(rows, _ARMPIT) / len(parts) - 1) if len(rows) else 1.0


def _ramp(values: F32, low: float, high: float) -> F32:
    return np.asarray(np.minimum(np.maximum((values - low) / (high - low), 0), 1), np.float32)


def _line(lead: F32, reach: tuple[float, float]) -> F32:
    """(h, w) in [0, 1]: 1 where two parts cover as much, falling with the distance, crop pixels, to there."""
    right, down = (cv2.Sobel(lead, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    far = lead / (cv2.magnitude(right, down) + np.float32(_FLAT))
    near = np.maximum(np.minimum(1 - far / reach[0], 1 + far / reach[1]), 0)
    return np.asarray(near * near, np.float32)
