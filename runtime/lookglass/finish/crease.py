"""The narrow dark line where a sleeve lies against the torso, without which the two melt into one.

It is deepest on the torso, right beside the sleeve, and takes least of the cloth's own colour: what light
reaches a fold's ground has bounced in the cloth.
"""

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.finish.shadow import colour_of
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, U8, Garment

_ON_TORSO, _ON_SLEEVE = 3.5, 1.5
"""How far a crease reaches to either side, crop pixels; most of its depth is lost in half of that."""
_ARMPIT, _AROUND_ARMPIT = 0.3, 0.06
"""How far down a top's torso its armpits are, and half the height, of the photo's, over which creases begin
there."""
_ONE_PLACE, _SHOWN = (0.03, 0.12), 0.55
"""How far two flows are apart that point to one place, and two that do not; what is left of a crease then."""
_DEPTH, _OWN_LIGHT = 0.55, 0.55
"""What black cloth loses in a crease, and how much less of its own colour the whitest does."""
_TOUCH = 3.0
"""How much surer the network is of a part than of a pixel at its edge."""
_UNSURE = 0.1
_FLAT = 0.02
"""Steepness of coverage, per crop pixel, below which there is no edge."""


def press_creases(shading: F32, coverage: F32, flow: F32, garment: Garment) -> None:
    """Darken a garment's light where a sleeve lies against the torso without being sewn to it there.

    Above the armpit they are sewn together. Where the photo goes on from one part to the other, so that both
    flows point to one place, it shows a crease of its own.

    Args:
        shading: (3, H, W) RGB gain, written to.
        coverage: (3, H, W) of the parts, in [0, 1], as they will be drawn.
        flow: (3, 2, h, w) where in the photo each part is looked up, in [-1, 1].
        garment: the photo.
    """
    if garment.category == "lower":
        return
    colour = colour_of(garment.texture)
    size = coverage.shape[:0:-1]
    depth = np.float32(_DEPTH) * (1 - np.float32(_OWN_LIGHT) * colour)[:, None, None]
    torso = coverage[0]
    for sleeve, loose in zip(coverage[1:], _loose(flow, _armpit(garment.parts)), strict=True):
        at = doubled(doubled(box_around(_both(torso[::4, ::4], sleeve[::4, ::4]) > _UNSURE, 1)))
        if torso[at].size > 0:
            touching = np.minimum(_TOUCH * _both(torso[at], sleeve[at]), 1) * cv2.resize(loose, size)[at]
            shading[:, *at] *= 1 - depth * (_line(torso[at] - sleeve[at]) * touching)


def _both(torso: F32, sleeve: F32) -> F32:
    """(h, w) in [0, 1], both parts are here or beside."""
    near = (cv2.dilate(part, np.ones((3, 3), np.uint8)) for part in (torso, sleeve))
    return np.asarray(np.minimum(*near), np.float32)


def _loose(flow: F32, armpit: float) -> F32:
    """(2, h, w) in [0, 1], 1 below the armpit, and less where the photo shows the two touch."""
    x, y = (flow[1:, axis] - flow[0, axis] for axis in (0, 1))
    below = _ramp(flow[0, 1] - np.float32(armpit), -2 * _AROUND_ARMPIT, 2 * _AROUND_ARMPIT)
    return below * (_SHOWN + (1 - _SHOWN) * _ramp(np.sqrt(x * x + y * y), *_ONE_PLACE))


@remembered
def _armpit(parts: U8) -> float:
    """Its height in the photo, in [-1, 1], from the labels, (N, N) uint8."""
    rows = np.flatnonzero((parts == GARMENT_LABELS.index("torso")).any(1))
    return float(2 * np.quantile(rows, _ARMPIT) / len(parts) - 1) if len(rows) else 1.0


def _ramp(values: F32, low: float, high: float) -> F32:
    return np.asarray(np.minimum(np.maximum((values - low) / (high - low), 0), 1), np.float32)


def _line(lead: F32) -> F32:
    """(h, w) in [0, 1]: 1 where two parts cover as much, falling with the distance, crop pixels, to there."""
    right, down = (cv2.Sobel(lead, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1)))
    far = lead / (cv2.magnitude(right, down) + np.float32(_FLAT))
    near = np.maximum(np.minimum(1 - far / _ON_TORSO, 1 + far / _ON_SLEEVE), 0)
    return np.asarray(near * near, np.float32)
