"""The neck opening on a wearer: the inside of the collar's back beside the neck, and the chest below it.

In the photo the opening shows the inside of the back. On a wearer the neck stands in front of that, and only
its sides are seen past it, darker than in the photo. What lies in the opening below a neck is its chest.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from lookglass.box import Box, box_around, doubled
from lookglass.mipmap import mipmap
from lookglass.old import like_skin
from lookglass.person.crop import model_columns
from lookglass.shadow import albedo_of, bounced
from lookglass.types import F32, Garment, Layers, Person
from lookglass.worn import Worn

_PHOTO_PX = 128
_FAINT = 0.05
_SHADE = 0.72
"""What is left of the light inside a black collar."""
_BESIDE = 15
"""Twice the distance, in cells, from the inside of a collar to its side."""
_GROWN = 5
"""Side of the neighbourhood by which chest and lining go on under the opening's edge, cells."""
_RIM_PX = 5
"""Twice the width of the neck's rim in which the mask may be wrong, crop pixels."""


@dataclass(frozen=True, slots=True)
class Lining:
    """The inside of a collar's back, in a rectangle of the crop's own grid.

    Attributes:
        at: rows and columns of the rectangle.
        alpha: (h, w) float32 in [0, 1], it is seen here.
        colour: (h, w, 3) float32 RGB in [0, 1], what it looks like.
    """

    at: Box
    alpha: F32
    colour: F32


def open_neck(layers: Layers, worn: Worn, garment: Garment, person: Person) -> tuple[F32, Lining | None]:
    """Look through the neck opening.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
        garment: whose photo the flow points into.
        person: whose crop the layers span.

    Returns:
        (H, W) float32 in [0, 1], what is bare without the old garment, the chest in the opening with it; and
        the lining, None where none is to be seen.
    """
    if worn.opening.max() < _FAINT:
        return layers.bare, None
    at = box_around(worn.opening > _FAINT, _BESIDE // 2)
    opening, front, bare = worn.opening[at], layers.occluder[1][at], layers.bare.copy()
    neck = np.clip(2 * bare[at] * (1 - front) - 0.5, 0, 1)
    for number, (above, row) in enumerate(pairwise(neck[_BESIDE // 2 :])):  # A chest is wider than a neck.
        wider = cv2.dilate(above[None], np.ones((1, 3), np.uint8))[0] if number % 2 else above
        np.maximum(row, wider, out=row)
    wide = cv2.dilate(opening, np.ones((_GROWN, _GROWN), np.uint8))
    bare[at] = np.maximum(bare[at], neck * wide)
    inside = np.clip(2 * wide * _between(worn.seen[0][at], opening) - 0.5, 0, 1)
    inside *= np.clip(1 - 2 * front, 0, 1)
    fine = doubled(at)
    size = fine[1].stop - fine[1].start, fine[0].stop - fine[0].start
    inside, body, colour = (cv2.resize(a, size) for a in (inside, bare[at], _colour(layers, at, garment)))
    alpha = np.clip(2 * inside - 0.5, 0, 1) * (1 - _neck(body, person, fine))
    return bare, Lining(fine, np.asarray(alpha, np.float32), np.asarray(colour, np.float32))


def _neck(bare: cv2.typing.MatLike, person: Person, at: Box) -> F32:
    """(h, w) in [0, 1]: what is bare and the person, whose outline ends where skin does."""
    body = np.minimum(bare, model_columns(person.mask)[at])
    shown = model_columns(person.picture)[at] * np.float32(1 / 255)
    rim = body - cv2.erode(body, np.ones((_RIM_PX, _RIM_PX), np.uint8))
    body = body - rim * (1 - like_skin(shown, person.tone, np.float32(0)))
    return np.asarray(np.clip(2 * body - 0.5, 0, 1), np.float32)


def _between(cloth: F32, opening: F32) -> F32:
    """(h, w) in [0, 1]: 1 from the cloth on each side of an opening to its middle, and nowhere higher.

    Nobody sees the back higher than the sides: flat on its back, a collar stands up.
    """
    middle = round(float((opening.sum(0) * np.arange(opening.shape[1])).sum() / opening.sum()))
    left, right = cloth[:, :middle], cloth[:, middle:][:, ::-1]
    return np.hstack([np.maximum.accumulate(left, axis=1), np.maximum.accumulate(right, axis=1)[:, ::-1]])


def _colour(layers: Layers, at: Box, garment: Garment) -> F32:
    """(h, w, 3) RGB: the photo through the torso's flow, in the light inside a collar."""
    size = layers.bare.shape[::-1]
    level = mipmap(garment.texture).level(_PHOTO_PX)
    pixels = (layers.flow[0] + 1) * np.float32(len(level) / 2) - np.float32(0.5)
    x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR)[at] for axis in pixels)
    photo = cv2.remap(level, x, y, cv2.INTER_LINEAR)[..., 2::-1]
    light = cv2.resize(cv2.merge(tuple(layers.shading)), size, interpolation=cv2.INTER_LINEAR)[at]
    left = bounced(np.float32(_SHADE), albedo_of(garment.texture)) / np.float32(255)
    return np.asarray(np.clip(photo * left * light, 0, 1), np.float32)
