"""Folds of plain old clothes are folds of what is worn over the same body; prints and knits show none."""

import numpy as np

from lookglass.finish.old_light import light_on_old
from lookglass.types import F32, U8, Crop, Layers, Person

TONE = np.array([0.8, 0.6, 0.5], np.float32)
BLUE = np.array([160, 120, 90], np.float32)
CLOTH, FOLD = (slice(30, 110), slice(20, 76)), slice(62, 66)


def _cloth(gain: F32 | float) -> U8:
    """(256, 256, 3) BGR, blue cloth in this light, each value of a cell twice two pixels."""
    light = np.broadcast_to(np.asarray(gain, np.float32), (128, 128)).repeat(2, 0).repeat(2, 1)
    return np.clip(BLUE * light[..., None], 0, 255).astype(np.uint8)


def _folded() -> F32:
    gain = np.ones((128, 128), np.float32)
    gain[FOLD] = 0.88
    return gain


def _gain(picture: U8, front: float = 0.0) -> F32:
    old = np.zeros((128, 96), np.float32)
    old[CLOTH] = 1
    zeros = np.zeros((3, 128, 96), np.float32)
    flow, light = np.zeros((3, 2, 64, 48), np.float32), np.ones((3, 32, 24), np.float32)
    layers = Layers(flow, zeros, zeros[:2] + np.float32(front), light, zeros, zeros, zeros[0], old)
    marks, mask = np.zeros((33, 5), np.float32), np.ones((256, 256), np.float32)
    return light_on_old(layers, Person(marks, Crop(1.0, (128.0, 128.0)), picture, mask, TONE))


def test_a_fold_is_taken_over_where_the_old_clothes_are() -> None:
    gain = _gain(_cloth(_folded()))
    assert gain.shape == (128, 96)
    assert 0.86 < gain[63:65, 40:56].min() < 0.95
    np.testing.assert_allclose(gain[63, [5, 15, 80]], 1)
    np.testing.assert_allclose(gain[[35, 100], 48], 1, atol=0.01)


def test_darker_clothes_and_a_darker_room_change_nothing() -> None:
    np.testing.assert_allclose(_gain(_cloth(0.5)), 1, atol=0.01)
    np.testing.assert_allclose(_gain(_cloth(0.6 * _folded())), _gain(_cloth(_folded())), atol=0.02)


def test_what_stands_in_front_is_no_fold() -> None:
    np.testing.assert_allclose(_gain(_cloth(_folded()), front=1.0), 1)


def test_another_cloth_and_a_print_are_no_folds() -> None:
    striped, patched = _cloth(1.0), _cloth(1.0)
    striped[120:132] = striped[120:132] // 2
    patched[120:132] = (90, 120, 160)
    for picture in (striped, patched):
        np.testing.assert_allclose(_gain(picture)[55:75, 30:66], 1, atol=0.03)


def test_a_knit_hides_folds() -> None:
    ribs = 1 + 0.15 * (np.arange(128) // 2 % 2 * 2 - 1)
    plain, knitted = (1 - _gain(_cloth(_folded() * light)).min() for light in (1.0, ribs))
    assert knitted < 0.2 * plain
