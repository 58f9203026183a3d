"""The neck opening on a wearer: the inside of the collar's back beside the neck, and the chest below it.

In the photo the opening shows the inside of the back. On a wearer the neck stands in front of that, and only
its sides are seen past it, darker than in the photo. What lies in the opening below a neck is its chest.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.mipmap import mipmap
from lookglass.types import F32, GARMENT_LABELS, Garment, Layers

_INNER = GARMENT_LABELS.index("inner_back_collar")
_PHOTO_PX = 128
_REACH = 9
"""Side of the neighbourhood of the torso, in the network's cells, in which its opening is looked for."""
_SHADE = 0.72
"""What is left of the light inside a collar."""
_BESIDE = 15
"""Twice the distance, in cells, from the inside of a collar to its side."""
_GROWN = 5
"""Side of the neighbourhood by which the chest goes on under the opening's edge, cells."""


@dataclass(frozen=True, slots=True)
class Lining:
    """What is seen through the neck opening, on the grid of the network's alphas.

    Attributes:
        alpha: (h, w) float32 in [0, 1], the inside of the collar's back is seen here.
        colour: (h, w, 3) float32 RGB in [0, 1], what it looks like.
        bare: (h, w) float32 in [0, 1], skin is seen here without the old garment, the chest with it.
    """

    alpha: F32
    colour: F32
    bare: F32


def line(layers: Layers, torso: F32, garment: Garment) -> Lining:
    """Look through the neck opening.

    Args:
        layers: what the network returned.
        torso: (h, w) float32 in [0, 1], what of the torso will be seen but for what is in front.
        garment: whose photo the flow points into.
    """
    size = layers.bare.shape[::-1]
    pixels = (layers.flow[0] + 1) * np.float32(_PHOTO_PX / 2) - np.float32(0.5)
    x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR) for axis in pixels)
    parts = cv2.resize(garment.parts, (_PHOTO_PX, _PHOTO_PX), interpolation=cv2.INTER_NEAREST)
    inside = cv2.blur((parts == _INNER) * np.uint8(255), (3, 3))
    level = mipmap(garment.texture).level(_PHOTO_PX)
    opening = cv2.remap(inside, x, y, cv2.INTER_LINEAR) * np.float32(1 / 255)
    opening *= cv2.dilate(layers.coverage[0], np.ones((_REACH, _REACH), np.uint8))
    scale = np.float32(len(level) / _PHOTO_PX)
    photo = cv2.remap(level, (x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5, cv2.INTER_LINEAR)
    light = cv2.resize(layers.shading.transpose(1, 2, 0), size, interpolation=cv2.INTER_LINEAR)
    colour = np.clip(photo[..., 2::-1] * np.float32(_SHADE / 255) * light, 0, 1)
    bare = _with_chest(layers, opening)
    # Nobody sees the back higher than the sides: flat on its back, a collar stands up.
    beside = np.maximum.accumulate(cv2.dilate(torso, np.ones((1, _BESIDE), np.uint8)), axis=0)
    front = np.clip(1 - 2 * layers.occluder[1], 0, 1)
    alpha = np.clip(2 * opening - 0.5, 0, 1) * (1 - bare) * front * np.clip(2 * beside - 1, 0, 1)
    return Lining(np.asarray(np.clip(2 * alpha - 0.5, 0, 1), np.float32), np.asarray(colour, np.float32), bare)


def _with_chest(layers: Layers, opening: F32) -> F32:
    """What is bare, and below a neck all of the opening."""
    neck = np.clip(2 * layers.bare * (1 - layers.occluder[1]) - 0.5, 0, 1)
    below = np.maximum.accumulate(neck, axis=0)
    wide = cv2.dilate(opening, np.ones((_GROWN, _GROWN), np.uint8))
    return np.asarray(np.maximum(layers.bare, below * wide), np.float32)
