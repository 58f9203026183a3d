"""The hem of an old top that is taken off: below it the camera's trousers stay.

The network draws the old clothes some cells too long there, and as what is behind them a wall would be
painted into the hips, beside a hand most of all. Old cloth and trousers are told apart by their colours.
"""

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.finish.cloths import told_apart
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_SURE = 0.8
_BAND, _REACH = 17, 19
"""Sides, in cells, of the neighbourhood in which a hem may be misplaced, and of that in which colours are
compared."""
_HIPS, _ABOVE = [23, 24], 12
"""Landmarks, and cells above them from which on a hem is looked for: a neck is none."""


def keep_trousers(layers: Layers, person: Person, hands: F32) -> F32:
    """The old clothes, (h, w) in [0, 1], without the trousers in view below them.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        hands: (256, 192) how surely a pixel shows a hand, which is neither.
    """
    scale, offset = window_map(person.crop, layers.bare.shape)
    hips = round(float((person.landmarks[_HIPS, 1] * scale[1] + offset[1]).mean()))
    rows = slice(max(hips - _ABOVE, 0), layers.bare.shape[0])
    old, bare, views = layers.painted_alpha[rows], layers.bare[rows], slice(2 * rows.start, 2 * rows.stop)
    if old.size == 0:
        return layers.painted_alpha
    mask, hand = (_halved(view[views]) for view in (model_columns(person.mask), hands))
    dressed = mask * (1 - hand) * np.clip(1 - 2 * bare, 0, 1)
    worn, kept = (np.clip(2 * cloth - 1, 0, 1) * dressed for cloth in (old, 1 - old))
    around = np.ones((_BAND, _BAND), np.uint8)
    near = [cv2.dilate((cloth > _SURE).astype(np.uint8), around) for cloth in (worn, kept)]
    cells = box_around(cv2.min(*near) > 0, _REACH // 2)
    if old[cells].size == 0:
        return layers.painted_alpha
    worn, kept = worn[cells], kept[cells]
    band = np.minimum(*(cv2.dilate(cloth, around) for cloth in (worn, kept))) * dressed[cells]
    shown = _halved(model_columns(person.picture)[views][doubled(cells)]) * np.float32(1 / 255)
    trousers, sure = told_apart(shown, kept, worn, _REACH)
    found = layers.painted_alpha.copy()
    found[rows][cells] *= 1 - sure * trousers * cv2.blur(band, (3, 3))
    return found


def _halved(view: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """On the cells of the network's alphas."""
    height, width = view.shape[:2]
    return cv2.resize(np.ascontiguousarray(view), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
