"""Wrists: a painted forearm grows into the hand in view.

The network paints an arm as narrow as it is without a sleeve, and the old cuff cut the hand off where it is
wide. So the outline of what is bare widens towards a hand, no farther than the hand is wide.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.box import Box, doubled
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.old import like_skin
from lookglass.finish.unrolled import clipped
from lookglass.person.crop import model_columns
from lookglass.types import F32, Layers, Person

_REACH = 0.2
"""Share of the forearm over which it grows into the hand."""
_STEPS = 6
_CORNER = 5
"""Side of the neighbourhood of what the network sees of a hand, cells, in which skin is of it."""
_SLIT, _SURER = 5, 5.0
"""Width of a slit between sleeve and torso, cells, and how much surer it is than it is deep."""
_ARM, _SURELY = 0.9, np.float32(1 / 0.3)
"""Skin in a slit that is an arm below a sleeve, and no edge of one in its sleeve, and how soon it is that."""
_SOFT, _WIDEN = 2.0, 0.42
"""Standard deviation of the blurred outline, cells, and how far down its slope the new outline may go."""


def join_hands(layers: Layers, person: Person, arms: Forearms, cloth: F32) -> Layers:
    """Layers with forearms that grow into the hands, and lie in front of the torso as those do.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        arms: the wearer's forearms.
        cloth: (h, w) in [0, 1], the new garment: in a slit between its parts there is no skin.
    """
    height, width = layers.bare.shape
    bare = layers.bare.copy()
    hands = np.clip(2 * layers.occluder[1] - 1, 0, 1) * np.clip(3 * layers.bare, 0, 1)
    for arm in arms:
        around = round(0.5 * arm.length)
        x, y = np.round(arm.elbow + arm.along).astype(int)
        at = (
            slice(max(y - around, 0), max(min(y + around, height), 0)),
            slice(max(x - around, 0), max(min(x + around, width), 0)),
        )
        if arm.seen > 0 and bare[at].size > 0:
            hand = _whole(hands[at], layers, person, at)
            near = _near_hand(hand, arm) * np.float32(_WIDEN * arm.seen)
            outline = cv2.GaussianBlur(bare[at], (0, 0), _SOFT) + near
            bare[at] = np.maximum(bare[at], np.where(near > 0, np.clip(4 * outline - 1.5, 0, 1), 0))
            slit = cv2.morphologyEx(cloth[at], cv2.MORPH_CLOSE, np.ones((_SLIT, _SLIT), np.uint8)) - cloth[at]
            edge = clipped((_ARM - layers.bare[at]) * _SURELY)
            bare[at] *= np.maximum(1 - _SURER * slit * edge, 0)
    # Below the old cuff the hand is in view, and where it ends is known.
    old = cv2.dilate(layers.painted_alpha, np.ones((3, 3), np.uint8))
    grown = np.where(bare > layers.bare, np.minimum(bare, old), 0)
    front = np.stack([np.maximum(layers.occluder[0], grown), layers.occluder[1]])
    return replace(layers, bare=bare, occluder=front)


def _whole(hand: F32, layers: Layers, person: Person, at: Box) -> F32:
    """A hand, (h, w), to the edge of its skin below the cuff: the network rounds its corners off."""
    size, pixels = hand.shape[::-1], doubled(at)
    picture, mask = (
        cv2.resize(model_columns(crop)[pixels], size, interpolation=cv2.INTER_AREA)
        for crop in (person.picture, person.mask)
    )
    skin = like_skin(picture * np.float32(1 / 255), person.tone, hand) * mask
    around = cv2.dilate(hand, np.ones((_CORNER, _CORNER), np.uint8))
    return np.asarray(np.maximum(hand, around * skin * (1 - layers.painted_alpha[at])), np.float32)


def _near_hand(hand: F32, arm: Forearm) -> F32:
    """(h, w) in [0, 1]: 1 in a hand, falling to 0 up along the forearm."""
    height, width = hand.shape
    step = -_REACH / _STEPS * arm.along
    near = hand
    for count in range(1, _STEPS):
        shift = np.array([[1, 0, count * step[0]], [0, 1, count * step[1]]])
        near = np.maximum(near, cv2.warpAffine(hand, shift, (width, height)) * np.float32(1 - count / _STEPS))
    return np.asarray(near, np.float32)
