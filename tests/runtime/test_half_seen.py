"""Arms that the network half sees are there, in a long sleeve or bare; others stay as it sees them."""

import numpy as np
import pytest

from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.half_seen import whole_arms
from lookglass.types import Layers

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


@pytest.mark.parametrize(("sure", "shown"), [(0.5, 1.0), (0.1, 0.1), (1.0, 1.0)])
def test_a_long_sleeve_is_there_and_the_torso_gives_way(sure: float, shown: float) -> None:
    found = whole_arms(_layers(sure, end=98), _arms())
    torso, *sleeves = found.coverage[:, 40:90]
    for sleeve, x in zip(sleeves, MIDDLE, strict=True):
        np.testing.assert_allclose(sleeve[:, x], shown, atol=0.01)
        np.testing.assert_allclose(torso[:, x], 1 - shown, atol=0.01)


@pytest.mark.parametrize(("sure", "shown"), [(0.5, 1.0), (0.1, 0.1), (1.0, 1.0)])
def test_below_a_short_sleeve_a_bare_arm_is_there_and_hides_the_torso(sure: float, shown: float) -> None:
    layers = _layers(sure, end=50)
    found = whole_arms(layers, _arms())
    np.testing.assert_array_equal(found.coverage, layers.coverage)
    for alpha in (found.bare, found.occluder[0]):
        np.testing.assert_allclose(alpha[ELBOW:98, MIDDLE], shown, atol=0.01)


@pytest.mark.parametrize("end", [50, 98])
def test_an_arm_that_the_tracker_does_not_see_stays(end: int) -> None:
    layers = _layers(0.5, end=end)
    assert whole_arms(layers, _arms(seen=0)) is layers


@pytest.mark.parametrize("end", [50, 98])
def test_it_comes_steadily(end: int) -> None:
    """As the network gets surer, and the tracker loses an arm, no step is a jump."""
    surer = [whole_arms(_layers(sure, end=end), _arms()) for sure in np.linspace(0, 1, 51)]
    lost = [whole_arms(_layers(0.5, end=end), _arms(seen)) for seen in np.linspace(0, 1, 51)]
    for found in (surer, lost):
        shown = [(layers.coverage[1, 70, MIDDLE[0]], layers.bare[90, MIDDLE[0]]) for layers in found]
        assert np.abs(np.diff(shown, axis=0)).max() < 0.12
