"""Hands in view: they stay in front of what is new, and nothing is painted on them.

The network sees the middle of a hand; its edge, a thumb above all, it takes for the cloth behind. Skin is
told from cloth by the face's hue, and a hand from a bare leg by where the tracker sees it.
"""

import cv2
import numpy as np

from lookglass.box import box_around, doubled
from lookglass.old import like_skin
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_HANDS = ((15, 17, 19, 21), (16, 18, 20, 22))
"""Landmarks of wrist, little finger, index finger and thumb."""
_REACH, _LEAST = 0.45, 3.0
"""Radius of a hand around their middle, in shares of the hips' distance to the shoulders, and cells."""
_TORSO = (11, 12), (23, 24)
_BESIDE = 9
"""Side of the neighbourhood, in cells, of what the network sees of a hand."""
_AROUND = 41
"""Side, in crop pixels, of the neighbourhood in which a hand is compared with the old clothes."""


def hands_in_view(layers: Layers, person: Person, category: str) -> F32:
    """How surely a pixel shows a hand, (256, 192) float32 in [0, 1].

    Args:
        layers: what the network returned.
        person: whose crop they span.
        category: of the garment; beside old sleeves, which may be of any colour, the network is believed.
    """
    seen = model_columns(person.picture)
    found, around = np.zeros(seen.shape[:2], np.float32), _around(person, layers.bare.shape)
    cells = box_around(around > 0, 0)
    pixels = doubled(cells)
    if found[pixels].size == 0:
        return found
    side = _BESIDE if category == "lower" else 1
    seen_front, surely_old = layers.occluder[1][cells], np.clip(10 * layers.painted_alpha[cells] - 9, 0, 1)
    beside_hand = cv2.blur(cv2.dilate(seen_front, np.ones((side, side), np.uint8)), (3, 3)) * around[cells]
    size = found[pixels].shape[::-1]
    front, old, near = (
        cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR)
        for layer in (seen_front, surely_old, beside_hand)
    )
    shown = seen[pixels] * np.float32(1 / 255)
    skin = cv2.blur(like_skin(shown, person.tone, np.asarray(front, np.float32)), (3, 3))
    mask = model_columns(person.mask)[pixels]  # Sand has the hue of skin.
    found[pixels] = skin * near * (1 - _alike(skin, old)) * mask
    return found


def _alike(skin: cv2.typing.MatLike, old: cv2.typing.MatLike) -> F32:
    """(h, w) in [0, 1], how much of the old clothes around, (h, w), looks like skin: beige cloth does."""
    size = (_AROUND, _AROUND)
    share = cv2.blur(skin * old, size) / np.maximum(cv2.blur(old, size), np.float32(1e-3))
    return np.asarray(np.clip(3 * share - 0.5, 0, 1), np.float32)


def _around(person: Person, grid: tuple[int, ...]) -> F32:
    """(h, w) in [0, 1], 1 about the hands in view, falling to 0 towards their reach."""
    scale, offset = window_map(person.crop, grid)
    points = person.landmarks[:, :2] * scale + offset
    top, bottom = (points[list(pair)].mean(0) for pair in _TORSO)
    radius = max(_REACH * float(np.linalg.norm(bottom - top)), _LEAST)
    rows, columns = np.ogrid[: grid[0], : grid[1]]
    near = np.zeros(grid, np.float32)
    for hand in _HANDS:
        x, y = points[list(hand)].mean(0)
        seen = float(person.landmarks[list(hand), 2].mean())
        distance = np.hypot(columns - x, rows - y) / radius
        np.maximum(near, np.clip(3 - 3 * distance, 0, 1) * np.clip(2 * seen, 0, 1), out=near)
    return near
