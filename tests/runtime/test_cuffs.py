"""Long sleeves end where the old ones did, and close around the wrist of the hand in view; others stay."""

import numpy as np
import pytest

from lookglass.finish.cuffs import meet_hands
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import F32, Garment, Layers

PHOTO = np.full((128, 128, 4), 255, np.uint8)
PHOTO[95:, :, 3] = 0
SHIRT = Garment("", "upper", PHOTO, np.ones((128, 128), np.uint8), np.zeros((1, 9, 128, 128), np.float32))
ELBOW, WRIST, CUFF = 60, 100, 95
"""Rows, of 128: the arm's, and where the photo and, by a flow that maps row on row, the sleeve end."""
MIDDLE = {1: 20, 2: 70}
"""Column of each arm."""


def _arms(seen: float = 1.0) -> Forearms:
    left, right = (
        Forearm(np.array([x, ELBOW]), np.array([0.0, WRIST - ELBOW]), seen) for x in MIDDLE.values()
    )
    return left, right


def _layers(old_end: float, *, width: int = 9, hand: int = 0, aside: int = 0) -> Layers:
    """Two sleeves straight down over old ones; the network covers more than the photo shows."""
    y, x = np.indices((64, 48), np.float32)
    flow = np.stack([(x - 23.5) / 24, (y - 31.5) / 32])[None].repeat(3, 0)
    coverage, zeros = np.zeros((3, 128, 96), np.float32), np.zeros((3, 128, 96), np.float32)
    edge, old, occluder = np.arange(128, dtype=np.float32)[:, None], zeros[0].copy(), zeros[:2].copy()
    for part, x0 in MIDDLE.items():
        coverage[part, 20:110, x0 - width // 2 : x0 + width // 2 + 1] = 1
        old[20:, x0 - 4 : x0 + 5] = np.clip(old_end - edge[20:], 0, 1)
        occluder[:, 102:120, x0 + aside - hand // 2 : x0 + aside - hand // 2 + hand] = 1
    return Layers(flow, coverage, occluder, zeros + 1, zeros, zeros, zeros[0], old)


def _seen(layers: Layers, part: int) -> F32:
    return layers.coverage[part] * looked_up(cloth_of(SHIRT.texture), layers.flow[part], (96, 128))


def _cuff(layers: Layers, part: int) -> int:
    return int(np.flatnonzero(_seen(layers, part)[:, MIDDLE[part]] > 0.5)[-1]) + 1


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("old_end", [98, 102])
def test_a_cuff_is_drawn_down_to_the_old_one(old_end: int, part: int) -> None:
    layers = _layers(old_end)
    assert abs(_cuff(layers, part) - CUFF) <= 1
    assert abs(_cuff(meet_hands(layers, SHIRT, _arms()), part) - old_end) <= 1


@pytest.mark.parametrize("part", [1, 2])
def test_a_wide_cuff_closes_around_the_wrist(part: int) -> None:
    layers = _layers(CUFF, width=21, hand=11)
    found = _seen(meet_hands(layers, SHIRT, _arms()), part)
    assert 14 <= found[CUFF - 2].sum() <= 16
    np.testing.assert_allclose(found[:70], _seen(layers, part)[:70], atol=1e-3)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("aside", [-2, 2])
def test_a_cuff_moves_to_above_the_hand_and_the_torso_gives_way(aside: int, part: int) -> None:
    layers = _layers(CUFF, hand=9, aside=aside)
    layers.coverage[0] = 1 - layers.coverage[1:].sum(0)
    found = meet_hands(layers, SHIRT, _arms())
    moved = np.arange(96) @ found.coverage[part, CUFF - 2] / found.coverage[part, CUFF - 2].sum()
    assert abs(moved - MIDDLE[part] - aside) < 0.4
    assert found.coverage[:, : CUFF - 2].sum(0).max() <= 1 + 1e-5


@pytest.mark.parametrize("hand", [0, 2])
def test_without_a_whole_hand_in_view_cuffs_stay_as_wide_as_they_are(hand: int) -> None:
    layers = _layers(CUFF, width=21, hand=hand, aside=2)
    np.testing.assert_allclose(meet_hands(layers, SHIRT, _arms()).flow, layers.flow, atol=0.02)


@pytest.mark.parametrize("old_end", [80, 118])
def test_over_shorter_and_much_longer_sleeves_it_stays(old_end: int) -> None:
    """What was rolled up, and what words ask to be."""
    layers = _layers(old_end)
    np.testing.assert_allclose(meet_hands(layers, SHIRT, _arms()).flow, layers.flow, atol=0.02)


def test_an_arm_out_of_view_stays() -> None:
    layers = _layers(102)
    found = meet_hands(layers, SHIRT, _arms(seen=0))
    np.testing.assert_array_equal(found.flow, layers.flow)
    np.testing.assert_array_equal(found.coverage, layers.coverage)


def test_upper_arms_and_the_torso_stay() -> None:
    layers = _layers(102)
    found = meet_hands(layers, SHIRT, _arms())
    np.testing.assert_array_equal(found.flow[0], layers.flow[0])
    np.testing.assert_allclose(found.flow[1:, :, :34], layers.flow[1:, :, :34], atol=1e-5)


def test_short_sleeves_stay() -> None:
    layers = _layers(102, width=21, hand=9)
    layers.coverage[1:, 82:] = 0
    np.testing.assert_array_equal(meet_hands(layers, SHIRT, _arms()).flow, layers.flow)


def test_it_moves_steadily() -> None:
    """As the old sleeve ends from row to row farther down, no step is a jump."""
    ends = [
        meet_hands(_layers(end), SHIRT, _arms()).flow[1, 1, 46, 10] * 64 for end in np.arange(92, 124, 0.5)
    ]
    assert np.abs(np.diff(ends)).max() < 1
