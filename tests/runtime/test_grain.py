"""The grain of skin: on painted skin alone, as fine as the frame, and it goes with the person."""

import numpy as np
import pytest
from test_compose import FRAME, crop, layers, plain, put_on

from lookglass.grain import FINEST, LEVELS, PLAIN, SIDE, grain, grain_of
from lookglass.region import Region
from lookglass.types import U8

BARE = slice(60, 300), slice(215, 255)
"""Rows and columns of the frame beside the torso, where the tests paint."""
TONE = 0.6


def painted(skin: float) -> U8:
    """A frame on whose crop one tone is painted all over, of which so much is skin."""
    whole = np.ones((128, 96), np.float32)
    paint = {"painted": np.full((3, 128, 96), TONE, np.float32), "painted_alpha": whole, "skin": skin * whole}
    return put_on(np.zeros((*FRAME, 3), np.uint8), plain((255, 255, 255)), layers(**paint))


def contrast(picture: U8) -> float:
    return float(picture[BARE].astype(np.float32).std())


def test_skin_has_a_grain_that_leaves_its_tone() -> None:
    skin = painted(1.0)[BARE]
    assert 2 < contrast(painted(1.0)) < 6
    assert abs(float(skin.mean()) - TONE * 255) < 1.5


def test_what_is_no_skin_stays_smooth() -> None:
    assert contrast(painted(0.0)) == 0
    assert contrast(painted(0.5)) == pytest.approx(contrast(painted(1.0)) / 2, rel=0.2)


def test_grain_is_as_fine_as_the_frame() -> None:
    row = painted(1.0)[BARE].astype(np.float32)[..., 0]
    neighbours = np.corrcoef(row[:, 1:].ravel(), row[:, :-1].ravel())[0, 1]
    far = np.corrcoef(row[:, 12:].ravel(), row[:, :-12].ravel())[0, 1]
    assert far < 0.5 < neighbours + 0.2 < 1.15


def test_grain_goes_with_the_crop() -> None:
    at = Region(200, 100, 60, 50, crop(center=(320.01, 180.01)))
    moved = Region(207, 96, 60, 50, crop(center=(327.01, 176.01)))
    assert np.array_equal(grain_of(at), grain_of(moved))


def test_a_region_anywhere_in_the_crop_shows_its_part() -> None:
    whole = grain_of(Region(180, 20, 240, 300, crop()))
    part = grain_of(Region(230, 110, 40, 30, crop()))
    assert np.array_equal(part, whole[90:120, 50:90])


def test_levels_halve_and_none_changes_the_light() -> None:
    levels = grain()
    assert [level.shape for level in levels] == [(SIDE >> n, SIDE >> n) for n in range(LEVELS)]
    for level in levels:
        assert abs(float(level.mean()) - PLAIN) < 1 and 1 < float(level.std()) < 5


def test_it_goes_on_over_its_own_edge() -> None:
    level = grain()[0].astype(np.float32)
    beside = np.abs(np.diff(level, axis=1, append=level[:, :1])).mean(0)
    assert beside[-1] < 1.2 * beside.mean()
    as_fine = crop(1 / FINEST, (700, 700))
    near, far = (grain_of(Region(left, 80, 90, 40, as_fine)) for left in (250, 250 + SIDE))
    assert np.array_equal(near, far)
