"""Hair goes on to its ends, by its colour."""

import numpy as np
import pytest

from lookglass.finish.hair import behind_shoulders, keep_hair
from lookglass.types import Crop, Layers, Person

BROWN, BLACK, WALL = (60, 90, 140), (25, 25, 28), (230, 220, 220)
HAIR, BESIDE = slice(20, 44), slice(30, 44)


def _person() -> Person:
    """Brown hair that hangs over a black jacket down to row 58 of 128, before a wall."""
    picture, mask = np.full((256, 256, 3), WALL, np.uint8), np.zeros((256, 256), np.float32)
    picture[96:240, 32 + 40 : 32 + 150] = BLACK
    picture[40:116, 32 + 60 : 32 + 88] = BROWN
    mask[96:240, 32 + 40 : 32 + 150] = mask[40:116, 32 + 60 : 32 + 88] = 1
    return Person(
        np.zeros((33, 5), np.float32), Crop(1.0, (320.0, 240.0)), picture, mask, np.ones(3, np.float32)
    )


def _layers() -> Layers:
    """The network is sure of hair down to row 44, and of the jacket from row 46 on."""
    zeros, flow = np.zeros((3, 128, 96), np.float32), np.zeros((3, 2, 64, 48), np.float32)
    front, old = np.zeros((2, 128, 96), np.float32), np.zeros((128, 96), np.float32)
    front[:, HAIR, BESIDE], old[46:120, 20:75] = 1, 1
    return Layers(flow, zeros, front, np.ones((3, 32, 24), np.float32), zeros, zeros, old * 0, old)


def test_hair_goes_on_down_to_its_ends() -> None:
    found = keep_hair(_layers(), _person())
    assert found.occluder[:, 46:49, 32:42].min() > 0.8
    assert found.painted_alpha[46:49, 32:42].max() < 0.2


def test_the_jacket_beside_and_below_does_not() -> None:
    found = keep_hair(_layers(), _person())
    for jacket in ((slice(62, 118), slice(22, 73)), (slice(50, 118), slice(50, 73))):
        assert found.occluder[0][jacket].max() == 0 and found.painted_alpha[jacket].min() == 1


def test_without_hair_in_front_nothing_changes() -> None:
    layers = _layers()
    layers.occluder[:] = 0
    assert keep_hair(layers, _person()) is layers


def test_a_lighter_strand_is_hair_too() -> None:
    person, strand = _person(), slice(34, 37)
    person.picture[40:116, 32 + 2 * strand.start : 32 + 2 * strand.stop] = [1.7 * value for value in BROWN]
    found = keep_hair(_layers(), person)
    assert found.occluder[:, 46:49, strand].min() > 0.8
    assert found.painted_alpha[46:49, strand].max() < 0.2


def test_between_hair_and_the_wall_there_is_no_slip_of_old_clothes() -> None:
    layers = _layers()
    layers.painted_alpha[38:46, 44] = 1
    assert keep_hair(layers, _person()).painted_alpha[39:44, 44].max() < 0.2


@pytest.mark.parametrize(("top", "front"), [(42, 0), (30, 1)])
def test_hair_that_ends_on_a_shoulder_ends_behind_it_and_what_falls_over_it_in_front(
    top: int, front: int
) -> None:
    """Hair hangs down to row 44 of 128; the new garment's shoulder is two rows above that, or fourteen."""
    new, person = np.zeros((128, 96), np.float32), _person()
    new[top:], person.landmarks[11:13, 1] = 1, 240 - 128 + 2 * 44
    found = behind_shoulders(_layers(), new, person)
    np.testing.assert_array_equal(found.occluder[:, top:44, 34:40], front)
    np.testing.assert_array_equal(found.occluder[:, 20:top], _layers().occluder[:, 20:top])


def test_a_hand_on_the_hem_stays_in_front() -> None:
    layers, new = _layers(), np.zeros((128, 96), np.float32)
    layers.occluder[:, 90:92, 30:40], new[:92] = 1, 1
    found = behind_shoulders(layers, new, _person())
    np.testing.assert_array_equal(found.occluder[:, 90:92, 30:40], 1)
