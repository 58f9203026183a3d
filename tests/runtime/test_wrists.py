"""Painted forearms grow into the hands in view."""

from dataclasses import replace

import numpy as np

from lookglass.finish.forearm import forearms
from lookglass.finish.wrists import join_hands
from lookglass.types import F32, Crop, Layers, Person

ELBOW, WRIST = 30, 80
ARM, HAND = slice(44, 52), slice(42, 54)


def _person(visibility: float = 1.0) -> Person:
    marks = np.zeros((33, 5), np.float32)
    for joint, y in ((11, 0), (13, ELBOW), (15, WRIST)):
        marks[joint] = 2 * 47.5 + 32.5, 2 * y + 0.5, visibility, 1, 0
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers() -> Layers:
    """A narrow arm straight down, and below the wrist a wider hand in front of everything."""
    bare, front = np.zeros((128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    bare[:WRIST, ARM], bare[WRIST:100, HAND], front[:, WRIST:100, HAND] = 1, 1, 1
    nothing = np.zeros((3, 128, 96), np.float32)
    return Layers(np.zeros((3, 2, 64, 48), np.float32), nothing, front, *[nothing] * 3, bare, nothing[0])


def _joined(layers: Layers, person: Person, cloth: F32 | None = None) -> Layers:
    return join_hands(
        layers, person, forearms(person, (128, 96)), layers.bare * 0 if cloth is None else cloth
    )


def _widths(bare: np.ndarray) -> np.ndarray:
    return (bare > 0.5).sum(1)


def test_the_outline_widens_to_the_hand_and_never_beyond_it() -> None:
    widths = _widths(_joined(_layers(), _person()).bare)
    assert (widths[: WRIST - 12] == 8).all()
    assert 11 <= widths[WRIST - 1] <= 12
    assert (np.diff(widths[: WRIST + 1]) >= 0).all() and widths.max() == 12


def test_a_hand_is_as_wide_as_it_is_in_view_and_not_as_the_network_would_paint_it() -> None:
    layers = _layers()
    layers.bare[WRIST:100] *= 0.5
    assert 11 <= _widths(_joined(layers, _person()).bare)[WRIST - 1] <= 12


def test_corners_of_a_hand_that_the_network_rounds_off_are_found_by_their_colour() -> None:
    layers, person = _layers(), _person()
    layers.occluder[1, WRIST : WRIST + 6, HAND] = 0
    layers.occluder[1, WRIST : WRIST + 6, 45:51] = 1
    rounded = _widths(_joined(layers, person).bare)[WRIST - 1]
    person.picture[2 * WRIST :, 32 + 2 * HAND.start : 32 + 2 * HAND.stop] = 127
    assert rounded < _widths(_joined(layers, person).bare)[WRIST - 1] <= 12


def test_a_forearm_that_grows_lies_in_front_of_the_torso_above_the_cuff() -> None:
    layers = _layers()
    layers.painted_alpha[:WRIST] = layers.occluder[0, :WRIST, ARM] = 1
    joined = _joined(layers, _person())
    assert (_widths(joined.occluder[0])[WRIST - 4 : WRIST] == _widths(joined.bare)[WRIST - 4 : WRIST]).all()
    assert np.array_equal(joined.occluder[0, WRIST + 1 :], layers.occluder[0, WRIST + 1 :])


def test_no_skin_shows_in_a_slit_between_sleeve_and_torso() -> None:
    cloth = np.zeros((128, 96), np.float32)
    cloth[: WRIST - 2] = 1
    cloth[: WRIST - 2, ARM.stop - 2 : ARM.stop] = 0.7
    layers = _layers()
    layers.bare[:WRIST, ARM.stop - 2 : ARM.stop] = 0.5  # The edge of the arm in the sleeve.
    bare = _joined(layers, _person(), cloth).bare
    assert bare[WRIST - 12 : WRIST - 3, ARM.stop - 2 : ARM.stop].max() == 0
    assert bare[WRIST - 2 : 100, ARM.start : ARM.stop - 2].min() == 1


def test_an_arm_below_a_slanted_hem_is_no_slit() -> None:
    """A bell sleeve's outer side reaches down beside the forearm, and the torso lies at its inner one."""
    cloth = np.zeros((128, 96), np.float32)
    cloth[: WRIST - 12], cloth[:WRIST, ARM.stop - 1 :], cloth[: WRIST - 4, : ARM.stop - 4] = 1, 1, 1
    layers = _layers()
    bare = _joined(layers, _person(), cloth).bare
    np.testing.assert_array_equal(bare[WRIST - 12 : WRIST, ARM], layers.bare[WRIST - 12 : WRIST, ARM])


def test_what_is_not_in_view_and_has_no_hand_stays() -> None:
    layers = _layers()
    assert np.array_equal(_joined(layers, _person(visibility=0.05)).bare, layers.bare)
    hidden = replace(layers, occluder=layers.occluder * 0)
    assert np.array_equal(_joined(hidden, _person()).bare, layers.bare)


def test_a_wrist_beyond_the_window_is_no_error() -> None:
    person = _person()
    person.landmarks[15, :2] = 900, -700
    assert np.array_equal(_joined(_layers(), person).bare, _layers().bare)


def test_a_wrist_beyond_the_crop_joins_no_hand_inside_it() -> None:
    """Slices that ended before the crop began counted from its end."""
    layers, person = _layers(), _person()
    person.landmarks[[11, 13, 15], 0] -= 2 * 80
    np.testing.assert_array_equal(_joined(layers, person).bare, layers.bare)
