"""Necklines: the sides of an opening lie on the neck, and only when they were about to."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.collar import meet_neck
from lookglass.finish.worn import Worn
from lookglass.types import F32, Layers

NECK = slice(42, 54)
RIM, BOTTOM = 26, 38


def _layers() -> Layers:
    """A neck before a wall; flow tells the column that a place comes from."""
    flow = np.broadcast_to((np.arange(48, dtype=np.float32) + 0.5) / 24 - 1, (3, 2, 64, 48)).copy()
    alphas = np.zeros((3, 128, 96), np.float32)
    bare = np.zeros((128, 96), np.float32)
    bare[:34, NECK] = 1
    return Layers(flow, alphas, alphas[:2], alphas, alphas, alphas, bare, alphas[0])


def _worn(gap: float) -> Worn:
    """A neckline that is wider than the neck on each side at its rim and closes towards its bottom."""
    y, x = np.mgrid[:128, :96].astype(np.float32)
    half = (6 + gap) * np.clip((BOTTOM - y) / (BOTTOM - RIM), 0, 1)
    opening = np.clip(half - np.abs(x - 47.5) + 0.5, 0, 1) * (y > RIM - 3)
    cloth = (1 - opening) * (y >= RIM) * (np.abs(x - 47.5) < 34)
    coverage = np.stack([cloth, cloth * 0, cloth * 0])
    return Worn(coverage, coverage.copy(), opening)


def _wall(layers: Layers, worn: Worn) -> F32:
    """(2,) cells of wall left and right of the neck a little below the rim."""
    row = (1 - worn.seen[0] - layers.bare)[RIM + 2, 20:76].clip(0, 1)
    return np.asarray([row[:28].sum(), row[28:].sum()])


@pytest.mark.parametrize("gap", [2.0, 4.0])
def test_an_opening_wider_than_the_neck_closes_around_it(gap: float) -> None:
    layers = _layers()
    assert _wall(layers, _worn(gap)).min() > 0.3 * gap
    _, met = meet_neck(layers, _worn(gap))
    assert _wall(layers, met).max() < 0.3
    # The neck's middle stays in view.
    assert met.seen[0][RIM:31, 45:51].max() < 0.1


def test_the_photo_goes_with_it_and_shoulders_stay() -> None:
    layers, worn = _layers(), _worn(3)
    moved, met = meet_neck(layers, worn)
    source = (moved.flow[0, 0, RIM // 2 + 1] + 1) * 24 - 0.5 - np.arange(48)
    assert source[20] < -0.7 and source[27] > 0.7
    assert np.abs(source[[8, 9, 10, 37, 38, 39]]).max() < 1e-3
    np.testing.assert_array_equal(met.seen[0][50:], worn.seen[0][50:])


def test_sides_are_met_each_on_its_own() -> None:
    layers = _layers()
    layers.bare[:34, NECK.stop : 64] = 1
    moved, _ = meet_neck(layers, _worn(3))
    right = np.s_[..., 24:]
    np.testing.assert_array_equal(moved.flow[right], layers.flow[right])
    assert not np.array_equal(moved.flow, layers.flow)


def test_a_chest_that_ends_in_the_opening_is_no_gap() -> None:
    layers = _layers()
    for row, less in ((32, 2), (33, 4)):
        layers.bare[row, : NECK.start + less] = layers.bare[row, NECK.stop - less :] = 0
    worn = _worn(0)
    worn.seen[0][26:36, NECK] = 0
    moved, _ = meet_neck(layers, worn)
    np.testing.assert_array_equal(moved.flow, layers.flow)


def test_hair_beside_a_neck_is_no_gap() -> None:
    layers = _layers()
    occluder = layers.occluder.copy()
    occluder[1, :40, 30:66] = 1
    layers = replace(layers, occluder=occluder)
    worn = _worn(3)
    assert meet_neck(layers, worn) == (layers, worn)


def test_an_opening_that_is_meant_to_be_wide_stays() -> None:
    layers, worn = _layers(), _worn(14)
    moved, _ = meet_neck(layers, worn)
    assert np.abs(moved.flow - layers.flow).max() < 1e-6


def test_a_jacket_worn_open_stays_open() -> None:
    layers = _layers()
    layers.bare[34:90, NECK] = 1
    worn = _worn(3)
    assert not np.array_equal(meet_neck(layers, worn)[0].flow, layers.flow)
    worn.seen[0][BOTTOM - 6 : 90, 40:56], worn.opening[BOTTOM - 6 : 90, 40:56] = 0, 1
    moved, _ = meet_neck(layers, worn)
    np.testing.assert_array_equal(moved.flow, layers.flow)


def test_a_flow_as_fine_as_the_alphas_goes_with_them() -> None:
    """Layers of an evaluation's truth are; and there the same opening moves by twice as many cells."""
    layers, worn = _layers(), _worn(3)
    fine = replace(layers, flow=layers.flow.repeat(2, 2).repeat(2, 3))
    coarse, (moved, met) = meet_neck(layers, worn)[0].flow, meet_neck(fine, worn)
    np.testing.assert_allclose(moved.flow[:, :, ::2, ::2], coarse, atol=1.5 / 24)
    np.testing.assert_array_equal(met.seen, meet_neck(layers, worn)[1].seen)


@pytest.mark.parametrize("shift", [-48, 47])
def test_a_neck_at_the_crop_s_side_is_met_all_the_same(shift: int) -> None:
    layers, worn = _layers(), _worn(3)
    aside = Worn(*(np.roll(alpha, shift, -1) for alpha in (worn.coverage, worn.seen, worn.opening)))
    aside.opening[:, 40:56] = 0
    moved, _ = meet_neck(replace(layers, bare=np.roll(layers.bare, shift, -1)), aside)
    assert np.isfinite(moved.flow).all()
