"""Trousers in view below an old top stay the camera's; the top goes, and so does what nobody can tell."""

import cv2
import numpy as np
import pytest

from lookglass.finish.old_hem import keep_trousers
from lookglass.types import U8, Crop, Layers, Person

HEM, DRAWN, HIPS = 70, 75, 72
"""Rows, of 128: where the old top ends, where the network has it end, and the hips."""
GREY, DENIM = (60, 60, 60), (130, 80, 40)
NO_HANDS = np.zeros((256, 192), np.float32)


def _person(top: tuple[int, ...], trousers: tuple[int, ...], hips: float = HIPS) -> Person:
    picture: U8 = np.full((256, 256, 3), 230, np.uint8)
    picture[: 2 * HEM, 72:184], picture[2 * HEM :, 72:184] = top, trousers
    mask = np.zeros((256, 256), np.float32)
    mask[:, 72:184] = 1
    marks = np.zeros((33, 5), np.float32)
    marks[[23, 24], 1] = 2 * hips + 0.5
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers() -> Layers:
    """Old clothes in columns 20 to 75, some cells longer than they are."""
    none = np.zeros((128, 96), np.float32)
    old = none.copy()
    old[10:DRAWN, 20:76] = 1
    three = np.stack([none] * 3)
    return Layers(np.zeros((3, 2, 64, 48), np.float32), three, three[:2], three + 1, three, three, none, old)


def test_trousers_below_the_hem_stay() -> None:
    found = keep_trousers(_layers(), _person(GREY, DENIM), NO_HANDS)[:, 24:72]
    assert found[HEM + 1 :].max() < 0.1
    assert found[10 : HEM - 1].min() > 0.9


@pytest.mark.parametrize("trousers", [GREY, (75, 65, 60)])
def test_what_looks_like_the_top_goes_with_it(trousers: tuple[int, ...]) -> None:
    layers = _layers()
    found = keep_trousers(layers, _person(GREY, trousers), NO_HANDS)
    assert found[:, 24:72][10 : DRAWN - 1].min() > 0.8


def test_a_hand_is_no_trousers() -> None:
    """Its colour would be learned as theirs, and a top of that colour kept."""
    hands = NO_HANDS.copy()
    hands[2 * DRAWN :] = 1
    person = _person(GREY, DENIM)
    assert np.array_equal(keep_trousers(_layers(), person, hands), _layers().painted_alpha)


@pytest.mark.parametrize("hips", [-400, 400])
def test_hips_out_of_view_change_nothing(hips: float) -> None:
    person = _person(GREY, GREY, hips)
    assert np.array_equal(keep_trousers(_layers(), person, NO_HANDS), _layers().painted_alpha)


def test_what_layers_were_given_is_not_changed() -> None:
    layers = _layers()
    before = layers.painted_alpha.copy()
    assert not np.array_equal(keep_trousers(layers, _person(GREY, DENIM), NO_HANDS), before)
    assert np.array_equal(layers.painted_alpha, before)
    assert cv2.countNonZero(before) > 0
