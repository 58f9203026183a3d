"""Hands are told from cloth by the face's hue, and only where the tracker sees them."""

import numpy as np
import pytest

from lookglass.finish.hands import hands_in_view
from lookglass.types import F32, Crop, Layers, Person

SKIN, DENIM, BEIGE, WALL = (110, 145, 190), (110, 80, 50), (125, 155, 190), (230, 225, 225)
HAND = slice(100, 130), slice(100, 112)
THUMB = slice(105, 125), slice(94, 100)
"""Rows and columns of the 256x192 crop; the thumb lies on the trousers."""


def _person(trousers: tuple[int, int, int] = DENIM) -> Person:
    picture = np.full((256, 256, 3), WALL, np.uint8)
    picture[80:250, 32 + 40 : 32 + 100] = trousers
    for rows, columns in (HAND, THUMB):
        picture[rows, columns.start + 32 : columns.stop + 32] = SKIN
    marks = np.zeros((33, 5), np.float32)
    marks[[11, 12], 1], marks[[23, 24], 1] = 20, 85
    marks[[15, 17, 19, 21]] = 32 + 103, 115, 1, 1, 0
    tone = np.array(SKIN[::-1], np.float32) / 255
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, np.ones((256, 256), np.float32), tone)


def _layers() -> Layers:
    """The network sees the hand, and takes the thumb for cloth."""
    zeros, front = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    front[:, 50:65, 50:56] = 1
    old = zeros[0].copy()
    old[40:125, 20:50] = 1
    old[50:65, 47:50] = 0.9
    return Layers(np.zeros((3, 2, 64, 48), np.float32), zeros, front, zeros + 1, zeros, zeros, zeros[0], old)


def _inner(found: F32, part: tuple[slice, slice]) -> F32:
    rows, columns = part
    return found[rows.start + 2 : rows.stop - 2, columns.start + 2 : columns.stop - 2]


def test_a_thumb_on_the_trousers_is_the_hand_s() -> None:
    found = hands_in_view(_layers(), _person(), "lower")
    assert found.shape == (256, 192)
    assert _inner(found, HAND).min() > 0.9 and _inner(found, THUMB).min() > 0.9
    assert found[:, :90].max() < 0.05, "cloth is no hand"


def test_beside_a_sleeve_the_network_is_believed() -> None:
    found = hands_in_view(_layers(), _person(), "upper")
    assert _inner(found, HAND).min() > 0.8 and found[THUMB[0], 90:96].max() < 0.1


def test_beige_trousers_are_no_hand() -> None:
    found = hands_in_view(_layers(), _person(BEIGE), "lower")
    assert found[:, 60:90].max() < 0.05


def test_skin_far_from_hands_is_none() -> None:
    person = _person()
    person.landmarks[[15, 17, 19, 21], 1] = 240
    assert hands_in_view(_layers(), person, "lower").max() == 0


@pytest.mark.parametrize("visibility", [0.0, 1.0])
def test_a_hand_counts_as_far_as_it_is_seen(visibility: float) -> None:
    person = _person()
    person.landmarks[[15, 17, 19, 21], 2] = visibility
    assert abs(float(_inner(hands_in_view(_layers(), person, "lower"), HAND).mean()) - visibility) < 0.05
