"""Forearms that old sleeves hid are even, narrow at the wrist, join the hand, and are round in the light."""

from dataclasses import replace

import numpy as np

from lookglass.finish.arm_outline import Strip, into_hand, outline
from lookglass.finish.forearm import forearms
from lookglass.finish.limbs import round_arms
from lookglass.types import F32, Crop, Layers, Person

SHOULDER, ELBOW, WRIST, CUFF, FINGERS = 4, 34, 74, 78, 98
ARM, HAND, MIDDLE = slice(42, 54), slice(43, 53), 48


def _person(visibility: float = 1.0) -> Person:
    marks = np.zeros((33, 5), np.float32)
    for joint, y in ((11, SHOULDER), (13, ELBOW), (15, WRIST)):
        marks[joint] = 2 * (MIDDLE - 0.5) + 32.5, 2 * y + 0.5, visibility, 1, 0
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers() -> Layers:
    """A tube of an arm straight down in an old sleeve, and the hand that comes out of it."""
    nothing = np.zeros((3, 128, 96), np.float32)
    bare, old, front = nothing[0].copy(), nothing[0].copy(), nothing[:2].copy()
    bare[10:CUFF, ARM], bare[CUFF:FINGERS, HAND], front[:, CUFF:FINGERS, HAND] = 1, 1, 1
    old[10:CUFF, 38:58] = 1
    skin = np.full_like(nothing, 0.6)
    return Layers(np.zeros((3, 2, 64, 48), np.float32), nothing, front, nothing + 1, nothing, skin, bare, old)


def _rounded(layers: Layers, person: Person | None = None, cloth: F32 | None = None) -> Layers:
    person = person or _person()
    return round_arms(
        layers, person, forearms(person, (128, 96)), layers.bare * 0 if cloth is None else cloth
    )


def test_a_tube_narrows_to_the_wrist_and_not_at_the_elbow() -> None:
    widths = _rounded(_layers()).bare.sum(1)
    assert widths[ELBOW + 6] > 11.5
    assert 6.5 < widths[WRIST - 6 : WRIST].min() < 0.85 * widths[ELBOW + 6]


def test_it_is_as_wide_as_the_hand_where_that_comes_out_of_the_cuff() -> None:
    layers = _layers()
    layers.bare[60:CUFF, :] = 0
    layers.bare[60:CUFF, 45:51] = 1
    found = _rounded(layers).bare
    assert abs(found[CUFF - 1].sum() - 10) < 1.6
    assert (np.diff(found[68:CUFF].sum(1)) > -0.3).all()
    np.testing.assert_array_equal(found[CUFF + 2 :], layers.bare[CUFF + 2 :])


def test_a_slit_in_the_old_cuff_moves_nothing() -> None:
    layers = _layers()
    whole = _rounded(layers).bare
    layers.painted_alpha[60:CUFF, MIDDLE + 1] = 0
    np.testing.assert_allclose(_rounded(layers).bare[:, :MIDDLE], whole[:, :MIDDLE], atol=0.5)


def test_lumps_in_the_outline_go() -> None:
    layers = _layers()
    layers.bare[40:44, 41] = layers.bare[48:52, 54] = 1
    widths = _rounded(layers).bare[38:56].sum(1)
    assert np.abs(np.diff(widths)).max() < 0.5


def test_light_falls_off_across_and_spots_along_go() -> None:
    layers = _layers()
    even = _rounded(layers).skin[1]
    layers.skin[:, 50:53] *= 1.15
    light = _rounded(layers).skin[1]
    assert max(light[48, [43, 52]]) < 0.95 * light[48, MIDDLE]
    np.testing.assert_allclose(
        light[44:60, MIDDLE] / light[44:60].mean(), even[44:60, MIDDLE] / even[44:60].mean(), atol=0.08
    )
    np.testing.assert_array_equal(light[CUFF + 4 :], layers.skin[1][CUFF + 4 :])


def test_an_arm_in_view_stays_the_cameras() -> None:
    layers = _layers()
    layers.painted_alpha[:] = 0
    assert _rounded(layers) is layers


def test_an_arm_in_view_beside_the_old_torso_stays_too() -> None:
    layers = _layers()
    layers.painted_alpha[:] = 0
    layers.painted_alpha[10:90, 54:80] = layers.painted_alpha[10:ELBOW, ARM] = 1
    layers.bare[CUFF:FINGERS, 40:56] = layers.occluder[:, CUFF:FINGERS, 40:56] = 1
    np.testing.assert_allclose(_rounded(layers).bare[ELBOW + 4 :], layers.bare[ELBOW + 4 :], atol=0.05)


def test_an_arm_that_nobody_sees_stays() -> None:
    layers = _layers()
    assert _rounded(layers, _person(0)) is layers


def test_an_arm_in_a_sleeve_stays_and_what_is_left_beside_its_hand_goes() -> None:
    layers = _layers()
    layers.painted_alpha[CUFF : CUFF + 12, HAND.stop : HAND.stop + 3] = 1
    sleeve = layers.bare * 0
    sleeve[: CUFF - 3] = 1
    found = _rounded(layers, cloth=sleeve)
    for name in ("bare", "skin", "occluder"):
        assert getattr(found, name) is getattr(layers, name)
    assert found.painted_alpha[CUFF + 5 :].max() == 0


def test_another_limb_beside_it_is_not_cut_off() -> None:
    layers = _layers()
    layers.bare[10:CUFF, 54:70] = layers.painted_alpha[10:CUFF, 54:70] = 1
    np.testing.assert_allclose(_rounded(layers).bare, layers.bare, atol=0.2)


def test_slivers_of_old_clothes_beside_a_hand_go_but_a_coat_stays() -> None:
    layers = _layers()
    layers.painted_alpha[CUFF : CUFF + 8, 53:57] = 1
    assert _rounded(layers).painted_alpha[CUFF + 4 : CUFF + 8, 53:57].max() < 0.05
    layers.painted_alpha[CUFF:, 53:80] = 1
    assert _rounded(layers).painted_alpha[CUFF + 4 : CUFF + 8, 53:57].min() > 0.95


def test_the_corner_of_a_cuff_before_a_wall_is_taken_off() -> None:
    layers, person = _layers(), _person()
    layers.painted_alpha[CUFF : CUFF + 8, 53:57] = 1
    person.mask[:, 2 * 57 + 32 :] = 0
    found = _rounded(layers, person).painted_alpha
    np.testing.assert_array_equal(found[CUFF:, 55:57], layers.painted_alpha[CUFF:, 55:57])


def test_without_a_hand_it_narrows_all_the_same() -> None:
    layers = _layers()
    layers.painted_alpha[CUFF:, 38:58] = 1
    layers.bare[CUFF + 10 :] = 0
    found = _rounded(replace(layers, occluder=layers.occluder * 0))
    assert found.bare[WRIST - 4].sum() < 0.85 * found.bare[ELBOW + 6].sum()


def test_it_comes_steadily() -> None:
    layers = _layers()
    at = [_rounded(layers, _person(v)).bare[:CUFF].sum() for v in np.linspace(0.3, 0.6, 7)]
    assert (np.diff(at) <= 0).all() and np.abs(np.diff(at)).max() < 40


def test_a_hand_with_a_hole_in_its_middle_has_an_outline_all_the_same() -> None:
    along, across = np.linspace(-0.15, 1.45, 40, dtype=np.float32), np.arange(-9, 10, dtype=np.float32)
    bare = np.repeat((np.abs(across) < 4).astype(np.float32)[None], 40, axis=0)
    strip = Strip(along, across, bare, bare * (along < 1)[:, None], 0 * bare, 9)
    bare[30:, 9] = 0
    edges, _ = outline(strip)
    assert np.isfinite(into_hand(edges, strip, 1.0, 1.0, 20.0)).all()


def test_no_wall_is_left_between_an_upper_arm_and_the_garment() -> None:
    layers = _layers()
    cloth, gap = layers.bare * 0, slice(ARM.start - 2, ARM.start)
    cloth[:, : gap.start] = 1
    found = _rounded(layers, cloth=cloth).bare
    assert found[ELBOW - 12 : ELBOW - 6, gap].min() > 0.9
    assert found[ELBOW + 8 :, gap.start].max() < 0.1
    layers.bare[:] *= 0.6
    assert _rounded(layers, cloth=0.6 * cloth).bare.max() <= 1
