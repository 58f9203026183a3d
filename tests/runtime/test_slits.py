"""Slits in which only old clothes were to be seen are closed; where the wall is in view they stay."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.slits import close_at_arms, close_between_legs
from lookglass.finish.worn import Worn
from lookglass.types import F32, Layers

ROWS = slice(20, 90)


def _scene(*parts: slice, wall: slice = slice(0, 0)) -> tuple[Layers, Worn]:
    """Parts of a garment before old clothes, but for a wall; flow says at which column of the photo it is."""
    seen, old = np.zeros((3, 128, 96), np.float32), np.zeros((128, 96), np.float32)
    for own, columns in zip(seen, parts, strict=False):
        own[ROWS, columns] = 1
    old[10:100, 10:90] = 1
    old[10:100, wall] = 0
    flow = np.zeros((3, 2, 64, 48), np.float32)
    flow[:, 0] = np.linspace(-1, 1, 48, dtype=np.float32)
    ones = np.ones((3, 128, 96), np.float32)
    layers = Layers(flow, seen.copy(), 0 * ones[:2], ones, ones, ones, 0 * old, old)
    return layers, Worn(seen.copy(), seen, 0 * old)


def _torso(worn: Worn) -> F32:
    return worn.seen[0, 50]


@pytest.mark.parametrize("arms", ["sleeves", "bare"])
def test_a_torso_reaches_the_arms_beside_it(arms: str) -> None:
    layers, worn = _scene(slice(30, 60), slice(62, 72), slice(18, 28))
    if arms == "bare":
        layers = replace(layers, bare=worn.seen[1:].max(0))
        worn.seen[1:] = 0
    stretched, closed = close_at_arms(layers, worn)
    assert _torso(closed)[28:62].min() > 0.85 and _torso(worn)[28:30].max() == 0
    assert (closed.seen.sum(0) <= 1).all()
    # The cloth at the edge is what was there, moved; the middle stays.
    x = stretched.flow[0, 0, 25]
    assert x[30] < layers.flow[0, 0, 25, 30] - 0.02 and x[14] > layers.flow[0, 0, 25, 14] + 0.005
    assert x[22] == pytest.approx(layers.flow[0, 0, 25, 22], abs=0.01)


@pytest.mark.parametrize(
    ("sleeve", "wall"),
    [(slice(64, 72), slice(60, 64)), (slice(70, 80), slice(0, 0)), (slice(0), slice(0))],
    ids=["wall", "wide", "no arm"],
)
def test_a_slit_that_is_meant_to_be_seen_stays(sleeve: slice, wall: slice) -> None:
    layers, worn = _scene(slice(30, 60), sleeve, wall=wall)
    stretched, closed = close_at_arms(layers, worn)
    np.testing.assert_array_equal(_torso(closed), _torso(worn))
    np.testing.assert_array_equal(stretched.flow, layers.flow)


def test_legs_meet_in_the_middle() -> None:
    layers, worn = _scene(slice(0), slice(49, 70), slice(27, 47))
    stretched, closed = close_between_legs(layers, worn)
    assert closed.seen[1:, 50, 47:49].sum(0).min() > 0.9
    assert closed.seen[1, 50, 49:70].min() == 1 == closed.seen[2, 50, 27:47].min()
    assert stretched.flow[1, 0, 25, 25] > layers.flow[1, 0, 25, 25] + 0.01


def test_it_closes_steadily() -> None:
    """As a slit gets wider, its edge moves without a jump."""
    ends = []
    for width in np.linspace(0, 12, 49):
        layers, worn = _scene(slice(20, 40))
        first = 40 + int(width)
        worn.seen[1, ROWS, first] = 1 - width % 1
        worn.seen[1, ROWS, first + 1 : 70] = 1
        ends.append(_torso(close_at_arms(layers, worn)[1]).sum())
    assert np.abs(np.diff(ends)).max() < 0.8
    assert max(ends) > 21.5 and ends[-1] == pytest.approx(20, abs=0.1)
