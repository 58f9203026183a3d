"""Shoes in view are no old trousers, however far down the network draws these."""

from dataclasses import replace

import numpy as np

from lookglass.finish.shoes import keep_shoes
from lookglass.types import Crop, Layers, Person

KNEE, HEM, ANKLE = 60, 96, 100
LEGS = 34, 60
JEANS, WHITE = (120, 90, 60), (225, 225, 225)


def _person(shoe: tuple[int, int, int], *, hem: int = HEM) -> Person:
    marks = np.zeros((33, 5), np.float32)
    picture = np.full((256, 256, 3), 200, np.uint8)
    for knee, x in zip((25, 26), LEGS, strict=True):
        marks[knee], marks[knee + 2] = ([2 * x + 32.5, 2 * y + 0.5, 1, 1, 0] for y in (KNEE, ANKLE))
        columns = slice(2 * x + 32 - 12, 2 * x + 32 + 14)
        picture[60 : 2 * hem, columns], picture[2 * hem : 220, columns] = JEANS, shoe
    mask = np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(end: int) -> Layers:
    old = np.zeros((128, 96), np.float32)
    for x in LEGS:
        old[30:end, x - 6 : x + 7] = 1
    zeros = np.zeros((3, 128, 96), np.float32)
    return Layers(np.zeros((3, 2, 64, 48), np.float32), zeros, zeros[:2], *[zeros] * 3, zeros[0], old)


def test_a_white_shoe_is_in_view() -> None:
    old = keep_shoes(_layers(HEM + 4), _person(WHITE))
    for x in LEGS:
        assert old[30 : HEM - 1, x].min() == 1 and old[HEM + 1 :, x].max() < 0.05


def test_a_shoe_of_the_trousers_colour_is_not_told_from_them() -> None:
    layers = _layers(HEM + 4)
    np.testing.assert_array_equal(keep_shoes(layers, _person(JEANS)), layers.painted_alpha)


def test_a_turn_up_is_trousers() -> None:
    """What is unlike them, but higher than the network is ever wrong."""
    layers = _layers(HEM)
    old = keep_shoes(layers, _person(WHITE, hem=HEM - 12))
    assert old[HEM - 12 : HEM - 6, LEGS[0]].min() == 1


def test_without_trousers_or_legs_in_view_nothing_is_told() -> None:
    bare = replace(_layers(HEM), painted_alpha=np.zeros((128, 96), np.float32))
    assert keep_shoes(bare, _person(WHITE)).max() == 0
    person = _person(WHITE)
    person.landmarks[:, 1] += 400
    layers = _layers(HEM)
    np.testing.assert_array_equal(keep_shoes(layers, person), layers.painted_alpha)
