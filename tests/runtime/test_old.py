"""Old clothes end where the frame shows that they do."""

import numpy as np
import pytest

from lookglass.finish.old import near_person, old_clothes
from lookglass.types import Crop, Layers, Person

TONE = np.array([0.8, 0.6, 0.5], np.float32)
GREY, SHADED_SKIN = (90, 90, 90), (89, 107, 143)


def _layers(old: np.ndarray, bare: np.ndarray) -> Layers:
    zeros = np.zeros((3, 128, 96), np.float32)
    flow, light = np.zeros((3, 2, 64, 48), np.float32), np.ones((3, 32, 24), np.float32)
    return Layers(flow, zeros, zeros[:2], light, zeros, zeros, bare, old)


def _person(colour: tuple[int, int, int]) -> Person:
    picture = np.full((256, 256, 3), colour, np.uint8)
    marks, mask = np.zeros((33, 5), np.float32), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (320.0, 240.0)), picture, mask, TONE)


def test_they_end_at_the_mask_but_where_they_are_sure() -> None:
    old, mask = np.zeros((128, 96), np.float32), np.zeros((256, 192), np.float32)
    old[:, 20:40], old[:, 60:90], mask[:, :60] = 0.95, 0.95, 1
    old[:, 80:90] = 0.8
    found = old_clothes(_layers(old, np.zeros_like(old)), _person(GREY), mask)
    np.testing.assert_allclose(found[64, [25, 28, 35, 70, 85]], [0.95, 0.95, 0.95, 0.95, 0], atol=1e-6)


@pytest.mark.parametrize(
    "colour, bare, kept",
    [(SHADED_SKIN, 1.0, 0.0), (SHADED_SKIN, 0.0, 0.8), (GREY, 1.0, 0.8)],
    ids=["skin", "skin-coloured cloth that goes", "a grey cuff"],
)
def test_skin_in_view_is_no_clothes(colour: tuple[int, int, int], bare: float, kept: float) -> None:
    old = np.full((128, 96), 0.8, np.float32)
    layers = _layers(old, np.full_like(old, bare))
    found = old_clothes(layers, _person(colour), np.ones((256, 192), np.float32))
    np.testing.assert_allclose(found, kept, atol=1e-6)


def test_sleeves_that_are_surely_old_are_no_skin_however_they_look() -> None:
    old = np.ones((128, 96), np.float32)
    found = old_clothes(_layers(old, old), _person(SHADED_SKIN), np.ones((256, 192), np.float32))
    assert found.min() == 1


@pytest.mark.parametrize("plain", [True, False])
def test_paint_reaches_beyond_the_person_but_beside_the_new_garment_on_plain_walls_alone(plain: bool) -> None:
    mask, none = np.zeros((256, 192), np.float32), np.zeros((128, 96), np.float32)
    mask[:, 80:112] = 1
    new = none.copy()
    new[:64, 40:56] = 1
    person = _person(GREY)
    if not plain:
        person.picture[:] = np.random.default_rng(0).integers(0, 256, person.picture.shape)
    near = near_person(person, mask, none, new)
    assert near[200, 80 - 5] > 0.5
    assert near[40, 80 - 2] > 0.9 if plain else near[40, 80 - 2] < 0.5
    assert near[:, 90:100].min() == 1


def test_where_the_new_garment_is_narrower_than_the_person_the_old_one_s_rim_is_painted() -> None:
    """A sleeve that is drawn in leaves the old one's outline standing, a thin dark line on a street."""
    mask, none = np.zeros((256, 192), np.float32), np.zeros((128, 96), np.float32)
    mask[:, 82:110] = 1
    new = none.copy()
    new[:64, 42:54] = 1
    person = _person(GREY)
    person.picture[:] = np.random.default_rng(0).integers(0, 256, person.picture.shape)
    assert near_person(person, mask, none, new)[40, 82 - 1] > 0.9
