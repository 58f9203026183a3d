"""Wrists: a painted forearm grows into the hand in view.

The network paints an arm as narrow as it is without a sleeve, and the old cuff cut the hand off where it is
wide. So the outline of what is bare widens towards a hand, no farther than the hand is wide.
"""

import cv2
import numpy as np

from lookglass.forearm import Forearm, Forearms
from lookglass.types import F32, Layers

_REACH = 0.2
"""Share of the forearm over which it grows into the hand."""
_STEPS = 6
_SOFT, _WIDEN = 2.0, 0.42
"""Standard deviation of the blurred outline, cells, and how far down its slope the new outline may go."""


def join_hands(layers: Layers, arms: Forearms) -> F32:
    """What is bare, (h, w) float32 in [0, 1], with forearms that grow into the hands.

    Args:
        layers: what the network returned.
        arms: the wearer's forearms.
    """
    height, width = layers.bare.shape
    bare = layers.bare.copy()
    hands = np.clip(2 * layers.occluder[1] - 1, 0, 1) * np.clip(3 * layers.bare, 0, 1)
    for arm in arms:
        around = round(0.5 * arm.length)
        x, y = np.round(arm.elbow + arm.along).astype(int)
        at = (
            slice(max(y - around, 0), min(y + around, height)),
            slice(max(x - around, 0), min(x + around, width)),
        )
        if arm.seen > 0 and bare[at].size > 0:
            near = _near_hand(hands[at], arm) * np.float32(_WIDEN * arm.seen)
            outline = cv2.GaussianBlur(bare[at], (0, 0), _SOFT) + near
            bare[at] = np.maximum(bare[at], np.where(near > 0, np.clip(4 * outline - 1.5, 0, 1), 0))
    return bare


def _near_hand(hand: F32, arm: Forearm) -> F32:
    """(h, w) in [0, 1]: 1 in a hand, falling to 0 up along the forearm."""
    height, width = hand.shape
    step = -_REACH / _STEPS * arm.along
    near = hand
    for count in range(1, _STEPS):
        shift = np.array([[1, 0, count * step[0]], [0, 1, count * step[1]]])
        near = np.maximum(near, cv2.warpAffine(hand, shift, (width, height)) * np.float32(1 - count / _STEPS))
    return np.asarray(near, np.float32)
