"""Paint stays on the person."""

from dataclasses import replace

import numpy as np
import pytest

from lookglass.compose import COVERAGE_RAMP
from lookglass.finish import finish
from lookglass.finish.repaint import PAINTED_RAMP
from lookglass.types import Crop, Garment, Layers, Person

GARMENT = Garment(
    "plain",
    "upper",
    np.full((64, 64, 4), 255, np.uint8),
    np.ones((64, 64), np.uint8),
    np.zeros((1, 9, 128, 128), np.float32),
)


def _person(mask: np.ndarray, scale: float) -> Person:
    picture = np.full((256, 256, 3), 128, np.uint8)
    marks = np.zeros((33, 5), np.float32)
    return Person(marks, Crop(scale, (320.0, 240.0)), picture, mask, np.array([0.8, 0.6, 0.5], np.float32))


def _layers() -> Layers:
    old = np.full((128, 96), 0.8, np.float32)
    zeros = np.zeros((3, 128, 96), np.float32)
    flow = np.zeros((3, 2, 64, 48), np.float32)
    return Layers(
        flow, zeros, zeros[:2], np.ones((3, 32, 24), np.float32), zeros + 0.5, zeros + 0.5, old * 0, old
    )


def test_paint_ends_a_few_frame_pixels_beyond_the_mask() -> None:
    mask = np.zeros((256, 256), np.float32)
    mask[:, 100:156] = 1
    for scale in (0.2, 0.6, 1.0):
        alpha = finish(_layers(), _person(mask, scale), GARMENT).repeat_alpha
        painted = np.flatnonzero(alpha[128] > 0)
        beyond = max(100 - 32 - painted.min(), painted.max() - (155 - 32))
        assert alpha[128, 96 - 1] > 0.7
        assert 0 <= beyond <= 8 * scale + 1


def test_without_a_person_nothing_is_painted() -> None:
    blank = _person(np.zeros((256, 256), np.float32), 0.6)
    finished = finish(_layers(), blank, GARMENT)
    assert max(finished.painted_alpha.max(), finished.repeat_alpha.max()) == 0


def test_beside_the_new_garment_only_the_old_rim_of_a_busy_street_is_painted_beyond_the_mask() -> None:
    mask = np.zeros((256, 256), np.float32)
    mask[:, 100:156] = 1
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, 40:100, 34:62] = 1
    person = _person(mask, 0.6)
    street = np.random.default_rng(0).integers(0, 256, person.picture.shape, np.uint8)
    person = replace(person, picture=np.where(mask[..., None] > 0, person.picture, street))
    alpha = finish(replace(_layers(), coverage=coverage), person, GARMENT).repeat_alpha
    beside, below = (np.flatnonzero(alpha[row] > PAINTED_RAMP[0]) for row in (140, 230))
    assert beside.min() == 99 - 32 and beside.max() == 156 - 32
    assert below.min() < beside.min() and below.max() > beside.max()


def test_old_clothes_that_are_sure_count_as_the_person() -> None:
    layers = replace(_layers(), painted_alpha=np.ones((128, 96), np.float32))
    blank = _person(np.zeros((256, 256), np.float32), 0.6)
    assert finish(layers, blank, GARMENT).repeat_alpha.min() == 1


def test_old_clothes_hide_nothing_but_an_arm_in_its_old_sleeve_does() -> None:
    old = np.zeros((128, 96), np.float32)
    occluder = np.zeros((2, 128, 96), np.float32)
    lapel, hand, arm = slice(12, 28), slice(52, 68), slice(92, 108)
    old[10:30], old[90:110] = 1, 1
    occluder[:, 10:30], occluder[:, 50:70], occluder[0, 90:110] = 1, 1, 1
    layers = replace(_layers(), occluder=occluder, painted_alpha=old, bare=occluder[0])
    torso, sleeves = finish(layers, _person(np.ones((256, 256), np.float32), 0.6), GARMENT).occluder[
        :, ::2, ::2
    ]
    assert torso[lapel].max() == 0 and sleeves[lapel].max() == 0
    assert torso[hand].min() == 1 and sleeves[hand].min() == 1
    assert torso[arm].min() == 1 and sleeves[arm].max() == 0


def test_hair_that_is_surer_to_be_in_front_than_old_stays() -> None:
    old, occluder = np.zeros((128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    old[10:100], occluder[:, 20:60] = 0.5, 0.95
    layers = replace(_layers(), occluder=occluder, painted_alpha=old)
    finished = finish(layers, _person(np.ones((256, 256), np.float32), 0.6), GARMENT)
    low, _ = PAINTED_RAMP
    assert finished.repeat_alpha[80].max() < low < finished.repeat_alpha[160].min()
    assert finished.occluder[:, 80].min() > 0.8


def test_no_slit_shows_an_arm_between_its_new_sleeve_and_the_torso() -> None:
    coverage, occluder = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    coverage[0, 20:110, 20:60], coverage[1, 20:60, 62:80], occluder[0, :, 56:80] = 1, 1, 1
    bare = occluder[0]
    layers = replace(_layers(), coverage=coverage, occluder=occluder, painted_alpha=occluder[1], bare=bare)
    parts = np.ones((64, 64), np.uint8)
    parts[:, 32:] = 2  # Both parts look at the middle of the photo, where they overlap.
    somebody = _person(np.ones((256, 256), np.float32), 0.6)
    torso = finish(layers, somebody, replace(GARMENT, parts=parts)).occluder[0, ::2, ::2]
    assert torso[40, 61] < 0.1
    assert torso[100, 61] > 0.9


def test_what_is_neither_bare_nor_dressed_is_no_arm() -> None:
    occluder, bare = np.zeros((2, 128, 96), np.float32), np.zeros((128, 96), np.float32)
    occluder[0, 20:100, 40:60], bare[20:60, 40:60] = 1, 1
    layers = replace(_layers(), occluder=occluder, bare=bare, painted_alpha=occluder[0])
    torso = finish(layers, _person(np.ones((256, 256), np.float32), 0.6), GARMENT).occluder[0, ::2, ::2]
    assert torso[40, 50] > 0.9 and torso[80, 50] < 0.1


def test_the_outline_gets_steeper_and_parts_still_share_their_seam() -> None:
    coverage = np.zeros((3, 128, 96), np.float32)
    ramp = np.clip((np.arange(96) - 40) / 16, 0, 1).astype(np.float32)
    coverage[0, :, 10:80], coverage[1, :, 10:80] = (1 - ramp)[10:80], ramp[10:80]
    coverage[0, :, 6:10] = [0.1, 0.3, 0.5, 0.8]
    parts = np.full((64, 64), 1, np.uint8)
    parts[:, 32:] = 2  # Both parts look at the middle of the photo, where they overlap.
    layers, somebody = replace(_layers(), coverage=coverage), _person(np.ones((256, 256), np.float32), 0.2)
    finished = finish(layers, somebody, replace(GARMENT, parts=parts)).coverage[:, 128]
    np.testing.assert_allclose(finished.sum(0)[24:150], 1, atol=0.02)
    assert (np.diff(finished[1, 84:110]) >= 0).all()
    assert finished[0, 13] < 0.05 and finished[0, 19] > 0.95


@pytest.mark.parametrize("scale", [0.2, 0.35, 0.7])
def test_an_outline_is_a_frame_pixel_wide(scale: float) -> None:
    """Where a frame's pixels are as large as the crop's, a steeper one would show them as steps."""
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, :, 20:60] = 1
    coverage[0, :, 19] = coverage[0, :, 60] = 0.4
    layers, somebody = replace(_layers(), coverage=coverage), _person(np.ones((256, 256), np.float32), scale)
    edge = finish(layers, somebody, GARMENT).coverage[0, 128, 116:128]
    inside, outside = (np.interp(-limit, -edge, np.arange(len(edge))) for limit in COVERAGE_RAMP[::-1])
    assert 0.7 < (outside - inside) / scale < 1.6


def test_a_slanting_outline_shows_no_steps_of_its_cells() -> None:
    """Where it is cut, the outline leaves its line by a third of a cell, not more."""
    rows, columns = np.indices((128, 96))
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0] = columns < 60 - 0.3 * rows
    layers, somebody = replace(_layers(), coverage=coverage), _person(np.ones((256, 256), np.float32), 0.6)
    finished = finish(layers, somebody, GARMENT).coverage[0, 30:150]
    cut = [np.interp(-sum(COVERAGE_RAMP) / 2, -row, np.arange(len(row))) for row in finished]
    off = cut - np.polyval(np.polyfit(np.arange(len(cut)), cut, 1), np.arange(len(cut)))
    assert np.abs(off).max() < 0.7


def test_a_shadow_that_nobody_misses_changes_no_pixel() -> None:
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, :60, 20:70] = 1
    somebody = _person(np.ones((256, 256), np.float32), 0.6)
    shadow = finish(replace(_layers(), coverage=coverage), somebody, GARMENT).shadow
    assert shadow[122, 90] > 0.05 and shadow[150:].max() == 0


def test_a_sleeve_is_as_wide_as_the_arm_before_the_torso() -> None:
    coverage, occluder = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    coverage[0, 30:90, 30:60], coverage[1, 30:90, 60:70], occluder[0, 30:90, 56:72] = 1, 1, 1
    parts = GARMENT.parts.copy()
    parts[:, 32:] = 2  # The flow looks at their seam alone.
    layers = replace(_layers(), coverage=coverage, occluder=occluder)
    found = finish(layers, _person(np.ones((256, 256), np.float32), 0.6), replace(GARMENT, parts=parts))
    torso, sleeve = found.coverage[0, 120], found.coverage[1, 120]
    assert sleeve[116] > 0.9 and torso[116] < 0.1
    assert torso[108] > 0.9 and sleeve[108] < 0.1
    assert found.coverage[:, 120, 144:].max() < 0.1


def test_trousers_show_through_no_hole_of_the_top_before_them() -> None:
    front = np.zeros((2, 128, 96), np.float32)
    front[:, :60] = 1
    front[:, 40:46, 30:33] = 0
    front[:, 90:100, 40:60], front[:, 92:96, 48:51] = 1, 0  # A hand, and what is seen between its fingers.
    person = _person(np.ones((256, 256), np.float32), 1.0)
    person.landmarks[[23, 24], 1] = 240.0 + 0.5  # The middle of the crop, row 64 of 128.
    layers = replace(
        _layers(), occluder=front, painted_alpha=front[0] * 0, coverage=np.ones((3, 128, 96), np.float32)
    )
    finished = finish(layers, person, replace(GARMENT, category="lower"))
    torso, sleeves = finished.occluder[:, ::2, ::2]
    assert torso[43, 31] == sleeves[43, 31] == 1
    assert torso[94, 49] == sleeves[94, 49] == 0


def test_a_hem_above_the_hips_and_the_gap_to_a_sleeve_stay_open() -> None:
    front = np.zeros((2, 128, 96), np.float32)
    front[:, :60], front[:, 60:80, 20:30] = 1, 1  # A top, and an arm that hangs beside the hip.
    front[:, 40:60, 30:34] = 0
    person = _person(np.ones((256, 256), np.float32), 1.0)
    person.landmarks[[23, 24], 1] = 240.0 + 0.5
    layers = replace(
        _layers(), occluder=front, painted_alpha=front[0] * 0, coverage=np.ones((3, 128, 96), np.float32)
    )
    finished = finish(layers, person, replace(GARMENT, category="lower"))
    torso, sleeves = finished.occluder[:, ::2, ::2]
    for row, column in ((62, 50), (55, 32), (62, 32)):
        assert torso[row, column] < 0.1 and sleeves[row, column] < 0.1
