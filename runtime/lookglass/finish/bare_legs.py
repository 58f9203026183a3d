"""Legs that trousers hid: shins from knee to shoe, the one behind in the shade, and no gap between thighs.

The network is sure of the front leg alone where one stands before the other, ends both in a point above the
shoes, and paints a pale gap between thighs where trousers were all there was to see.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.forearm import F64, Forearm
from lookglass.finish.unrolled import beside, clipped, ramp
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_LEGS = [[23, 25, 27], [24, 26, 28]]
"""Landmarks of hip, knee and ankle, left and right."""
_VISIBLE = 0.3, 0.6
_SHORTEST = 6.0
"""Length in cells of a shin that is worth the work."""
_HEM, _COVERED = 0.9, (0.3, 0.7)
"""Share of the shin that long trousers cover, and what the network shows of what does not, and does."""
_ALONG, _HALF = (-0.05, 0.15, 0.3, 0.55, 0.95, 1.1), (0.135, 0.13, 0.145, 0.12, 0.08, 0.085)
"""Shares of the shin, and half of how wide a leg is there, in lengths of a shin seen from the side."""
_BEGIN, _END = (-0.15, 0.05), (1.15, 1.25)
"""Shares of the shin over which it is drawn ever more, and over which that ends: below are shoes."""
_GAP = np.ones((1, 11), np.uint8)
"""Width of the widest gap between thighs that touch, cells."""
_SHADE, _SHADOW = np.float32(0.35), 5.0
"""Share of the light that is lost between legs, and how far from the one in front, cells."""


def bare_legs(layers: Layers, person: Person) -> Layers:
    """The layers with whole legs, for what comes out below a hem.

    Args:
        layers: what the network returned.
        person: whose crop they span.
    """
    scale, offset = window_map(person.crop, layers.bare.shape)
    legs = person.landmarks[_LEGS, :2] * scale + offset
    free = [1 - _dressed(layers, leg[1] + _HEM * (leg[2] - leg[1])) for leg in legs]
    if max(free) == 0:
        return layers
    size = np.float32(np.hypot(*np.moveaxis(np.diff(legs, axis=1), 2, 0)).max())
    gap = _gap(layers)
    bare, skin = layers.bare + gap, layers.skin * (1 - _SHADE * cv2.blur(gap, (3, 3)))
    behind, before = np.argsort(legs[:, 2, 1])  # The leg that ends higher is farther away.
    for leg in (behind, before):
        _, knee, ankle = legs[leg]
        seen = free[leg] * ramp(float(person.landmarks[_LEGS[leg], 2].min()), *_VISIBLE)
        shin = Forearm(knee, ankle - knee, seen)
        if seen > 0 and shin.length >= _SHORTEST:
            inside, sure = _shin(shin, size, bare.shape)
            sure *= layers.painted_alpha
            if leg == before:
                beside_it = clipped(1 + inside / np.float32(_SHADOW)) * clipped(-inside)
                skin = skin * (1 - _SHADE * beside_it * sure)
            bare = np.maximum(bare, sure * clipped(inside + np.float32(0.5)))
    return replace(layers, bare=bare, skin=skin)


def _dressed(layers: Layers, place: F64) -> float:
    """In [0, 1], whether the new garment covers a place, (2,) x and y; it covers none beyond the window."""
    x, y = np.round(place).astype(int)
    height, width = layers.bare.shape
    inside = 0 <= x < width and 0 <= y < height
    return ramp(float(layers.coverage[:, y, x].max()), *_COVERED) if inside else 0.0


def _shin(shin: Forearm, size: np.float32, grid: tuple[int, ...]) -> tuple[F32, F32]:
    """How far inside a shin's outline places are, cells, and how surely beside one, in [0, 1]; (h, w) each.

    Args:
        shin: from the knee to the ankle.
        size: its length when it is seen from the side.
        grid: (h, w).
    """
    along, across = beside(shin, (slice(0, grid[0]), slice(0, grid[1])))
    half = np.interp(along, _ALONG, _HALF).astype(np.float32) * size
    begun = clipped((along - _BEGIN[0]) * np.float32(1 / (_BEGIN[1] - _BEGIN[0])))
    ended = clipped((_END[1] - along) * np.float32(1 / (_END[1] - _END[0])))
    return half - np.abs(across), begun * ended * np.float32(shin.seen)


def _gap(layers: Layers) -> F32:
    """(h, w) in [0, 1], gaps between legs in which nothing but trousers was seen; new ones have gaps, too."""
    bare, old = layers.bare, layers.painted_alpha
    gap = np.asarray(cv2.morphologyEx(bare, cv2.MORPH_CLOSE, _GAP), np.float32) - bare
    ground = np.asarray(cv2.dilate(np.minimum(gap, clipped(1 - 4 * old)), _GAP), np.float32)
    dressed = cv2.dilate(layers.coverage.max(0), _GAP)
    return np.asarray(gap * clipped(1 - 3 * ground) * clipped(4 * old) * (1 - dressed), np.float32)
