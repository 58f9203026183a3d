"""Motion told by two pictures, on a real photo moved by known amounts; the crop that follows it."""

import cv2
import numpy as np
import pytest

from lookglass import TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.person.held_crop import HeldCrop
from lookglass.person.motion import local, luminance, moments
from lookglass.person.sway import Sway
from lookglass.types import F32, U8, Crop, Person


@pytest.fixture(scope="module")
def photo() -> U8:
    still = pictures.read(PEOPLE / "studio_man.png")
    zoom = 720 / still.shape[0]
    return np.asarray(cv2.resize(still, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def person(photo: U8) -> Person:
    return TryOn.load(device="cpu").person(photo)


def filmed(photo: U8, shift: tuple[float, float], seed: int) -> U8:
    """The photo moved, with a sensor's noise of sigma 4."""
    matrix = np.column_stack([np.eye(2), shift])
    view = cv2.warpAffine(photo, matrix, photo.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    noise = np.random.default_rng(seed).normal(0, 4, photo.shape)
    return np.clip(view + noise, 0, 255).round().astype(np.uint8)


@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.3, -0.2), (-1.0, 0.5), (1.5, 1.5)])
def test_a_small_shift_is_told(photo: U8, person: Person, shift: tuple[float, float]) -> None:
    """To a tenth of itself, and a fiftieth of a pixel for the noise."""
    sway = Sway()
    sway.see(filmed(photo, (0, 0), 1), person)
    off = np.hypot(*(sway(filmed(photo, shift, 2)) - shift))
    assert off < 0.02 + 0.1 * np.hypot(*shift)


def test_light_is_no_motion(photo: U8, person: Person) -> None:
    sway = Sway()
    sway.see(photo, person)
    assert np.hypot(*sway(np.asarray(cv2.convertScaleAbs(photo, beta=6), np.uint8))) < 0.02


def test_what_cannot_be_told_is_left_to_the_landmarks(photo: U8, person: Person) -> None:
    """Nobody seen yet, another size, nothing but a wall; a long way is never taken for more than a cell."""
    sway = Sway()
    assert not sway(photo).any()
    sway.see(photo, person)
    cell_px = 256 / person.crop.scale / 128
    assert np.hypot(*sway(filmed(photo, (40, 0), 1))) < 1.1 * cell_px
    assert not sway(photo[::2, ::2].copy()).any()
    wall = np.full_like(photo, 120)
    sway.see(wall, person)
    assert not sway(wall).any()


def test_a_crop_outside_the_frame_tells_nothing(photo: U8, person: Person) -> None:
    sway = Sway()
    sway.see(photo[:8], person)
    assert not sway(photo[:8]).any()


def test_two_halves_move_on_their_own() -> None:
    """The left half of a print up by half a cell, the right one down."""
    last = luminance(pictures.read(GARMENTS / "shirt_paisley.jpg"), (96, 128))
    now = np.hstack([_rolled(last, -0.5)[:, :48], _rolled(last, 0.5)[:, 48:]])
    field = local(moments(last, now, np.ones_like(last)), farthest=3.0)
    assert field.shape == (32, 24, 2)
    assert np.median(field[8:24, 6:9, 1]) == pytest.approx(-0.5, abs=0.2)
    assert np.median(field[8:24, -9:-6, 1]) == pytest.approx(0.5, abs=0.2)


def _rolled(cells: F32, down: float) -> F32:
    matrix = np.float64([[1, 0, 0], [0, 1, down]])
    return np.asarray(cv2.warpAffine(cells, matrix, cells.shape[::-1], flags=cv2.INTER_CUBIC), np.float32)


def test_a_trembling_crop_is_held() -> None:
    held, rng = HeldCrop(), np.random.default_rng(0)
    asked = [Crop(0.5 * (1 + t), (100.0 + x, 80.0 + y)) for t, x, y in rng.uniform(-1, 1, (50, 3)) * 0.004]
    assert len({held(crop) for crop in asked}) == 1


def test_a_moving_crop_is_followed_on_a_short_string() -> None:
    held = HeldCrop()
    for number in range(30):
        asked = Crop(0.5 * 1.01**number, (100.0 + 5 * number, 80.0))
        crop = held(asked)
        assert np.hypot(*np.subtract(crop.center, asked.center)) * asked.scale < 1.6
        assert crop.scale / asked.scale == pytest.approx(1, abs=0.011)


def test_the_crop_moves_with_the_person() -> None:
    held = HeldCrop()
    held.move(np.float32([9, 9]))
    held(Crop(0.5, (100.0, 80.0)))
    held.move(np.float32([0.25, -0.5]))
    assert held(Crop(0.5, (100.0, 80.0))).center == (100.25, 79.5)
    held.reset()
    assert held(Crop(0.5, (7.0, 7.0))).center == (7.0, 7.0)
