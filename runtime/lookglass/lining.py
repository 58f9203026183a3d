"""The neck opening on a wearer: the inside of the collar's back beside the neck, and the chest below it.

In the photo the opening shows the inside of the back. On a wearer the neck stands in front of that, and only
its sides are seen past it, darker than in the photo. What lies in the opening below a neck is its chest.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from lookglass.box import Box, box_around
from lookglass.mipmap import mipmap
from lookglass.types import F32, Garment, Layers
from lookglass.worn import Worn

_PHOTO_PX = 128
_FAINT = 0.05
_SHADE = 0.72
"""What is left of the light inside a collar."""
_BESIDE = 15
"""Twice the distance, in cells, from the inside of a collar to its side."""
_GROWN = 5
"""Side of the neighbourhood by which the chest goes on under the opening's edge, cells."""


@dataclass(frozen=True, slots=True)
class Lining:
    """The inside of a collar's back, in a rectangle of the grid of the network's alphas.

    Attributes:
        at: rows and columns of the rectangle.
        alpha: (h, w) float32 in [0, 1], it is seen here.
        colour: (h, w, 3) float32 RGB in [0, 1], what it looks like.
    """

    at: Box
    alpha: F32
    colour: F32


def open_neck(layers: Layers, worn: Worn, garment: Garment) -> tuple[F32, Lining | None]:
    """Look through the neck opening.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
        garment: whose photo the flow points into.

    Returns:
        (H, W) float32 in [0, 1], what is bare without the old garment, the chest in the opening with it; and
        the lining, None where none is to be seen.
    """
    if worn.opening.max() < _FAINT:
        return layers.bare, None
    rows, columns = box_around(worn.opening > _FAINT, _BESIDE // 2)
    at = slice(rows.start + _BESIDE // 2, rows.stop), columns
    opening, front, bare = worn.opening[at], layers.occluder[1][at], layers.bare.copy()
    neck = np.clip(2 * bare[at] * (1 - front) - 0.5, 0, 1)
    for number, (above, row) in enumerate(pairwise(neck)):  # A chest is wider than its neck.
        wider = cv2.dilate(above[None], np.ones((1, 3), np.uint8))[0] if number % 2 else above
        np.maximum(row, wider, out=row)
    wide = cv2.dilate(opening, np.ones((_GROWN, _GROWN), np.uint8))
    bare[at] = np.maximum(bare[at], neck * wide)
    # Nobody sees the back higher than the sides: flat on its back, a collar stands up.
    beside = np.maximum.accumulate(cv2.dilate(worn.coverage[0][at], np.ones((1, _BESIDE), np.uint8)), axis=0)
    beside = np.vstack([beside[:1] * 0, beside[:-1]])  # The tips at its sides are drawn a cell lower.
    clear = np.clip(1 - 2 * front, 0, 1) * np.clip(2 * beside - 1, 0, 1)
    alpha = np.clip(2 * opening - 0.5, 0, 1) * (1 - bare[at]) * clear
    sharp = np.asarray(np.clip(2 * alpha - 0.5, 0, 1), np.float32)
    return bare, Lining(at, sharp, _colour(layers, at, garment))


def _colour(layers: Layers, at: Box, garment: Garment) -> F32:
    """(h, w, 3) RGB: the photo through the torso's flow, in the light inside a collar."""
    size = layers.bare.shape[::-1]
    level = mipmap(garment.texture).level(_PHOTO_PX)
    pixels = (layers.flow[0] + 1) * np.float32(len(level) / 2) - np.float32(0.5)
    x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR)[at] for axis in pixels)
    photo = cv2.remap(level, x, y, cv2.INTER_LINEAR)[..., 2::-1]
    light = cv2.resize(cv2.merge(tuple(layers.shading)), size, interpolation=cv2.INTER_LINEAR)[at]
    return np.asarray(np.clip(photo * np.float32(_SHADE / 255) * light, 0, 1), np.float32)
