"""A plain top has a wearer's folds, faint and fixed to its cloth; a printed one has its own look."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lookglass.finish.folds import folded
from lookglass.types import F32, GARMENT_LABELS, Garment

TORSO, SLEEVE = np.s_[16:112, 16:104], np.s_[20:110, 104:122]
"""Of the photo; the sleeve is the wearer's left one."""


def _top(*, contrast: int = 0, sleeve: tuple[slice, slice] = SLEEVE, category: str = "upper") -> Garment:
    """A photo that the torso fills but for a margin, chequered in fields of 8 pixels of 128."""
    y, x = np.indices((128, 128)) // 8
    texture = np.full((128, 128, 4), 255, np.uint8)
    texture[..., :3] = (128 + contrast * ((x + y) % 2 * 2 - 1))[..., None]
    parts = np.zeros((128, 128), np.uint8)
    parts[TORSO] = GARMENT_LABELS.index("torso")
    parts[sleeve] = GARMENT_LABELS.index("left_sleeve")
    return Garment("", category, texture, parts, np.zeros((1, 9, 128, 128), np.float32))


def _gain(garment: Garment) -> F32:
    """(3, 128, 128) BGR, what is left of the light."""
    return (folded(garment)[..., :3] / np.maximum(garment.texture[..., :3], 1)).transpose(2, 0, 1)


def test_folds_are_seen_and_take_little_light_on_the_whole() -> None:
    for part in (TORSO, SLEEVE):
        gain = _gain(_top())[1][part]
        assert 0.1 < 1 - gain.min() < 0.4
        assert gain.max() < 1.2
        assert abs(gain.mean() - 1) < 0.015


def test_a_fold_has_one_sharp_side() -> None:
    """Light changes faster there than it could in a soft stroke of the same depth."""
    torso = _gain(_top())[1][TORSO]
    steepest = np.abs(np.diff(torso, axis=1)).max()
    assert steepest > 0.25 * np.ptp(torso)


def test_folds_are_as_fine_as_the_photo() -> None:
    """Twice as many pixels show the same folds twice as large, and nothing else."""
    small = _top()
    large = replace(small, texture=small.texture.repeat(2, 0).repeat(2, 1))
    halved = cv2.resize(_gain(large)[1], (128, 128), interpolation=cv2.INTER_AREA)
    assert np.abs(halved - _gain(small)[1]).mean() < 0.005


def test_the_photo_itself_stays_and_so_does_its_outline() -> None:
    top = _top()
    top.texture[:16, :, 3] = 0
    before = top.texture.copy()
    np.testing.assert_array_equal(folded(top)[..., 3], before[..., 3])
    np.testing.assert_array_equal(top.texture, before)
    assert folded(top) is folded(top)


def test_trousers_and_what_has_no_parts_are_drawn_as_they_are() -> None:
    trousers, unknown = _top(category="lower"), replace(_top(), parts=np.zeros(0, np.uint8))
    assert folded(trousers) is trousers.texture
    assert folded(unknown) is unknown.texture


def test_coloured_cloth_keeps_more_of_its_own_colour_in_a_fold() -> None:
    blue = _top()
    blue.texture[..., :3] = 240, 120, 60
    blue_light, _, red_light = _gain(blue)
    assert 1 - blue_light.min() < 0.8 * (1 - red_light.min())


def test_folds_end_where_their_part_does_and_off_the_collar() -> None:
    gain = _gain(_top())[1]
    np.testing.assert_allclose(gain[:14], 1, atol=5e-3)
    np.testing.assert_allclose(gain[:, :14], 1, atol=5e-3)
    np.testing.assert_allclose(gain[:, 124:], 1, atol=5e-3)
    np.testing.assert_allclose(gain[:20, 50:70], 1, atol=0.03)


@pytest.mark.parametrize("sleeve, elbow", [(SLEEVE, True), ((slice(20, 44), SLEEVE[1]), False)])
def test_a_long_sleeve_alone_creases_at_the_elbow(sleeve: tuple[slice, slice], elbow: bool) -> None:
    """Half way between shoulder and cuff."""
    gain = _gain(_top(sleeve=sleeve))[1]
    assert (gain[56:80, 106:120].min() < 0.93) == elbow
    assert gain[20:44, 106:120].min() < 0.96


def test_long_sleeves_belong_to_a_shirt() -> None:
    long, short = (_gain(_top(sleeve=own))[1][TORSO] for own in (SLEEVE, (slice(20, 44), SLEEVE[1])))
    assert np.abs(long - short).max() > 0.03


def test_sleeves_mirror_each_other() -> None:
    left = _top()
    parts = left.parts[:, ::-1].copy()
    parts[parts == GARMENT_LABELS.index("left_sleeve")] = GARMENT_LABELS.index("right_sleeve")
    right = replace(left, parts=parts)
    np.testing.assert_allclose(_gain(right)[1][:, :24], _gain(left)[1][:, :103:-1], atol=0.03)


def test_a_print_hides_folds() -> None:
    plain, printed = (1 - _gain(_top(contrast=c))[1].min() for c in (0, 40))
    assert printed < 0.1 * plain
