"""A top before old clothes that leave the frame at the bottom leaves it there, too."""

import numpy as np

from lookglass.finish.bottom import reach_bottom
from lookglass.types import F32, Crop, Garment, Layers, Person

BOTTOM = 100
"""The frame's last row, in cells."""
TORSO = slice(30, 66)


def _person(bottom: int = BOTTOM) -> Person:
    picture = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    picture[2 * bottom + 1 :] = picture[2 * bottom]
    marks, mask = np.zeros((33, 5), np.float32), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (128.0, 128.0)), picture, mask, np.full(3, 0.5, np.float32))


def _reached(
    hem: int,
    *,
    old: int = BOTTOM,
    person: Person | None = None,
    open_from: int | None = None,
    category: str = "upper",
) -> tuple[Layers, Layers]:
    """Layers of a top and of old clothes that end at these rows, before and after."""
    zeros = np.zeros((3, 128, 96), np.float32)
    coverage, worn = zeros.copy(), zeros[0].copy()
    coverage[0, 20:hem, TORSO], worn[20:old, TORSO] = 1, 1
    if open_from is not None:
        coverage[0, open_from:, 42:54] = 0
    flow = np.zeros((3, 2, 64, 48), np.float32)
    flow[:, 1] = np.linspace(-0.9, 0.9, 64, dtype=np.float32)[:, None]
    layers = Layers(flow, coverage, zeros[:2], zeros, zeros, zeros, zeros[0], worn)
    texture, parts = np.full((64, 64, 4), 255, np.uint8), np.ones((64, 64), np.uint8)
    garment = Garment("", category, texture, parts, np.zeros((1, 9, 128, 128), np.float32))
    return layers, reach_bottom(layers, person or _person(), garment)


def _hem(coverage: F32) -> int:
    return int(np.flatnonzero(coverage[0, :, 48] > 0.5)[-1])


def test_a_hem_a_little_above_the_bottom_is_let_down_past_it() -> None:
    layers, reached = _reached(BOTTOM - 3)
    assert _hem(reached.coverage) > BOTTOM
    np.testing.assert_array_equal(reached.coverage[0, :60], layers.coverage[0, :60])
    assert (np.diff(reached.flow[0, 1, :, 24]) > 0).all()  # Cloth is stretched, not repeated.
    np.testing.assert_array_equal(reached.flow[1:], layers.flow[1:])


def test_no_trousers_are_invented_below_a_short_top() -> None:
    _, reached = _reached(BOTTOM - 14)
    assert _hem(reached.coverage) > BOTTOM
    assert (np.diff(reached.flow[0, 1, 12:, 24]) / np.diff(reached.flow[1, 1, 12:, 24])).min() > 0.3


def test_below_a_short_dress_are_legs_and_none_are_invented() -> None:
    layers, reached = _reached(BOTTOM - 14, category="dress")
    assert _hem(reached.coverage) == _hem(layers.coverage)


def test_a_jacket_reaches_it_though_it_is_open() -> None:
    layers, reached = _reached(BOTTOM - 3, open_from=30)
    assert _hem(layers.coverage) < BOTTOM and int(np.flatnonzero(reached.coverage[0, :, 32])[-1]) > BOTTOM


def test_a_top_that_is_meant_to_end_far_above_stays() -> None:
    layers, reached = _reached(BOTTOM - 36)
    assert _hem(reached.coverage) == _hem(layers.coverage)


def test_a_top_stays_where_the_old_one_ends_and_where_the_frame_goes_on() -> None:
    for layers, reached in (
        _reached(BOTTOM - 3, old=BOTTOM - 8),
        _reached(BOTTOM - 3, person=_person(127)),
    ):
        np.testing.assert_array_equal(reached.coverage, layers.coverage)
