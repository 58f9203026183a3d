"""An arm that leaves the frame at its side is as thick as its old sleeve."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.near_arm import fill_sleeve
from lookglass.types import F32, U8, Crop, Layers, Person

SIDE = 80
"""The column, in cells, at which the frame ends at the right."""
TORSO, SLEEVE, ARM = slice(20, 50), slice(52, 96), slice(60, 96)


def _person(side: int = SIDE) -> Person:
    picture = np.random.default_rng(0).integers(0, 255, (256, 256, 3)).astype(np.uint8)
    picture[:, 32 + 2 * side :] = picture[:, 31 + 2 * side : 32 + 2 * side]
    marks, mask = np.zeros((33, 5), np.float32), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (128.0, 128.0)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(bare: U8 | F32) -> Layers:
    zeros = np.zeros((3, 128, 96), np.float32)
    old = zeros[0].copy()
    old[40:90, SLEEVE] = old[40:90, TORSO] = 1
    flow = np.zeros((3, 2, 64, 48), np.float32)
    return Layers(flow, zeros, zeros[:2], zeros, zeros, zeros, np.asarray(bare, np.float32), old)


def _filled(rows: slice, person: Person) -> F32:
    bare, cloth = np.zeros((128, 96), np.float32), np.zeros((128, 96), np.float32)
    bare[rows, ARM], cloth[40:90, TORSO] = 1, 1
    return fill_sleeve(_layers(bare), person, cloth).bare


def test_an_arm_that_leaves_the_frame_fills_its_sleeve() -> None:
    bare = _filled(slice(40, 90), _person())
    assert bare[60, SLEEVE.start : ARM.stop].min() == 1
    assert bare[60, : SLEEVE.start - 1].max() == 0
    assert bare[:39].max() == 0 == bare[91:].max()


def test_what_grows_is_in_the_light_of_the_arm_and_not_of_the_wall() -> None:
    bare, cloth = np.zeros((128, 96), np.float32), np.zeros((128, 96), np.float32)
    bare[40:90, ARM], cloth[40:90, TORSO] = 1, 1
    layers = _layers(bare)
    layers = replace(layers, skin=np.stack([1 - np.float32(0.6) * bare] * 3))
    skin = fill_sleeve(layers, _person(), cloth).skin
    assert skin[:, 45:85, SLEEVE.start + 1 : SIDE].max() < 0.45
    assert skin[:, :, : TORSO.stop].min() == 1


def test_an_arm_that_only_touches_the_side_is_as_the_network_draws_it() -> None:
    assert _filled(slice(60, 63), _person())[60, : ARM.start].max() == 0


@pytest.mark.parametrize("side", [ARM.stop, 0], ids=["inside", "one colour all over"])
def test_without_a_side_in_view_nothing_grows(side: int) -> None:
    person = _person(side)
    assert _filled(slice(40, 90), person)[60, : ARM.start].max() == 0
