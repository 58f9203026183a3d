"""Hands in view: they stay in front of what is new, and nothing is painted on them.

The network sees the middle of a hand; its edge, a thumb above all, it takes for the cloth behind. Skin is
told from cloth by the face's hue, and a hand from a bare leg by where the tracker sees it.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from lookglass.box import box_around, doubled
from lookglass.old import like_skin
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, U8, Layers, Person

_HANDS = ((15, 17, 19, 21), (16, 18, 20, 22))
"""Landmarks of wrist, little finger, index finger and thumb."""
_REACH, _LEAST = 0.4, 3.0
"""Radius of a hand around their middle, in shares of the hips' distance to the shoulders, and cells."""
_TORSO = (11, 12), (23, 24)
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
    for near in _near_hands(layers, person, np.ones((side, side), np.uint8)):
        cells = box_around(near > _FAINT, 1)
        if near[cells].size == 0:
            continue
        pixels = doubled(cells)
        size = found[pixels].shape[::-1]
        beside, front, old = (
            np.asarray(cv2.resize(layer[cells], size, interpolation=cv2.INTER_LINEAR), np.float32)
            for layer in (near, layers.occluder[1], layers.painted_alpha)
        )
        shown = picture[pixels] * np.float32(1 / 255)
        skin = cv2.blur(like_skin(shown, person.tone, front), (3, 3))
        # Sand has the hue of skin, too: only what is of the person counts.
        hand = skin * beside * (1 - _alike(skin, np.clip(10 * old - 9, 0, 1))) * mask[pixels]
        found[pixels] = np.maximum(found[pixels], hand)
    return found


def _alike(skin: cv2.typing.MatLike, old: cv2.typing.MatLike) -> F32:
    """(h, w) in [0, 1], how much of the old clothes around, (h, w), looks like skin: beige cloth does."""
    size = (_AROUND, _AROUND)
    share = cv2.blur(skin * old, size) / np.maximum(cv2.blur(old, size), np.float32(1e-3))
    return np.asarray(np.clip(3 * share - 0.5, 0, 1), np.float32)


def _near_hands(layers: Layers, person: Person, beside: U8) -> Iterator[F32]:
    """For each hand (h, w) in [0, 1], about what the network sees of it, as far as it is in view."""
    scale, offset = window_map(person.crop, layers.bare.shape)
    points = person.landmarks[:, :2] * scale + offset
    top, bottom = (points[list(pair)].mean(0) for pair in _TORSO)
    radius = max(_REACH * float(np.linalg.norm(bottom - top)), _LEAST)
    height, width = layers.bare.shape
    for hand in _HANDS:
        x, y = points[list(hand)].mean(0)
        cells = _clipped(y, radius, height), _clipped(x, radius, width)
        rows, columns = (np.arange(side.start, side.stop, dtype=np.float32) for side in cells)
        distance = np.hypot(columns - np.float32(x), rows[:, None] - np.float32(y)) / np.float32(radius)
        seen = np.float32(min(2 * float(person.landmarks[list(hand), 2].mean()), 1))
        near = np.zeros(layers.bare.shape, np.float32)
        if distance.size > 0:
            front = cv2.blur(cv2.dilate(layers.occluder[1][cells], beside), (3, 3))
            near[cells] = front * np.clip(3 - 3 * distance, 0, 1) * seen
        yield near


def _clipped(middle: float, radius: float, stop: int) -> slice:
    first, last = (int(np.clip(middle + side * radius, 0, stop)) for side in (-1, 1))
    return slice(first, last)
