"""What is a little narrower about the hips than the old clothes is let out to them, or stays."""

import numpy as np
import pytest

from lookglass.finish.hips import let_out
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.types import Crop, Garment, Layers, Person

PHOTO = np.full((128, 128, 4), 255, np.uint8)
PHOTO[:, :27, 3] = PHOTO[:, 101:, 3] = 0
JEANS = Garment("", "lower", PHOTO, np.ones((128, 128), np.uint8), np.zeros((1, 9, 128, 128), np.float32))
LEFT, RIGHT, HIPS, KNEES = 20, 76, 60, 110
"""Columns, of 96, between which the garment is seen, and rows, of 128."""


def _person() -> Person:
    """Shoulders at row 10, hips at row 60."""
    marks = np.zeros((33, 5), np.float32)
    marks[[11, 12], 1], marks[[23, 24], 1] = 2 * 10 + 0.5, 2 * HIPS + 0.5
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(left: float, right: float) -> Layers:
    """A garment over all the columns that its photo fills; the old clothes end where they are told."""
    y, x = np.indices((64, 48), np.float32)
    flow = np.stack([(x - 23.5) / 24, (y - 31.5) / 32])[None].repeat(3, 0)
    coverage, zeros = np.zeros((3, 128, 96), np.float32), np.zeros((3, 128, 96), np.float32)
    coverage[0, 30:, 16:80] = 1
    edge, old = np.arange(96, dtype=np.float32), zeros[0].copy()
    old[30:] = np.clip(edge + 1 - left, 0, 1) * np.clip(right - edge, 0, 1)
    return Layers(flow, coverage, zeros[:2], zeros + 1, zeros, zeros, zeros[0], old)


def _sides(layers: Layers, row: int) -> tuple[int, int]:
    seen = layers.coverage[0] * looked_up(cloth_of(JEANS.texture), layers.flow[0], (96, 128))
    columns = np.flatnonzero(seen[row] > 0.5)
    return int(columns[0]), int(columns[-1]) + 1


@pytest.mark.parametrize(("left", "right"), [(18, 76), (20, 78), (19, 77)])
def test_each_side_reaches_the_old_one(left: int, right: int) -> None:
    layers = _layers(left, right)
    assert np.abs(np.subtract(_sides(layers, HIPS), (LEFT, RIGHT))).max() <= 1
    found = let_out(layers, _person(), JEANS)
    assert np.abs(np.subtract(_sides(found, HIPS), (left, right))).max() <= 1


def test_knees_stay() -> None:
    layers = _layers(18, 78)
    found = let_out(layers, _person(), JEANS)
    np.testing.assert_allclose(found.coverage[:, KNEES:], layers.coverage[:, KNEES:], atol=1e-5)
    np.testing.assert_allclose(found.flow[..., KNEES // 2 :, :], layers.flow[..., KNEES // 2 :, :], atol=1e-5)


@pytest.mark.parametrize(("left", "right"), [(20, 76), (26, 70), (12, 84)])
def test_over_narrower_and_much_wider_clothes_it_stays(left: int, right: int) -> None:
    found = let_out(_layers(left, right), _person(), JEANS)
    assert np.abs(np.subtract(_sides(found, HIPS), (LEFT, RIGHT))).max() <= 1


def test_it_moves_steadily() -> None:
    """As the old clothes grow from column to column, no step is a jump."""
    sides = [
        let_out(_layers(left, 76), _person(), JEANS).flow[0, 0, 30, 12] * 48
        for left in np.arange(21, 8, -0.5)
    ]
    assert np.abs(np.diff(sides)).max() < 1.2
