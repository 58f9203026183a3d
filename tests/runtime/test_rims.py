"""Cuffs end in clean rims over the wrists; hands come out of them, in their shadow, and stay the camera's."""

import numpy as np
import pytest

from lookglass.finish.forearm import Forearm
from lookglass.finish.rims import Rim, bare_hands, end_cuffs, shape_cuff
from lookglass.types import F32

LENGTH, WIDTH, END = 25, 8.0, 1.0


def _rim(sure: float = 1.0, turn: float = 0.0, part: int = 1) -> Rim:
    """A cuff in the middle of 128x96 cells, of an arm that hangs, or is turned by so much."""
    along = LENGTH * np.array([np.sin(turn), np.cos(turn)])
    shares = np.linspace(0.5, END, 9, dtype=np.float32)
    arm = Forearm(np.array([48, 64]) - along, along, 1.0)
    return Rim(part, arm, END, shares, 0 * shares, 0 * shares + np.float32(WIDTH), sure)


def _drawn(rim: Rim) -> tuple[F32, F32, F32]:
    """Coverage, what is in front and shadow, on 256x192, after a sleeve without an end met a hand."""
    coverage, front = np.zeros((3, 256, 192), np.float32), np.zeros((2, 256, 192), np.float32)
    coverage[1, 70:140, 86:107] = 1
    front[:, 125:160, 91:102] = 1
    shadow = np.zeros((256, 192), np.float32)
    end_cuffs([rim], coverage, front, shadow)
    return coverage, front, shadow


def test_a_sleeve_ends_in_a_line_as_wide_as_its_cuff_that_bends_down() -> None:
    coverage = _drawn(_rim())[0][1]
    assert coverage[134:, :].max() == 0
    assert (coverage[126] > 0.47).sum() == pytest.approx(2 * WIDTH, abs=1)
    lowest = [np.flatnonzero(coverage[:, x] > 0.47)[-1] for x in (90, 96, 102)]
    assert lowest[0] == pytest.approx(lowest[2], abs=1)
    assert lowest[1] > lowest[0]


def test_it_lies_over_the_wrist_and_the_hand_below_stays() -> None:
    _, front, _ = _drawn(_rim())
    assert front[:, 125:128, 93:100].max() < 0.1
    assert front[:, 131:160, 91:102].min() == 1


def test_its_shadow_lies_on_the_hand_alone_and_close_to_it() -> None:
    _, _, shadow = _drawn(_rim())
    assert shadow[129, 96] > 0.2
    assert shadow[138:].max() == 0
    assert shadow[:, :90].max() == 0


def test_no_skin_is_seen_beside_a_cuff_that_is_narrower_than_the_arm_in_it() -> None:
    arm = np.zeros((128, 96), np.float32)
    arm[30:80, 42:55] = 1
    hand = bare_hands([_rim()], arm)
    assert hand[54:60, [42, 43, 53, 54]].max() == 0
    assert hand[54:60, 47:50].min() == 1  # In its sleeve it is hidden, and goes on.
    np.testing.assert_array_equal(hand[66:], arm[66:])
    assert bare_hands([], arm) is arm and arm[57, 42] == 1


def test_an_arm_that_is_raised_has_a_straight_rim() -> None:
    assert _rim(turn=np.pi).sag == 0
    assert _rim().sag > 0


def test_the_other_sleeve_stays_in_front_and_the_torso_fills_what_is_left() -> None:
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[1, 40:70, 43:54] = 1
    coverage[2, 56:60] = 1
    coverage[1, 56:60] = 0
    coverage[0] = 1 - coverage.sum(0)
    shape_cuff(coverage, _rim())
    np.testing.assert_array_equal(coverage[2, 56:60], 1)
    assert coverage[1, 57:59].max() == 0
    np.testing.assert_allclose(coverage.sum(0), 1, atol=1e-3)
    assert coverage[0, 66:69, 44:53].min() > 0.9


def test_what_is_unsure_changes_nothing() -> None:
    coverage, front, shadow = _drawn(_rim(sure=0.0))
    assert coverage[1, 70:140, 86:107].min() == 1
    assert front[:, 125:160, 91:102].min() == 1
    assert shadow.max() == 0


def test_beyond_the_frame_nothing_is_drawn() -> None:
    arm = Forearm(np.array([48, 150.0]), np.array([0, 25.0]), 1.0)
    shares = np.linspace(0.5, END, 9, dtype=np.float32)
    rim = Rim(1, arm, END, shares, 0 * shares, 0 * shares + np.float32(WIDTH), 1.0)
    coverage = np.ones((3, 128, 96), np.float32)
    shape_cuff(coverage, rim)
    assert coverage.min() == 1
