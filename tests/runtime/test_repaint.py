"""The painted layer goes on where the frame ends, in the frame's own colours."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lookglass.repaint import _mirror, repaint
from lookglass.types import F32, U8, Backdrop, Crop, Layers, Person

WALL, ARM = np.array([0.8, 0.82, 0.9], np.float32), np.array([0.6, 0.45, 0.35], np.float32)
HIDDEN = slice(100, 140), slice(70, 122)
"""Rows and columns of the 256x192 crop that the old clothes hide: an arm, and wall on both sides of it."""
ARM_COLUMNS = slice(80, 112)


def _scene() -> F32:
    """(256, 192, 3) RGB: a wall with stripes across, and an arm down the middle."""
    truth = np.broadcast_to(WALL, (256, 192, 3)).copy()
    truth[np.arange(256) % 8 < 4] -= 0.1
    truth[:, ARM_COLUMNS] = ARM
    return truth


def _person(truth: F32) -> Person:
    """Somebody whose crop shows `truth`, but for the old clothes, which are black."""
    shown = truth.copy()
    shown[HIDDEN] = 0
    square = np.pad(shown, ((0, 0), (32, 32), (0, 0)), mode="edge")
    return _somebody(np.round(square[..., ::-1] * 255).astype(np.uint8))


def _somebody(picture: U8) -> Person:
    nobody = np.zeros((256, 256), np.float32)
    return Person(np.zeros((33, 5), np.float32), Crop(1, (127.5, 127.5)), picture, nobody, ARM)


def _layers(skin: F32, behind: F32) -> Layers:
    old, bare = np.zeros((256, 192), np.float32), np.zeros((256, 192), np.float32)
    old[HIDDEN], bare[:, ARM_COLUMNS] = 1, 1
    half = [cv2.resize(m, (96, 128), interpolation=cv2.INTER_AREA) for m in (old, bare)]
    paint = [np.broadcast_to(p[:, None, None], (3, 128, 96)).astype(np.float32) for p in (behind, skin)]
    nothing = np.zeros((3, 128, 96), np.float32)
    return Layers(
        np.zeros((3, 2, 64, 48), np.float32), nothing, nothing[:2], nothing, *paint, half[1], half[0]
    )


@pytest.mark.parametrize("tint", [(0.1, 0.0, -0.1), (-0.12, -0.12, -0.12)])
def test_skin_takes_the_tone_of_the_skin_in_view(tint: tuple[float, ...]) -> None:
    painted = repaint(_layers(ARM + np.float32(tint), WALL), _person(_scene())).transpose(1, 2, 0)
    arm = painted[104:136, 84:108]
    assert np.abs(arm - ARM).mean() < 0.2 * np.abs(tint).mean()


def test_a_dark_cuff_taken_for_skin_does_not_darken_the_arm() -> None:
    scene = _scene()
    scene[160:, ARM_COLUMNS] = 0.05
    painted = repaint(_layers(ARM, WALL), _person(scene)).transpose(1, 2, 0)
    assert np.abs(painted[104:136, 84:108] - ARM).mean() < 0.02


def test_the_wall_goes_on_with_its_texture_whatever_the_network_guessed() -> None:
    truth = _scene()
    painted = repaint(_layers(ARM, np.zeros(3, np.float32)), _person(truth)).transpose(1, 2, 0)
    for columns in (slice(72, 76), slice(116, 120)):
        assert np.abs(painted[104:136, columns] - truth[104:136, columns]).mean() < 0.02


def test_far_inside_objects_fade_but_the_grain_of_the_ground_goes_on() -> None:
    rng = np.random.default_rng(0)
    truth = np.full((256, 192, 3), 0.5, np.float32)
    truth[:, 40:60] = 0.9  # A post, wider than grain.
    truth += rng.normal(size=(256, 192, 1)).astype(np.float32) * 0.04
    layers = _layers(ARM, WALL)
    layers.painted_alpha[:, 30:] = 1
    layers.bare[:] = 0
    painted = repaint(layers, _person(np.clip(truth, 0, 1)))[1]
    deep = painted[:, 70:73]
    assert 0.5 < deep.std(0).mean() / 0.04 < 1.1


def test_what_is_known_to_be_behind_is_better_than_its_mirror_image() -> None:
    backdrop = Backdrop(np.full((256, 192, 3), 51, np.uint8), np.ones((256, 192), np.float32))
    person = _person(_scene())
    wall = slice(104, 136), slice(72, 77)
    painted = repaint(_layers(ARM, WALL), person, backdrop).transpose(1, 2, 0)
    np.testing.assert_allclose(painted[wall], 0.2, atol=1e-3)
    person.mask[:] = 1  # Trousers beside it: then what is behind the person is hidden.
    hidden = repaint(_layers(ARM, WALL), person, backdrop).transpose(1, 2, 0)
    assert hidden[wall].mean() > 0.7


def test_points_are_mirrored_at_the_nearest_edge_or_stay_on_it() -> None:
    mask = np.zeros((24, 40), np.uint8)
    mask[6:18, 5:17], mask[6:18, 20:30] = 1, 1
    _, x, y = _mirror(mask)
    outside = np.argwhere(mask == 0)
    for row, column in np.argwhere(mask):
        point = np.array([y[row, column], x[row, column]])
        assert mask[tuple(point.astype(int))] == 0
        nearest = np.linalg.norm(outside - (row, column), axis=1).min()
        far = np.linalg.norm(point - (row, column))
        assert far < 2.05 * nearest and (far > 1.95 * nearest or far < 1.05 * nearest)


def test_deep_inside_the_trunk_the_network_is_believed() -> None:
    layers = _layers(ARM, np.full(3, 0.3, np.float32))
    layers.painted_alpha[:] = 0
    layers.painted_alpha[20:108, 10:86] = 1
    layers.bare[:] = 0
    painted = repaint(layers, _person(_scene()))
    np.testing.assert_allclose(painted[:, 128, 96], 0.3, atol=1e-5)


def test_an_arm_has_an_edge() -> None:
    painted = repaint(_layers(ARM, WALL), _person(_scene()))
    row = painted[0, 122]
    assert row[76] > 0.65 and abs(row[83] - ARM[0]) < 0.01


def test_colours_stay_colours_and_nothing_known_is_no_error() -> None:
    rng = np.random.default_rng(0)
    random = [rng.random(shape, np.float32) for shape in [(3, 128, 96)] * 2 + [(128, 96)] * 2]
    blank = np.zeros((3, 128, 96), np.float32)
    picture = rng.integers(0, 256, (256, 256, 3), np.uint8)
    for layers in (
        Layers(blank, blank, blank, blank, *random),
        Layers(blank, blank, blank, blank, *random[:2], blank[0], blank[0] + 1),
    ):
        painted = repaint(layers, _somebody(picture))
        assert painted.shape == (3, 256, 192) and painted.dtype == np.float32
        assert painted.min() >= 0 and painted.max() <= 1


def test_skin_keeps_the_hue_in_view_and_most_of_the_networks_light() -> None:
    layers = _layers(ARM, WALL)
    layers.skin[:, 60:64] = (ARM * [0.8, 0.5, 0.4])[:, None, None]  # A fold, darker and far too red.
    painted = repaint(layers, _person(_scene())).transpose(1, 2, 0)
    fold, arm = painted[124, 96], painted[106, 96]
    np.testing.assert_allclose(fold / fold.sum(), ARM / ARM.sum(), atol=0.01)
    assert 0.65 < fold.mean() / arm.mean() < 0.85


def test_without_skin_in_view_the_face_lends_its_tone() -> None:
    layers, person = _layers(ARM, WALL), _person(_scene())
    layers.painted_alpha[:] = 1
    painted = repaint(layers, replace(person, tone=np.array([0.3, 0.2, 0.1], np.float32)))
    np.testing.assert_allclose(painted[:, 120, 96], [0.3, 0.2, 0.1], atol=0.05)
