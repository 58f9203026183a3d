"""Painted skin has the colour of the skin in view, and limbs are round."""

from dataclasses import replace

import numpy as np
import pytest
from test_repaint import ARM, ARM_COLUMNS, WALL, drawn, layers_of, person_of, scene

from lookglass.types import F32

INNER = slice(104, 136), slice(88, 104)


def _hue(colour: F32) -> F32:
    return np.asarray(colour / colour.sum(-1, keepdims=True))


@pytest.mark.parametrize("tint", [(0.1, 0.0, -0.1), (-0.12, -0.12, -0.12)])
def test_skin_takes_the_tone_of_the_skin_in_view(tint: tuple[float, ...]) -> None:
    arm = drawn(layers_of(ARM + np.float32(tint), WALL), person_of(scene()))[INNER]
    np.testing.assert_allclose(_hue(arm).mean((0, 1)), _hue(ARM), atol=0.005)
    assert 0.95 < arm.mean() / ARM.mean() < 1.1


def test_a_dark_cuff_taken_for_skin_does_not_darken_the_arm() -> None:
    truth = scene()
    truth[160:, ARM_COLUMNS] = 0.05
    arm = drawn(layers_of(ARM, WALL), person_of(truth))[INNER]
    assert 0.95 < arm.mean() / ARM.mean() < 1.1


def test_skin_keeps_the_hue_in_view_and_some_of_the_networks_light() -> None:
    layers = layers_of(ARM, WALL)
    layers.skin[:, 58:66] = (ARM * [0.6, 0.3, 0.2])[:, None, None]  # A fold, darker and far too red.
    painted = drawn(layers, person_of(scene()))
    fold, arm = painted[124, 96], painted[106, 96]
    np.testing.assert_allclose(_hue(fold), _hue(ARM), atol=0.01)
    assert 0.7 < fold.mean() / arm.mean() < 0.95


def test_a_limb_is_darker_at_its_outline_but_not_where_cloth_goes_on() -> None:
    layers = layers_of(ARM, WALL)
    layers.coverage[0, :, 56:] = 1
    row = drawn(layers, person_of(scene()))[120].mean(-1)
    assert row[83] < 0.95 * row[96] and row[109] > 0.98 * row[96]


def test_without_skin_in_view_the_face_lends_its_tone() -> None:
    layers, person = layers_of(ARM, WALL), person_of(scene())
    layers.painted_alpha[:] = 1
    painted = drawn(layers, replace(person, tone=np.array([0.3, 0.2, 0.1], np.float32)))
    np.testing.assert_allclose(painted[120, 96], [0.3, 0.2, 0.1], atol=0.05)
