"""Between neck, arms and a halter is skin, and no wall."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.finish.shoulders import bare_shoulders
from lookglass.types import F32, Crop, Layers, Person

NECK, BODICE = slice(43, 53), slice(36, 60)
ARMS = slice(24, 32), slice(64, 72)
SHOULDER, HIP = 30, 80


def _person() -> Person:
    marks = np.zeros((33, 5), np.float32)
    for joint, x, y in ((11, 68, SHOULDER), (12, 28, SHOULDER), (23, 58, HIP), (24, 38, HIP)):
        marks[joint] = 2 * x + 32.5, 2 * y + 0.5, 1, 1, 0
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _halter() -> tuple[Layers, F32]:
    """A neck, two arms, and a halter between them that leaves the shoulders free."""
    bare, cloth, front = (np.zeros(size, np.float32) for size in ((128, 96), (128, 96), (2, 128, 96)))
    bare[10:26, NECK], cloth[26:36, NECK], cloth[36:100, BODICE] = 1, 1, 1
    for arm in ARMS:
        bare[28:100, arm] = 1
    nothing, old = np.zeros((3, 128, 96), np.float32), np.zeros((128, 96), np.float32)
    old[22:100, 22:74] = 1
    flow = np.zeros((3, 2, 64, 48), np.float32)
    return Layers(flow, nothing, front, *[nothing] * 3, bare, old), cloth


def test_shoulders_go_on_from_the_neck_to_the_arms() -> None:
    layers, cloth = _halter()
    bare = bare_shoulders(layers, _person(), cloth)
    assert bare[34, 32:42].min() > 0.95 and bare[34, 54:64].min() > 0.95
    assert bare[22, :40].max() == 0  # Above them is the wall.
    assert layers.bare[34, 32:42].max() == 0
    np.testing.assert_array_equal(bare[70:], layers.bare[70:])  # So it is between arm and waist.


@pytest.mark.parametrize("what", ["dressed", "nothing old", "nobody near"])
def test_what_is_dressed_or_in_view_stays(what: str) -> None:
    layers, cloth = _halter()
    person = _person()
    if what == "dressed":
        cloth[26:40, 20:76] = 1
    elif what == "nothing old":
        layers = replace(layers, painted_alpha=layers.painted_alpha * 0)
    else:
        person.landmarks[:, 0] -= 900
    np.testing.assert_array_equal(bare_shoulders(layers, person, cloth), layers.bare)
