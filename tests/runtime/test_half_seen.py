"""Arms that the network half sees are there in a long sleeve; below a short one a hand has to tell."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.half_seen import whole_arms
from lookglass.types import Garment, Layers

ELBOW, WRIST = 60, 100
"""Rows, of 128."""
MIDDLE = 20, 70
"""Column of each arm."""


def _arms(seen: float = 1.0) -> Forearms:
    left, right = (Forearm(np.array([x, ELBOW]), np.array([0.0, WRIST - ELBOW]), seen) for x in MIDDLE)
    return left, right


def _layers(sure: float, *, end: int) -> Layers:
    """Arms straight down before the torso, in sleeves to a row and bare below, as sure as said."""
    zeros = np.zeros((3, 128, 96), np.float32)
    coverage, occluder, bare = zeros.copy(), zeros[:2].copy(), zeros[0].copy()
    for part, x in enumerate(MIDDLE, start=1):
        coverage[part, 20:end, x - 4 : x + 5] = sure
        bare[end:105, x - 4 : x + 5] = sure
    occluder[0], coverage[0] = bare, 1 - coverage[1:].sum(0)
    return Layers(
        np.zeros((3, 2, 64, 48), np.float32), coverage, occluder, zeros + 1, zeros, zeros, bare, bare
    )


def _tee() -> Garment:
    """Short sleeves at both sides of a torso, which end at a third of its height."""
    parts = np.zeros((128, 128), np.uint8)
    parts[10:120, 40:88], parts[10:44, 88:120], parts[10:44, 8:40] = 1, 2, 3
    return Garment(
        "", "upper", np.full((128, 128, 4), 255, np.uint8), parts, np.zeros((1, 9, 128, 128), np.float32)
    )


def _whole(layers: Layers, arms: Forearms) -> Layers:
    return whole_arms(layers, _tee(), arms)


@pytest.mark.parametrize(("sure", "shown"), [(0.5, 1.0), (0.1, 0.1), (1.0, 1.0)])
def test_a_long_sleeve_is_there_and_the_torso_gives_way(sure: float, shown: float) -> None:
    found = _whole(_layers(sure, end=98), _arms())
    torso, *sleeves = found.coverage[:, 40:90]
    for sleeve, x in zip(sleeves, MIDDLE, strict=True):
        np.testing.assert_allclose(sleeve[:, x], shown, atol=0.01)
        np.testing.assert_allclose(torso[:, x], 1 - shown, atol=0.01)


@pytest.mark.parametrize(("sure", "shown"), [(0.5, 0.0), (0.1, 0.1), (1.0, 1.0)])
def test_below_a_short_sleeve_the_torso_covers_a_bare_arm(sure: float, shown: float) -> None:
    layers = _layers(sure, end=50)
    found = _whole(layers, _arms())
    np.testing.assert_array_equal(found.coverage[1:], layers.coverage[1:])
    for alpha in (found.bare, found.occluder[0]):
        np.testing.assert_allclose(alpha[ELBOW:98, MIDDLE], shown, atol=0.01)
    assert found.coverage[0, ELBOW:98].min() == 1


@pytest.mark.parametrize("end", [50, 98])
def test_an_arm_that_the_tracker_does_not_see_stays(end: int) -> None:
    layers = _layers(0.5, end=end)
    assert _whole(layers, _arms(seen=0)) is layers


@pytest.mark.parametrize("end", [50, 98])
def test_it_comes_steadily(end: int) -> None:
    """As the network gets surer, and the tracker loses an arm, no step is a jump."""
    surer = [_whole(_layers(sure, end=end), _arms()) for sure in np.linspace(0, 1, 51)]
    lost = [_whole(_layers(0.5, end=end), _arms(seen)) for seen in np.linspace(0, 1, 51)]
    for found in (surer, lost):
        shown = [(layers.coverage[1, 70, MIDDLE[0]], layers.bare[90, MIDDLE[0]]) for layers in found]
        assert np.abs(np.diff(shown, axis=0)).max() < 0.12


def _hanging(*, hand: bool = True) -> Layers:
    """Arms that the network takes for the trunk but for a trace, and hands; the flow knows the sleeves."""
    layers = _layers(0.4, end=20)
    layers = replace(layers, bare=layers.bare.copy(), painted_alpha=layers.bare * 0)
    layers.coverage[0, 10:115, 12:78], layers.painted_alpha[10:WRIST, 12:78] = 1, 1
    if hand:
        for x in MIDDLE:
            layers.bare[WRIST:112, x - 4 : x + 5] = layers.occluder[:, WRIST:112, x - 4 : x + 5] = 1
    y = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    layers.flow[1:, 1], layers.flow[1, 0], layers.flow[2, 0] = y, 0.6, -0.6
    return layers


def test_an_arm_against_the_trunk_is_bare_below_its_short_sleeve() -> None:
    found = _whole(_hanging(), _arms())
    for part, outer, inner in ((1, 15, 30), (2, 75, 60)):
        assert found.bare[50:85, outer].min() > 0.9 and found.occluder[0, 50:85, outer].min() > 0.9
        assert found.coverage[0, 50:85, outer].max() < 0.1 and found.coverage[0, 50:95, inner].min() > 0.8
        assert found.bare[50:95, inner].max() < 0.2
        if part == 2:  # The left arm's flow is that of the wearer's left sleeve, on the picture's right.
            assert found.coverage[part, 15:38, outer].min() > 0.9


def test_it_goes_over_into_the_hand_and_nothing_is_bare_beside_it() -> None:
    layers = _hanging()
    layers.bare[30:90, 6:11] = 0.4
    found = _whole(layers, _arms())
    for x in MIDDLE:
        np.testing.assert_allclose(found.bare[98, x - 4 : x + 5], 1, atol=0.1)
        np.testing.assert_allclose(found.bare[98, [x - 6, x + 6]], 0, atol=0.05)
    assert found.bare[55:85, 8:11].max() < 0.1


def test_without_a_hand_in_view_it_stays_behind_the_trunk() -> None:
    found = _whole(_hanging(hand=False), _arms())
    assert found.bare[ELBOW:98, MIDDLE].max() < 0.05 and found.coverage[0, ELBOW:98].min() == 1


def test_without_a_sleeve_all_of_the_arm_is_bare() -> None:
    vest = _tee()
    vest.parts[vest.parts > 1] = 0
    found = whole_arms(_hanging(), vest, _arms())
    assert found.bare[20:85, 15].min() > 0.9 and found.coverage[0, 20:85, 15].max() < 0.1
