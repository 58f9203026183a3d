"""A hem that ends a little above the old one is let down to it, leg by leg, and moves for nothing else."""

import numpy as np
import pytest

from lookglass.finish.legs import let_down
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import Garment, Layers

PHOTO = np.full((128, 128, 4), 255, np.uint8)
PHOTO[100:, :, 3] = 0
JEANS = Garment("", "lower", PHOTO, np.ones((128, 128), np.uint8), np.zeros((1, 9, 128, 128), np.float32))
HEM = 100
"""The row, of 128, where the photo and, through a flow that maps row on row, the new legs end."""
LEGS = {1: slice(20, 40), 2: slice(50, 70)}


def _layers(*old_hems: float) -> Layers:
    """Two legs; the network covers more than the photo shows, and the old hems are where they are told."""
    y, x = np.indices((64, 48), np.float32)
    flow = np.stack([(x - 23.5) / 24, (y - 31.5) / 32])[None].repeat(3, 0)
    coverage, zeros = np.zeros((3, 128, 96), np.float32), np.zeros((3, 128, 96), np.float32)
    edge, old = np.arange(128, dtype=np.float32)[:, None], zeros[0].copy()
    for (part, columns), hem in zip(LEGS.items(), old_hems, strict=True):
        coverage[part, 20:104, columns] = 1
        old[:, columns] = np.clip(hem - edge, 0, 1)
    return Layers(flow, coverage, zeros[:2], zeros + 1, zeros, zeros, zeros[0], old)


def _hems(layers: Layers) -> list[int]:
    cloth = cloth_of(JEANS.texture)
    seen = (layers.coverage[part] * looked_up(cloth, layers.flow[part], (96, 128)) for part in LEGS)
    return [int(np.flatnonzero(leg.max(1) > 0.5)[-1]) + 1 for leg in seen]


def test_each_leg_reaches_its_own_old_hem() -> None:
    layers = _layers(104, 107)
    assert np.abs(np.subtract(_hems(layers), HEM)).max() <= 1
    assert np.abs(np.subtract(_hems(let_down(layers, JEANS)), (104, 107))).max() <= 1


def test_what_is_under_a_hem_that_was_let_down_is_a_shoe() -> None:
    layers = _layers(105, 105)
    layers.painted_alpha[105:109, 20:70] = 0.45
    found = let_down(layers, JEANS).painted_alpha
    assert found[106:109, 22:38].max() < 0.2
    assert (found[106:109, 44] == np.float32(0.45)).all(), "beside the legs nothing is known of shoes"


def test_above_the_shins_legs_stay() -> None:
    layers = _layers(104, 104)
    found = let_down(layers, JEANS)
    np.testing.assert_array_equal(found.flow[:, :, :33], layers.flow[:, :, :33])
    np.testing.assert_array_equal(found.coverage[:, :66], layers.coverage[:, :66])


@pytest.mark.parametrize("old_hem", [90, 114])
def test_shorter_trousers_and_bare_legs_stay(old_hem: int) -> None:
    layers = _layers(old_hem, old_hem)
    np.testing.assert_allclose(let_down(layers, JEANS).flow, layers.flow, atol=0.02)


def test_a_leg_that_leaves_the_picture_stays() -> None:
    layers = _layers(128, 128)
    layers.coverage[1:, 100:, 20:70] = 1
    layers.flow[:, 1] -= 0.5
    np.testing.assert_array_equal(let_down(layers, JEANS).flow, layers.flow)


def test_it_moves_steadily() -> None:
    """As the old hem moves from row to row, no step is a jump."""
    hems = [let_down(_layers(hem, hem), JEANS).flow[1, 1, 50, 15] * 64 for hem in np.arange(98, 118, 0.5)]
    assert np.abs(np.diff(hems)).max() < 1
