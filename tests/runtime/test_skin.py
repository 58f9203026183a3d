"""Painted skin has the colour of the skin in view, in the light that the network sees."""

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


def test_far_from_skin_in_view_an_arm_is_a_little_lighter() -> None:
    """Faces have beards and shades, hands creases; strangers found arms in their mean colour too brown."""
    layers = layers_of(ARM, WALL)
    layers.painted_alpha[10:118] = 1
    light = drawn(layers, person_of(scene()))[:, 92:100].mean((1, 2)) / ARM.mean()
    assert 1.05 < light[120:136].mean() < 1.12
    assert np.abs(light[240:] - 1).max() < 0.01 and np.abs(np.diff(light[30:230])).max() < 0.03


def test_skin_has_the_networks_light_and_is_redder_in_its_shade() -> None:
    layers = layers_of(ARM, WALL)
    layers.skin[:, 60:62] = (ARM * [0.6, 0.3, 0.2])[:, None, None]  # A fold, darker and far too red.
    painted = drawn(layers, person_of(scene()))
    fold, arm = painted[118:126, 90:102].mean((0, 1)), painted[106:112, 90:102].mean((0, 1))
    assert 0.4 < fold.mean() / arm.mean() < 0.85
    redder = _hue(fold)[0] - _hue(arm)[0]
    assert 0.005 < redder < 0.06
    np.testing.assert_allclose(_hue(arm), _hue(ARM), atol=0.01)


def test_an_arm_has_no_shadow_of_its_cuff_at_the_wrist() -> None:
    layers = layers_of(ARM, WALL)
    layers.skin[:, 68:70] *= 0.5
    painted = drawn(layers, person_of(scene()))[:, 94:98].mean((1, 2))
    assert painted[136:140].mean() > 0.88 * painted[116:122].mean()


def test_a_limb_is_darker_at_its_outline_but_not_where_cloth_goes_on() -> None:
    layers = layers_of(ARM, WALL)
    layers.coverage[0, :, 56:] = 1
    painted = drawn(layers, person_of(scene()))[104:136].mean((0, 2))
    left, between, middle, right = (painted[at : at + 2].mean() for at in (82, 85, 95, 108))
    assert left < 0.95 * middle and right > 0.985 * middle
    assert left + 0.005 < between < middle - 0.005  # Round, and not a flat cut-out with a dark line.


def test_what_is_behind_a_hand_is_mixed_into_its_edge_and_tells_little() -> None:
    truth = scene()
    edges = np.r_[80:83, 109:112]
    truth[:, edges] = 0.75 * ARM + 0.25 * np.array([0.2, 0.3, 0.6], np.float32)
    arm, plain = (drawn(layers_of(ARM, WALL), person_of(t))[INNER] for t in (truth, scene()))
    np.testing.assert_allclose(_hue(arm).mean((0, 1)), _hue(plain).mean((0, 1)), atol=0.006)


def test_without_skin_in_view_the_face_lends_its_tone() -> None:
    layers, person = layers_of(ARM, WALL), person_of(scene())
    layers.painted_alpha[:] = 1
    painted = drawn(layers, replace(person, tone=np.array([0.3, 0.2, 0.1], np.float32)))
    np.testing.assert_allclose(painted[120, 96], [0.3, 0.2, 0.1], atol=0.05)
