"""Behind the old clothes the frame goes on: walls sideways, trousers upwards, hair downwards."""

from dataclasses import replace

import numpy as np
import pytest
from test_repaint import ARM, HIDDEN, WALL, drawn, layers_of, person_of, scene, somebody

from lookglass.finish.behind import _mirrored
from lookglass.types import F32, Layers

RED, BLUE = np.array([0.7, 0.1, 0.1], np.float32), np.array([0.1, 0.1, 0.7], np.float32)


def test_the_wall_goes_on_with_its_texture_whatever_the_network_guessed() -> None:
    truth = scene()
    found = drawn(layers_of(ARM, np.zeros(3, np.float32)), person_of(truth))
    for columns in (slice(71, 76), slice(116, 121)):
        assert np.abs(found[112:128, columns] - truth[112:128, columns]).mean() < 0.02


def test_the_grain_of_the_ground_goes_on() -> None:
    truth = 0.5 + np.random.default_rng(0).normal(size=(256, 192, 1)).astype(np.float32) * 0.04
    layers = layers_of(ARM, WALL)
    layers.painted_alpha[:, 30:] = 1
    layers.bare[:] = 0
    found = drawn(layers, person_of(np.clip(truth, 0, 1).repeat(3, axis=2)))[..., 1]
    assert 0.6 < found[:, 62:72].std() / 0.04 < 1.1


def _worn_by_somebody() -> tuple[Layers, F32]:
    """Old clothes in the middle, hair above, trousers below them, narrower; and the scene."""
    truth = np.broadcast_to(WALL, (256, 192, 3)).copy()
    truth[40:80, 60:130], truth[160:, 60:130] = RED, BLUE
    layers = layers_of(ARM, WALL)
    layers.bare[:], layers.painted_alpha[:] = 0, 0
    layers.painted_alpha[40:80, 20:76] = 1
    layers.occluder[1, 20:40, 30:65] = 1
    return layers, truth


def test_hair_goes_on_straight_down_and_trousers_straight_up_but_neither_sideways() -> None:
    layers, truth = _worn_by_somebody()
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[40:80, 92:162] = person.mask[160:, 92:162] = person.mask[80:160, 72:184] = 1
    found = drawn(layers, person)
    np.testing.assert_allclose(found[86, 96], RED, atol=0.02)
    np.testing.assert_allclose(found[152, 96], BLUE, atol=0.02)
    np.testing.assert_allclose(found[100, 48], WALL, atol=0.02)
    np.testing.assert_allclose(found[140, 48], WALL, atol=0.02)


def test_beside_a_waist_no_trousers_go_up() -> None:
    """Those in view are as wide as hips; between the waist above them and an arm is the wall."""
    layers, truth = _worn_by_somebody()
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[160:, 92:162] = person.mask[80:160, 72:184] = 1
    for joint, x, y in ((11, 110, 112), (12, 80, 112), (23, 104, 164), (24, 88, 164)):
        person.landmarks[joint, :2] = x + 32, y
    found = drawn(layers, person)
    np.testing.assert_allclose(found[152, 96], BLUE, atol=0.02)
    for column in (70, 120):
        assert np.abs(found[150, column] - BLUE).max() > 0.2


def test_on_a_shoulder_beside_hair_the_wall_goes_on_though_a_leg_is_far_below() -> None:
    layers, truth = _worn_by_somebody()
    truth[160:, 40:150] = BLUE
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[40:80, 92:162] = person.mask[80:256, 72:184] = 1
    np.testing.assert_allclose(
        drawn(layers, person)[82:86, 54:57], np.broadcast_to(WALL, (4, 3, 3)), atol=0.02
    )


def test_a_strand_that_the_network_half_sees_goes_down_as_well() -> None:
    layers, truth = _worn_by_somebody()
    layers.occluder[1, 20:40, 61:65] = 0.6
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[40:80, 92:162] = person.mask[80:160, 72:184] = 1
    np.testing.assert_allclose(drawn(layers, person)[83, 127], RED, atol=0.02)


def test_beside_trousers_in_view_trousers_go_on_up_to_a_hand_where_no_wall_is_near() -> None:
    layers, truth = _worn_by_somebody()
    layers.painted_alpha[80:, 65:67] = layers.bare[80:, 67:73] = layers.occluder[1, 80:, 67:73] = 1
    truth[160::4] *= 0.94  # Equal rows would be taken for what lies below the frame.
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[40:] = 1
    np.testing.assert_allclose(drawn(layers, person)[190, 132], BLUE, atol=0.05)


def test_a_top_ends_below_its_hem_where_trousers_were() -> None:
    layers, truth = _worn_by_somebody()
    layers.behind[:] = WALL[:, None, None]
    person = somebody(np.round(np.pad(truth, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255))
    person.mask[40:80, 92:162] = person.mask[80:160, 72:184] = 1
    found = drawn(layers, replace(person, category="lower"))
    np.testing.assert_allclose(found[82, 96], RED, atol=0.06)
    np.testing.assert_allclose(found[92, 96], WALL, atol=0.02)


def test_deep_inside_the_trunk_the_network_is_believed() -> None:
    layers = layers_of(ARM, np.full(3, 0.3, np.float32))
    layers.painted_alpha[:], layers.bare[:] = 0, 0
    layers.painted_alpha[20:108, 10:86] = 1
    np.testing.assert_allclose(drawn(layers, person_of(scene()))[128, 96], 0.3, atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1])
def test_points_are_mirrored_at_a_straight_edge(axis: int) -> None:
    mask = np.zeros((40, 40), np.uint8)
    mask[12:] = 1
    depth, lost, *way = _mirrored(np.ascontiguousarray(mask if axis else mask.T))
    across, along = way if axis else way[::-1]
    inside = slice(14, 22)
    depth, along, across = (a if axis else a.T for a in (depth, along, across))
    np.testing.assert_allclose(along[inside], -2 * depth[inside], atol=0.01)
    lost = lost if axis else lost.T
    assert not lost[inside].any()
    assert np.abs(across[inside, 3:-3]).max() < 1e-4


def test_a_rim_shows_what_is_nearest_and_nothing_leaps_after_it() -> None:
    """Mirrored at the first clean cell, a passer-by two cells away would stand at the old clothes' edge."""
    mask = np.zeros((60, 60), np.uint8)
    mask[:, 30:] = 1
    _, _, x, y = _mirrored(mask, rim=2)
    np.testing.assert_allclose(x[30, 30:36], [-1, -2, -4, -6, -8, -10], atol=0.3)
    np.testing.assert_allclose(y[30, 30:36], 0, atol=0.01)


def test_neighbours_along_a_slanting_edge_look_at_neighbours() -> None:
    columns, rows = np.arange(60), np.arange(80)[:, None]
    mask = (columns > 20 + rows // 6).astype(np.uint8)
    depth, _, *way = _mirrored(mask)
    inside = (depth > 0) & (depth < 9) & (rows > 9) & (rows < 70)
    for axis in way:
        assert np.abs(np.diff(axis, axis=0))[inside[1:]].max() < 1


def test_what_would_be_hidden_again_is_the_edge_and_marked() -> None:
    mask = np.ones((24, 40), np.uint8)
    mask[:, 20:22] = 0
    _, lost, way, _ = _mirrored(mask)
    assert lost[12, 10] and way[12, 10] == pytest.approx(10, abs=0.5)
    assert not lost[12, 19] and way[12, 19] == pytest.approx(2, abs=0.5)


def test_nothing_to_mirror_is_no_error() -> None:
    depth, *rest = _mirrored(np.ones((8, 8), np.uint8))
    assert np.isinf(depth).all() and not np.any(rest)


def test_nothing_old_changes_nothing() -> None:
    layers, truth = layers_of(ARM, WALL), scene()
    layers.painted_alpha[:] = 0
    np.testing.assert_allclose(drawn(layers, person_of(truth))[HIDDEN], 0, atol=1e-6)
