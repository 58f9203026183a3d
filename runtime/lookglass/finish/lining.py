"""The neck opening on a wearer: the inside of the collar's back beside the neck, and the chest below it.

In the photo the opening shows the inside of the back. On a wearer the neck stands in front of that, and only
its sides are seen past it, darker than in the photo. What lies in the opening below a neck is its chest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from lookglass.finish.box import Box, box_around, doubled
from lookglass.finish.old import like_skin
from lookglass.finish.open_front import openness
from lookglass.finish.repaint import PAINTED_RAMP, Repainted, drawn_as
from lookglass.finish.shadow import albedo_of, bounced
from lookglass.finish.worn import Worn
from lookglass.mipmap import mipmap
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.remembered import remembered
from lookglass.types import F32, U8, Garment, Layers, Person

_PHOTO_PX = 128
_FAINT, _LEAST = 0.05, 1e-3
_SHADE = 0.72
"""What is left of the light inside a black collar."""
_NEAR_NECK, _NEARBY = 0.3, (13, 13)
"""What more the neck takes of that beside it, and twice how far, crop pixels."""
_STENCIL, _UNDER = 256, 7
"""Side of the stencil of an opening, and of the neighbourhood by which it goes on under the cloth."""
_SIDES = (0.34, 0.54)
"""How much of the sides' cloth is seen where surely nothing of the back is, and where it surely is."""
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
    # Its outline went down in steps of a cell.
    chest = np.maximum(bare[at], cv2.blur(neck, (3, 3)) * wide)
    bare[at] += np.float32(1 - openness(garment.parts)) * (chest - bare[at])
    fine = doubled(at)
    size = fine[1].stop - fine[1].start, fine[0].stop - fine[0].start
    hidden = wide * _between(worn.seen[0][at], opening)
    hidden = np.clip((hidden - _SIDES[0]) / (_SIDES[1] - _SIDES[0]), 0, 1)
    seen, body, head, *flow = (cv2.resize(a, size) for a in (hidden, chest, front, *_flow(layers, at)))
    neck, inside = _neck(body, head, person, fine), _look(_inside(garment.texture), flow, cv2.BORDER_CONSTANT)
    alpha = np.clip(2 * inside * np.float32(1 / 255) - 0.5, 0, 1) * seen * (1 - neck)
    colour = _colour(layers, fine, flow, garment) * (1 - _NEAR_NECK * cv2.blur(neck, _NEARBY))[..., None]
    return bare, Lining(fine, np.asarray(alpha, np.float32), np.asarray(colour, np.float32))


def lined(paint: Repainted, lining: Lining | None) -> Repainted:
    """Lay the inside of the collar over the paint, in place, and draw it over the wall, too."""
    if lining is None:
        return paint
    rows, columns = lining.at
    painted, alpha = paint.painted[:, rows, columns], paint.painted_alpha[lining.at]
    # Where nothing else is painted its colour is pure, or that of skin would fringe it.
    low, high = PAINTED_RAMP
    drawn = np.maximum(np.clip((alpha - low) / (high - low), lining.alpha, 1), _LEAST)
    share = lining.alpha / drawn
    painted += (lining.colour.transpose(2, 0, 1) - painted) * share
    paint.skin[lining.at] *= 1 - share
    np.maximum(alpha, drawn_as(lining.alpha), out=alpha)
    return paint


def _neck(bare: cv2.typing.MatLike, front: cv2.typing.MatLike, person: Person, at: Box) -> F32:
    """(h, w) in [0, 1]: what is bare or in front and the person, whose outline ends where skin does."""
    mask = model_columns(person.mask)[at]
    shown = model_columns(person.picture)[at] * np.float32(1 / 255)
    rim = (mask - cv2.erode(mask, np.ones((_RIM_PX, _RIM_PX), np.uint8))) * (1 - front)
    body = np.minimum(bare + front, mask - rim * (1 - like_skin(shown, person.tone, np.float32(0))))
    return np.asarray(np.clip(2 * body - 0.5, 0, 1), np.float32)


def _between(cloth: F32, opening: F32) -> F32:
    """(h, w) in [0, 1]: 1 from the cloth on each side of an opening to its middle, and nowhere higher.

    Nobody sees the back higher than the sides: flat on its back, a collar stands up.
    """
    middle = round(float((opening.sum(0) * np.arange(opening.shape[1])).sum() / opening.sum()))
    left, right = cloth[:, :middle], cloth[:, middle:][:, ::-1]
    return np.hstack([np.maximum.accumulate(left, axis=1), np.maximum.accumulate(right, axis=1)[:, ::-1]])


@remembered
def _inside(texture: U8) -> U8:
    """(256, 256) 255 in the neck opening of a photo up to its lower side, and a little under the cloth below.

    Nobody sees the back higher than the sides: flat on its back, a collar stands up.
    """
    cloth = cv2.resize(texture[..., 3], (_STENCIL, _STENCIL), interpolation=cv2.INTER_AREA) > 127
    # The opening is filled like a bowl.
    top = np.where(cloth.any(0), cloth.argmax(0), _STENCIL)
    left, right = np.minimum.accumulate(top), np.minimum.accumulate(top[::-1])[::-1]
    below = np.arange(_STENCIL)[:, None] > np.maximum(left, right) + 1
    bowl = (below & (np.arange(_STENCIL)[:, None] < top)).astype(np.uint8)
    grown = cv2.dilate(bowl, np.ones((_UNDER, _UNDER), np.uint8)) * (cloth & below)
    return np.asarray(cv2.blur(255 * cv2.max(bowl, grown), (3, 3)), np.uint8)


def _flow(layers: Layers, at: Box) -> Iterator[F32]:
    """x and y, (h, w) each in [-1, 1], of the torso's flow on the cells' grid."""
    size = layers.bare.shape[::-1]
    return (np.asarray(cv2.resize(axis, size)[at], np.float32) for axis in layers.flow[0])


def _look(photo: U8, flow: list[cv2.typing.MatLike], border: int) -> F32:
    """What a flow shows of a square photo."""
    x, y = ((axis + 1) * np.float32(len(photo) / 2) - np.float32(0.5) for axis in flow)
    return np.asarray(cv2.remap(photo, x, y, cv2.INTER_LINEAR, borderMode=border), np.float32)


def _colour(layers: Layers, at: Box, flow: list[cv2.typing.MatLike], garment: Garment) -> F32:
    """(h, w, 3) RGB: the photo through the torso's flow, in the light inside a collar."""
    photo = _look(mipmap(garment.texture).level(_PHOTO_PX), flow, cv2.BORDER_REPLICATE)[..., 2::-1]
    light = cv2.resize(cv2.merge(tuple(layers.shading)), (MODEL_WIDTH, MODEL_HEIGHT))[at]
    left = bounced(np.float32(_SHADE), albedo_of(garment.texture)) / np.float32(255)
    return np.asarray(np.clip(photo * left * light, 0, 1), np.float32)
