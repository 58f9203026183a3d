"""Shoes and ankles below old trousers, which the network takes for the trousers' ends."""

import cv2
import numpy as np

from lookglass.finish.box import Box, cells, doubled
from lookglass.finish.forearm import F64
from lookglass.finish.unrolled import clipped
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, U8, Layers, Person

_SHINS = [[25, 27], [26, 28]]
"""Landmarks of knee and ankle, left and right."""
_CLOTH, _END, _HALF = (0.45, 0.8), (0.8, 1.4), 0.3
"""Shares of the shin that tell what the trousers look like, and in which they end; and half their width."""
_OLD, _FEW = 0.9, 20
"""Alpha of what surely is old trousers; and cells that are too few to tell."""
_UNLIKE = 24.0, 48.0
"""Difference from their colour, in Lab of 255 levels, of what may be something else, and surely is."""
_DEEP = np.ones((11, 1), np.uint8)
"""Twice as far above their end, cells, the network is wrong at most: what is higher is a turn-up."""


def keep_shoes(layers: Layers, person: Person) -> F32:
    """The old clothes, (h, w) in [0, 1], without what of shoes and ankles the network takes for them.

    Args:
        layers: what the network returned.
        person: whose crop they span.
    """
    old = layers.painted_alpha.copy()
    ends = old - cv2.erode(old, _DEEP)
    window = np.ascontiguousarray(model_columns(person.picture), np.uint8)
    scale, offset = window_map(person.crop, old.shape)
    for knee, ankle in person.landmarks[_SHINS, :2] * scale + offset:
        cloth, end = (_about(knee, ankle, *shares) for shares in (_CLOTH, _END))
        sure = old[cloth] > _OLD
        if np.count_nonzero(sure) < _FEW or old[end].size == 0:
            continue
        colours = _lab(window, cloth)[sure]
        away = np.linalg.norm(_lab(window, end) - np.median(colours, axis=0), axis=2).astype(np.float32)
        unlike = clipped((away - np.float32(_UNLIKE[0])) * np.float32(1 / (_UNLIKE[1] - _UNLIKE[0])))
        # Below what is no part of them there are no trousers, however dark the sole.
        old[end] *= 1 - np.maximum.accumulate(unlike * ends[end], axis=0)
    return old


def _about(knee: F64, ankle: F64, first: float, last: float) -> Box:
    """Rows and columns of cells about the shares of a shin."""
    shin = ankle - knee
    x, half = float((knee + (first + last) / 2 * shin)[0]), _HALF * float(np.hypot(*shin))
    top, bottom = (float((knee + share * shin)[1]) for share in (first, last))
    return cells(top, bottom), cells(x - half, x + half)


def _lab(window: U8, at: Box) -> F32:
    """(h, w, 3) Lab colours of cells of the crop's model columns, (256, 192, 3) BGR."""
    part = window[doubled(at)]
    small = cv2.resize(part, (part.shape[1] // 2, part.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2LAB), np.float32)
