"""Long sleeves end where the old ones did, and close around the wrist of the hand in view; others stay."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.cuffs import meet_hands
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import F32, Garment, Layers

PHOTO = np.full((128, 128, 4), 255, np.uint8)
PHOTO[95:, :, 3] = 0
CUFFS = {1: slice(13, 41), 2: slice(80, 108)}
"""Columns of the photo's sleeves, 21 cells each by a flow that maps column on column."""


def _shirt(cuffs: dict[int, slice]) -> Garment:
    parts = np.ones((128, 128), np.uint8)
    for part, columns in cuffs.items():
        parts[:, columns] = part + 1
    return Garment("", "upper", PHOTO, parts, np.zeros((1, 9, 128, 128), np.float32))


SHIRT = _shirt(CUFFS)
ELBOW, WRIST, CUFF = 60, 100, 95
"""Rows, of 128: the arm's, and where the photo and, by a flow that maps row on row, the sleeve end."""
HAND = 102
"""Row in which a hand begins."""
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
        occluder[:, HAND:120, x0 + aside - hand // 2 : x0 + aside - hand // 2 + hand] = 1
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
    assert abs(_cuff(meet_hands(layers, SHIRT, _arms())[0], part) - old_end) <= 1


@pytest.mark.parametrize("part", [1, 2])
def test_a_wide_cuff_closes_around_the_wrist(part: int) -> None:
    layers = _layers(CUFF, width=21, hand=11)
    moved, rims = meet_hands(layers, SHIRT, _arms())
    found = _seen(moved, part)
    assert 12 <= found[HAND - 4].sum() <= 15
    assert found[HAND + 3].max() < 0.1
    assert rims[part - 1].sure == 1
    assert HAND < ELBOW + rims[part - 1].end * (WRIST - ELBOW) < HAND + 3
    np.testing.assert_allclose(found[:76], _seen(layers, part)[:76], atol=1e-3)


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("aside", [-2, 2])
def test_a_cuff_moves_to_above_the_hand_and_the_torso_gives_way(aside: int, part: int) -> None:
    layers = _layers(CUFF, hand=9, aside=aside)
    layers.coverage[0] = 1 - layers.coverage[1:].sum(0)
    found = meet_hands(layers, SHIRT, _arms())[0]
    moved = np.arange(96) @ found.coverage[part, HAND - 4] / found.coverage[part, HAND - 4].sum()
    assert abs(moved - MIDDLE[part] - aside) < 0.4
    assert found.coverage[:, : HAND - 2].sum(0).max() <= 1 + 1e-5
    np.testing.assert_allclose(found.coverage[:, 90 : HAND - 4].sum(0), 1, atol=0.02)


def test_the_photo_fills_a_cuff() -> None:
    """However wide and however low it ends there, its own outline is not seen."""
    found = meet_hands(_layers(CUFF, width=21, hand=11), SHIRT, _arms())[0]
    photo = looked_up(cloth_of(SHIRT.texture), found.flow[1], (96, 128))
    assert photo[70:101][found.coverage[1, 70:101] > 0.5].min() > 0.9


@pytest.mark.parametrize("cuff", [15, 21])
def test_a_cuff_that_is_as_wide_in_its_photo_stays_wide(cuff: int) -> None:
    """Laid flat a tube is half as wide again as on the arm; what is wider than that is a bell."""
    narrow = {
        part: slice(round(4 / 3 * (x - cuff / 2)), round(4 / 3 * (x + cuff / 2)))
        for part, x in MIDDLE.items()
    }
    _, rims = meet_hands(_layers(CUFF, width=13, hand=6), _shirt(narrow), _arms())
    assert all(abs(rim.width - 2 / np.pi * cuff) < 1 for rim in rims)


@pytest.mark.parametrize(
    "why", ["two hands", "begins far up", "begins far down", "far aside", "photo beside", "photo never ends"]
)
def test_above_what_is_not_surely_its_own_hand_no_cuff_closes(why: str) -> None:
    layers, garment = _layers(CUFF, width=21, hand=11), SHIRT
    if why == "two hands":
        layers = _layers(CUFF, width=21, hand=19)
    elif why == "begins far up":
        layers.occluder[:, 85:, :] = layers.occluder[:, 110:111, :]
    elif why == "begins far down":
        layers.occluder[:, :110] = 0
    elif why == "far aside":
        layers = _layers(CUFF, width=21, hand=9, aside=7)
    elif why == "photo beside":
        garment = _shirt({part: slice(int(x * 4 / 3), int(x * 4 / 3) + 9) for part, x in MIDDLE.items()})
    else:
        layers.flow[:, 1] *= 0.5
    assert meet_hands(layers, garment, _arms())[1] == []


@pytest.mark.parametrize("hand", [0, 2])
def test_without_a_whole_hand_in_view_cuffs_stay_as_wide_as_they_are(hand: int) -> None:
    layers = _layers(CUFF, width=21, hand=hand, aside=2)
    np.testing.assert_allclose(meet_hands(layers, SHIRT, _arms())[0].flow, layers.flow, atol=0.02)


@pytest.mark.parametrize("old_end", [80, 118])
def test_over_shorter_and_much_longer_sleeves_it_stays(old_end: int) -> None:
    """What was rolled up, and what words ask to be."""
    layers = _layers(old_end)
    np.testing.assert_allclose(meet_hands(layers, SHIRT, _arms())[0].flow, layers.flow, atol=0.02)


@pytest.mark.parametrize("gone", [0.0, 1.0])
def test_a_long_sleeve_leaves_the_frame_with_its_wrist(gone: float) -> None:
    """The network, which saw few arms that near, ends it above the frame's edge, half seen."""
    layers = _layers(128)
    layers.coverage[1:] *= 0.4
    left, right = (Forearm(arm.elbow, arm.along, 0.0, gone) for arm in _arms())
    found = meet_hands(layers, SHIRT, (left, right))[0]
    shown = looked_up(cloth_of(SHIRT.texture), found.flow[1], (96, 128))[:, MIDDLE[1]]
    assert (shown[105] > 0.5) == (gone > 0)
    assert (found.coverage[1, 70:100, MIDDLE[1]].min() > 0.8) == (gone > 0)


def test_a_short_sleeve_does_not_leave_the_frame() -> None:
    layers = _layers(128)
    short = PHOTO.copy()
    short[70:, :, 3] = 0
    left, right = (Forearm(arm.elbow, arm.along, 0.0, 1.0) for arm in _arms())
    found = meet_hands(layers, replace(SHIRT, texture=short), (left, right))[0]
    np.testing.assert_array_equal(found.flow, layers.flow)


def test_an_arm_out_of_view_stays() -> None:
    layers = _layers(102)
    found = meet_hands(layers, SHIRT, _arms(seen=0))[0]
    np.testing.assert_array_equal(found.flow, layers.flow)
    np.testing.assert_array_equal(found.coverage, layers.coverage)


def test_upper_arms_and_the_torso_stay() -> None:
    layers = _layers(102)
    found = meet_hands(layers, SHIRT, _arms())[0]
    np.testing.assert_array_equal(found.flow[0], layers.flow[0])
    np.testing.assert_allclose(found.flow[1:, :, :34], layers.flow[1:, :, :34], atol=1e-5)


def test_short_sleeves_stay() -> None:
    layers = _layers(102, width=21, hand=9)
    layers.coverage[1:, 82:] = 0
    np.testing.assert_array_equal(meet_hands(layers, SHIRT, _arms())[0].flow, layers.flow)


def test_it_moves_steadily() -> None:
    """As the old sleeve ends from row to row farther down, no step is a jump."""
    ends = [
        meet_hands(_layers(end), SHIRT, _arms())[0].flow[1, 1, 46, 10] * 64 for end in np.arange(92, 124, 0.5)
    ]
    assert np.abs(np.diff(ends)).max() < 1
