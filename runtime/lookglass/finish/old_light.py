"""The light of the room on the old clothes, and their folds: the body under the new ones is the same.

A network taught with mean errors lights cloth smoothly, and a product photo has no folds of this pose. Plain
old clothes show both, now and in this room. A print, a seam, a knit or the edge of another cloth would be
taken for a fold: where there may be one, nothing is taken over.
"""

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.person.crop import model_columns
from lookglass.types import F32, Layers, Person

_SURE = 0.8
_FOLD, _AROUND = 3, 13
"""Sides of the squares, cells, over which light is averaged: what is finer is the cloth's grain; and the
cloth around a fold."""
_ALIKE = 0.15, 0.3
"""How far from the cloth around the logarithm of light, or of red over blue, is in a fold, and in none."""
_GRAIN = 0.03, 0.045
"""Standard deviation of the logarithm of light in the grain of cloth that shows folds, and of one that hides
them: washed denim has 0.03 to 0.05, a knit 0.05, a jacket full of seams 0.08."""
_ENOUGH = 0.35, 0.65
"""Share of the cloth around that must be plain before its light tells, and tells all: a strip of shirt under
an open jacket is dark towards its edges."""
_LEAST, _MOST = 0.65, 1.2
"""Limits of the gain."""
_TOE = np.float32(0.02)
"""Light, in [0, 1], that a camera sees in black."""


def light_on_old(layers: Layers, person: Person) -> F32:
    """What folds of the old clothes take or give of the light.

    Args:
        layers: what the network returned, the old clothes ended where the frame shows it.
        person: whose crop they span.

    Returns:
        (h, w) float32, a gain about 1.
    """
    old = layers.painted_alpha * (1 - layers.occluder[1])
    gain = np.ones(old.shape, np.float32)
    cells = box_around(old > _SURE, 1)
    window = np.ascontiguousarray(model_columns(person.picture)[doubled(cells)], np.uint8)
    if window.size == 0:
        return gain
    size = (window.shape[1] // 2, window.shape[0] // 2)
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255) + _TOE
    blue, green, red = cv2.split(shown)
    light, hue = np.log(blue + green + red), np.log(red / blue)
    core = cv2.erode((old[cells] > _SURE).astype(np.float32), np.ones((3, 3), np.uint8))
    sure = np.asarray(core, np.float32)
    around, usual = _means(sure, _AROUND, light, hue)
    off = cv2.max(cv2.absdiff(light, around), cv2.absdiff(hue, usual))
    sure = sure * np.clip((_ALIKE[1] - off) / (_ALIKE[1] - _ALIKE[0]), 0, 1).astype(np.float32)
    (smooth,) = _means(sure, _FOLD, light)
    around, grain = _means(sure, _AROUND, light, np.square(light - smooth))
    plain = np.clip((_GRAIN[1] - cv2.sqrt(grain)) / (_GRAIN[1] - _GRAIN[0]), 0, 1)
    enough = np.clip((cv2.blur(sure, (_AROUND, _AROUND)) - _ENOUGH[0]) / (_ENOUGH[1] - _ENOUGH[0]), 0, 1)
    fold = (smooth - around) * plain * enough * cv2.blur(sure, (_FOLD, _FOLD))
    gain[cells] = np.clip(cv2.exp(fold), _LEAST, _MOST)
    return gain


def _means(weight: F32, side: int, *values: F32) -> list[F32]:
    """(h, w) each, weighted means over a square; near 0 where nothing has weight."""
    weighted = cv2.merge([*(value * weight for value in values), weight])
    *sums, total = cv2.split(cv2.blur(weighted, (side, side)))
    return [np.asarray(one / (total + np.float32(1e-4)), np.float32) for one in sums]
