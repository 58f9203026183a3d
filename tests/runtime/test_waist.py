"""A new waistband sits where the old one did, and moves for nothing else."""

import numpy as np
import pytest

from lookglass.finish.waist import hitch_up
from lookglass.finish.worn import worn
from lookglass.types import Garment, Layers

PHOTO = np.full((128, 128, 4), 255, np.uint8)
JEANS = Garment("", "lower", PHOTO, np.ones((128, 128), np.uint8), np.zeros((1, 9, 128, 128), np.float32))
PHOTO[:40, :, 3] = 0
WAIST = 40
"""The row, of 128, where the photo and, through a flow that maps row on row, the new waistband begin."""


def _layers(old_waist: int) -> Layers:
    """Trousers over columns 20 to 75; the network covers more than the photo shows."""
    y, x = np.indices((64, 48), np.float32)
    flow = np.stack([(x - 23.5) / 24, (y - 31.5) / 32])[None].repeat(3, 0)
    coverage, zeros = np.zeros((3, 128, 96), np.float32), np.zeros((3, 128, 96), np.float32)
    coverage[0, 30:, 20:76] = 1
    old = zeros[0].copy()
    old[old_waist:, 20:76] = 1
    return Layers(flow, coverage, zeros[:2], zeros + 1, zeros, zeros, zeros[0], old)


def _top(layers: Layers) -> int:
    return int(np.flatnonzero(worn(layers, JEANS).seen[0, :, 48] > 0.5)[0])


@pytest.mark.parametrize("old_waist", [33, 36, 39])
def test_a_waistband_is_pulled_up_to_the_old_one(old_waist: int) -> None:
    layers = _layers(old_waist)
    assert _top(layers) == WAIST
    assert abs(_top(hitch_up(layers, JEANS)) - old_waist) <= 1


def test_legs_stay() -> None:
    layers = _layers(34)
    found = hitch_up(layers, JEANS)
    np.testing.assert_array_equal(found.flow[:, :, 38:], layers.flow[:, :, 38:])
    np.testing.assert_array_equal(found.coverage[:, 76:], layers.coverage[:, 76:])


@pytest.mark.parametrize("old_waist", [10, 44])
def test_under_a_top_that_hangs_over_it_or_a_dress_it_stays(old_waist: int) -> None:
    layers = _layers(old_waist)
    np.testing.assert_allclose(hitch_up(layers, JEANS).flow, layers.flow, atol=1e-6)


def test_it_moves_steadily() -> None:
    """As the old waistband fades from row to row, and as a dress grows, no step is a jump."""
    edge = np.arange(128, dtype=np.float32)[:, None]
    tops = []
    for waist in np.arange(42, 16, -0.5):
        layers = _layers(0)
        layers.painted_alpha[:, 20:76] = np.clip(edge - waist, 0, 1)
        tops.append(hitch_up(layers, JEANS).flow[0, 1, 20, 24] * 64)
    assert np.abs(np.diff(tops)).max() < 1.5


def test_under_an_open_jacket_it_is_pulled_up_as_far() -> None:
    """Between its sides eight cells, four of the flow, the old one is in view."""
    layers = _layers(33)
    layers.painted_alpha[:, :44] = layers.painted_alpha[:, 52:] = 0
    assert abs(_top(hitch_up(layers, JEANS)) - 33) <= 1


def test_a_sliver_of_the_old_waist_tells_little() -> None:
    layers = _layers(33)
    layers.painted_alpha[:, :45] = layers.painted_alpha[:, 47:] = 0
    assert _top(hitch_up(layers, JEANS)) >= WAIST - 3
