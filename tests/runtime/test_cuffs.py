"""Long sleeves end where the old ones did."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.cuffs import carry_on
from lookglass.forearm import Forearms, forearms
from lookglass.types import F32, Crop, Garment, Layers, Person
from lookglass.worn import Worn

ELBOW, WRIST, HAND = 50, 90, 94
"""Cells of the 128x96 grid; the arm hangs straight down."""


def _garment(sleeve: int) -> Garment:
    """A torso 100 pixels long beside a left sleeve."""
    parts = np.zeros((128, 128), np.uint8)
    parts[10:110, 40:80], parts[10 : 10 + sleeve, 90:110] = 1, 2
    texture, pixels = np.zeros((64, 64, 4), np.uint8), np.zeros((1, 9, 128, 128), np.float32)
    return Garment("", "upper", texture, parts, pixels)


def _person(wrist_y: int = WRIST) -> Person:
    marks = np.zeros((33, 5), np.float32)
    for joint, y in ((11, 10), (13, ELBOW), (15, wrist_y)):
        marks[joint] = 2 * 70 + 32, 2 * y, 1, 1, 0
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(new: int, old: int) -> tuple[Layers, Worn]:
    """The new left sleeve ends at one row, the old one at another; the flow's y is the row itself."""
    coverage, was = np.zeros((3, 128, 96), np.float32), np.zeros((128, 96), np.float32)
    coverage[1, 10:new, 60:80], was[10:old, 60:80] = 1, 1
    flow = np.zeros((3, 2, 64, 48), np.float32)
    flow[:, 1] = (2 * np.arange(64, dtype=np.float32)[:, None] + 0.5) / 128
    ones = np.ones((3, 128, 96), np.float32)
    layers = Layers(flow, coverage, ones[:2] * 0, ones, ones, ones, was * 0, was)
    return layers, Worn(coverage, coverage.copy(), was * 0)


def _end(layer: F32) -> int:
    return int(np.flatnonzero(layer[:, 70] > 0.5).max()) + 1


def _arms(person: Person) -> Forearms:
    return forearms(person, (128, 96))


def test_a_long_sleeve_ends_where_the_old_one_did() -> None:
    _, worn = carry_on(*_layers(84, HAND), _arms(_person()), _garment(90))
    assert _end(worn.coverage[1]) == pytest.approx(HAND, abs=1)
    assert _end(worn.seen[1]) == _end(worn.coverage[1])
    assert not worn.coverage[0].any() and not worn.coverage[2].any()


def test_its_cuff_moves_with_its_end() -> None:
    layers, _ = carry_on(*_layers(84, HAND), _arms(_person()), _garment(90))
    upper, cuff = layers.flow[1, 1, [20, (HAND - 1) // 2], 35] * 128
    assert upper == pytest.approx(40.5, abs=0.1)
    assert cuff == pytest.approx(83, abs=1.5)


STAYING = [(40, 84, HAND), (90, 84, 60), (90, 96, HAND), (90, 60, 60)]


@pytest.mark.parametrize(("sleeve", "new", "old"), STAYING)
def test_short_sleeves_and_bare_arms_and_sleeves_that_reach_stay(sleeve: int, new: int, old: int) -> None:
    layers, worn = _layers(new, old)
    after, still = carry_on(layers, worn, _arms(_person()), _garment(sleeve))
    assert np.array_equal(still.coverage, worn.coverage) and np.array_equal(still.seen, worn.seen)
    assert np.array_equal(after.flow, layers.flow)


def test_an_arm_that_is_not_seen_or_folded_stays() -> None:
    layers, worn = _layers(84, HAND)
    hidden = _person()
    hidden.landmarks[15, 2] = 0.1
    for person in (hidden, _person(wrist_y=12)):
        _, after = carry_on(layers, worn, _arms(person), _garment(90))
        assert np.array_equal(after.coverage, worn.coverage)


def test_the_end_follows_the_old_one_without_a_jump() -> None:
    layers, worn = _layers(84, HAND)
    ends = []
    for share in np.linspace(0, 1, 11, dtype=np.float32):
        was = layers.painted_alpha.copy()
        was[86:HAND] = share
        _, after = carry_on(replace(layers, painted_alpha=was), worn, _arms(_person()), _garment(90))
        ends.append(after.coverage[1, :, 70].sum())
    steps = np.diff(ends)
    assert (steps > -1e-3).all() and steps.max() < 2.5
