"""An arm that leaves the frame at its side comes towards the camera, and fills its old sleeve.

So does the arm that holds the phone of a selfie. The network draws it as thin as others, and between it and
the old sleeve's outline a strip of room would have to be invented.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.box import in_frame
from lookglass.person.crop import model_columns
from lookglass.types import F32, Layers, Person

_PAST = np.ones((3, 3), np.uint8)
"""Twice as far, cells, as what is bare goes on past the old sleeve's edge, which the frame tells finer."""
_THICKER = np.ones((1, 19), np.uint8)
"""Twice as far, cells, as an arm reaches at most beyond what the network draws."""
_AROUND = 31, 31
"""Width and height of the neighbourhood, cells, whose skin lights what grew."""
_LEAVES = 4.0, 12.0
"""Rows in which an arm has to reach the frame's side before it may leave there, and before it surely does."""


def fill_sleeve(layers: Layers, person: Person, cloth: F32) -> Layers:
    """Widen what is bare of an arm that leaves the frame at its side, in the light of the arm.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        cloth: (h, w) in [0, 1], the new garment: the arm grows beside it.
    """
    bare, old = layers.bare, layers.painted_alpha
    _, columns = in_frame(model_columns(person.picture))
    arm, grown = None, bare
    for side, step in ((columns.start // 2, 1), (columns.stop // 2 - 1, -1)):
        reached = np.minimum(bare, old)[:, side].sum()
        leaves = np.float32(np.clip((reached - _LEAVES[0]) / (_LEAVES[1] - _LEAVES[0]), 0, 1))
        if leaves > 0 and 0 < side < bare.shape[1] - 1:
            if arm is None:
                arm = np.minimum(cv2.dilate(bare, _THICKER), cv2.dilate(old, _PAST))
            beside = 1 - np.maximum.accumulate(cloth[:, ::step], axis=1)[:, ::step]
            grown = np.maximum(grown, leaves * arm * beside)
    if arm is None:
        return layers
    # Where it grew the network saw no skin, and paints it as bright as the room.
    sure = bare**2 + np.float32(1e-3)
    *seen, weight = cv2.split(cv2.blur(cv2.merge((*(layers.skin * sure), sure)), _AROUND))
    skin = layers.skin + (grown - bare) * (np.stack(seen) / weight - layers.skin)
    return replace(layers, bare=grown, skin=np.asarray(skin, np.float32))
