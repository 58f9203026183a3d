"""Hands in view: they stay in front of what is new, and nothing is painted on them.

The network sees the middle of a hand; its edge, a thumb above all, it takes for the cloth behind. Skin is
told from cloth by the face's hue, and a hand from a bare leg by where the tracker sees it.
"""

import math
from collections.abc import Iterator

import cv2
import numpy as np

from lookglass.finish.box import Box, box_around, doubled
from lookglass.finish.old import like_skin
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_HANDS = [[15, 17, 19, 21], [16, 18, 20, 22]]
"""Landmarks of wrist, little finger, index finger and thumb."""
_REACH, _LEAST = 0.4, 3.0
"""Radius of a hand around their middle, in shares of the hips' distance to the shoulders, and cells."""
_TORSO = [[11, 12], [23, 24]]
_BESIDE, _FAINT = 9, 0.1
"""Side of the neighbourhood, in cells, of what the network sees of a hand, and the least that counts."""
_AROUND = 41
"""Side, in crop pixels, of the neighbourhood in which a hand is compared with the old clothes."""


def hands_in_view(layers: Layers, person: Person, category: str) -> F32:
    """How surely a pixel shows a hand, (256, 192) float32 in [0, 1].

    Args:
        layers: what the network returned.
        person: whose crop they span.
        category: of the garment; beside old sleeves, which may be of any colour, the network is believed.
    """
    picture, mask = model_columns(person.picture), model_columns(person.mask)
    found = np.zeros(picture.shape[:2], np.float32)
    side = _BESIDE if category == "lower" else 1
    for cells, near in _near_hands(layers, person, side):
        pixels = doubled(cells)
        size = found[pixels].shape[::-1]
        beside, front, old = (
            np.asarray(cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR), np.float32)
            for layer in (near, layers.occluder[1][cells], layers.painted_alpha[cells])
        )
        shown = picture[pixels] * np.float32(1 / 255)
        skin = cv2.blur(like_skin(shown, person.tone, front), (3, 3))
        # Sand has the hue of skin, too: only what is of the person counts.
        hand = skin * beside * (1 - _alike(skin, _between_0_and_1(10 * old - 9))) * mask[pixels]
        found[pixels] = np.maximum(found[pixels], hand)
    return found


def _between_0_and_1(values: cv2.typing.MatLike) -> F32:
    return np.asarray(values.clip(0, 1), np.float32)


def _alike(skin: cv2.typing.MatLike, old: cv2.typing.MatLike) -> F32:
    """(h, w) in [0, 1], how much of the old clothes around, (h, w), looks like skin: beige cloth does."""
    size = (_AROUND, _AROUND)
    share = cv2.blur(skin * old, size) / np.maximum(cv2.blur(old, size), np.float32(1e-3))
    return _between_0_and_1(3 * share - np.float32(0.5))


def _near_hands(layers: Layers, person: Person, side: int) -> Iterator[tuple[Box, F32]]:
    """For each hand in view a box, cells, and in [0, 1] in it about what the network sees of the hand."""
    height, width = layers.bare.shape
    scale, offset = window_map(person.crop, (height, width))
    top, bottom = person.landmarks[_TORSO, :2].mean(1) * scale
    radius = max(_REACH * math.dist(top, bottom), _LEAST)
    hands = person.landmarks[_HANDS, :3].mean(1)
    for (x, y), visible in zip(hands[:, :2] * scale + offset, hands[:, 2].tolist(), strict=True):
        rows, columns = _around(y, radius, height), _around(x, radius, width)
        front = layers.occluder[1][rows, columns]
        if front.size == 0:
            continue
        right = np.arange(columns.start, columns.stop, dtype=np.float32) - np.float32(x)
        down = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - np.float32(y)
        distance = np.sqrt(right * right + down * down) * np.float32(1 / radius)
        beside = cv2.dilate(front, np.ones((side, side), np.uint8)) if side > 1 else front
        near = cv2.blur(beside, (3, 3)) * _between_0_and_1(3 - 3 * distance) * np.float32(min(2 * visible, 1))
        there = box_around(near > _FAINT, 1)
        if near[there].size > 0:
            yield (_moved(there[0], rows.start), _moved(there[1], columns.start)), near[there]


def _around(middle: float, radius: float, stop: int) -> slice:
    first, last = (int(min(max(middle + side * radius, 0), stop)) for side in (-1, 1))
    return slice(first, last)


def _moved(part: slice, start: int) -> slice:
    return slice(part.start + start, part.stop + start)
