"""The hem of a top over trousers that are taken off: it ends where the camera shows that it ends.

The network knows the hem to a few cells. What is top and what is trousers is told by their colours, for both
are in view close by; where these are alike, the network is believed.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.finish.cloths import told_apart
from lookglass.person.crop import model_columns
from lookglass.types import F32, Layers, Person

_FAINT = 0.2
_ISLAND = 100
"""Cells that something in front must have, if it hangs together with nothing and is no hand."""
_BAND, _REACH = 15, 19
"""Sides, in cells, of the neighbourhood in which a hem may be misplaced, and of that in which colours are
compared."""
_SLIP = 5
"""Cells across that trousers have at least; between a jacket and the top under it there is its shadow."""
_BELOW = 4
"""Cells, its own one too, under the hem of a new top in which the network may take trousers for top."""


def cut_hem(layers: Layers, person: Person, hands: F32) -> Layers:
    """Part the top in front from the old trousers along the hem in view.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        hands: (256, 192) how surely a pixel shows a hand, which is neither.
    """
    front, old = layers.occluder[1], layers.painted_alpha
    around = np.ones((_BAND, _BAND), np.uint8)
    near = [cv2.dilate((cloth > 1 - _FAINT).astype(np.uint8), around) for cloth in (front, old)]
    cells = box_around(cv2.min(*near) > 0, _REACH // 2)
    window = doubled(cells)
    views = (model_columns(person.picture)[window], model_columns(person.mask)[window], hands[window])
    if views[0].size == 0:
        return layers
    front, old = front[cells], old[cells]
    shown, mask, hand = (
        cv2.resize(np.ascontiguousarray(view), front.shape[::-1], interpolation=cv2.INTER_AREA)
        for view in views
    )
    shown = shown * np.float32(1 / 255)
    dressed = mask * (1 - hand) * np.clip(1 - 2 * layers.bare[cells], 0, 1)
    top = np.clip(2 * front - 1, 0, 1) * np.clip(1 - 2 * old, 0, 1) * dressed
    below = np.clip(2 * old - 1, 0, 1) * np.clip(1 - 2 * front, 0, 1) * dressed
    band = cv2.blur(np.minimum(*(cv2.dilate(cloth, around) for cloth in (top, below))), (3, 3)) * dressed
    likely, sure = told_apart(shown, top, below, _REACH)
    sure = sure * band
    occluder, painted = layers.occluder.copy(), layers.painted_alpha.copy()
    occluder[:, *cells] += sure * (likely - occluder[:, *cells])
    painted[cells] += sure * (1 - likely - old)
    slips = painted[cells] - cv2.morphologyEx(painted[cells], cv2.MORPH_OPEN, np.ones((1, _SLIP), np.uint8))
    slips *= band
    painted[cells] -= slips
    occluder[:, *cells] = np.maximum(occluder[:, *cells], slips)
    stray = _strays(occluder[1], hands)
    return replace(layers, occluder=occluder * (1 - stray), painted_alpha=np.maximum(painted, stray))


def under_top(layers: Layers, over: F32, hands: F32) -> Layers:
    """Part a new top in front from the old trousers along the hem that was drawn.

    Args:
        layers: what the network returned.
        over: (256, 192) where the top was drawn, in [0, 1].
        hands: (256, 192) how surely a pixel shows a hand, which is neither.
    """
    size = layers.bare.shape[::-1]
    top, hand = (cv2.resize(alpha, size, interpolation=cv2.INTER_AREA) for alpha in (over, hands))
    below = cv2.dilate(top, np.ones((_BELOW, 3), np.uint8), anchor=(1, _BELOW - 1))
    beyond = below * (1 - top) * (1 - hand) * np.clip(1 - 2 * layers.bare, 0, 1)
    front = layers.occluder * (1 - beyond)
    old = np.maximum(layers.painted_alpha, layers.occluder[1] * beyond) * (1 - top)
    return replace(layers, occluder=np.maximum(front, top), painted_alpha=old)


def _strays(front: F32, hands: F32) -> F32:
    """(h, w) in [0, 1], islands of what is in front, in the middle of the trousers: a top hangs together."""
    _, labels, found, _ = cv2.connectedComponentsWithStats((front > _FAINT).astype(np.uint8))
    islands = found[:, cv2.CC_STAT_AREA] < _ISLAND
    islands[np.unique(labels[hands[::2, ::2] > _FAINT])] = False
    return np.asarray(cv2.blur(islands[labels].astype(np.float32), (3, 3)), np.float32)
