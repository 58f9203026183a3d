"""Cutting out: drawn photos with a known answer, and the packaged product photos."""

import cv2
import numpy as np
import pytest
from garment_photos import CLOSED_SLEEVES, GAPS, LONG_SLEEVES, TANK, TEE, Colour, photo, silhouette

from lookglass.garment.contour import edge_colours, follow_edges
from lookglass.garment.cutout import cut_out
from lookglass.garment.matte import bleed, refine_alpha
from lookglass.types import F32

NEAR_WHITE, SAND, PETROL = (228, 230, 230), (140, 180, 205), (110, 90, 30)


def overlap(mask: F32, alpha: F32) -> float:
    """Intersection over union at the size of the known alpha."""
    small = cv2.resize(mask, alpha.shape[::-1], interpolation=cv2.INTER_AREA)
    return float(np.minimum(small, alpha).sum() / np.maximum(small, alpha).sum())


@pytest.mark.parametrize(
    ("shape", "cloth", "ground", "least"),
    [
        (LONG_SLEEVES, (60, 40, 150), NEAR_WHITE, 0.99),
        (TANK, (25, 22, 20), NEAR_WHITE, 0.985),
        (LONG_SLEEVES, (150, 150, 150), NEAR_WHITE, 0.98),
        (TEE, (243, 241, 241), NEAR_WHITE, 0.98),
        (TANK, (240, 238, 246), SAND, 0.985),
        (LONG_SLEEVES, (40, 40, 200), PETROL, 0.985),
        (TEE, (235, 235, 235), (12, 12, 12), 0.985),
    ],
    ids=["red", "black", "grey", "white on near white", "white on sand", "red on petrol", "white on black"],
)
def test_drawn_photo(shape: list[tuple[int, int]], cloth: Colour, ground: Colour, least: float) -> None:
    alpha = silhouette(shape, 900)
    mask = cut_out(photo(alpha, cloth=cloth, ground=ground))
    assert overlap(mask, alpha) > least


@pytest.mark.parametrize("shadow", [0.0, 0.4, 0.6])
def test_shadow_is_ground(shadow: float) -> None:
    alpha = silhouette(LONG_SLEEVES, 900)
    mask = cut_out(photo(alpha, cloth=(90, 60, 120), ground=NEAR_WHITE, shadow=shadow))
    assert overlap(mask, alpha) > 0.98


def test_gap_between_sleeve_and_body_is_ground() -> None:
    alpha = silhouette(CLOSED_SLEEVES, 900, GAPS)
    mask = cut_out(photo(alpha, cloth=(120, 60, 40), ground=NEAR_WHITE))
    small = cv2.resize(mask, (900, 900), interpolation=cv2.INTER_AREA)
    assert small[630, 684] < 0.05 and small[630, 216] < 0.05
    assert overlap(mask, alpha) > 0.97


def test_garment_that_fills_most_of_the_border() -> None:
    """Cropped at the hem and both cuffs; the upper rim alone shows the ground."""
    alpha, shown = silhouette(LONG_SLEEVES, 900), (slice(0, 700), slice(100, 800))
    picture = photo(alpha, cloth=(60, 60, 60), ground=NEAR_WHITE)[shown]
    assert overlap(cut_out(picture), alpha[shown]) > 0.97


@pytest.mark.parametrize(("cloth", "ground"), [(240, 240), (252, 255)])
def test_white_on_the_same_white(cloth: int, ground: int) -> None:
    """A clipped ground has no noise, so the faintest shade tells cloth."""
    alpha = silhouette(TEE, 700)
    picture = photo(alpha, cloth=(cloth,) * 3, ground=(ground,) * 3, shadow=0.3)
    assert overlap(cut_out(picture), alpha) > 0.96


def test_stripes_as_white_as_the_ground() -> None:
    alpha = silhouette(TEE, 700)
    picture = photo(alpha, cloth=(120, 60, 30), ground=(238, 238, 238))
    white = (alpha > 0.5) & (np.arange(700) // 24 % 2 == 0)[:, None]
    picture[white] = photo(alpha, cloth=(244, 243, 243), ground=(238, 238, 238))[white]
    assert overlap(cut_out(picture), alpha) > 0.98


def test_white_print_is_no_hole() -> None:
    alpha = silhouette(TEE, 900)
    picture = photo(alpha, cloth=(120, 60, 40), ground=NEAR_WHITE)
    picture[350:500, 350:550] = NEAR_WHITE
    assert cut_out(picture)[480, 512] == 1
    assert overlap(cut_out(picture), alpha) > 0.98


@pytest.mark.parametrize("ground", [NEAR_WHITE, PETROL])
def test_nothing_on_the_ground(ground: Colour) -> None:
    empty = np.zeros((400, 400), np.float32)
    assert cut_out(photo(empty, cloth=(0, 0, 0), ground=ground)).mean() < 0.01


def test_size_of_the_photo_does_not_matter() -> None:
    alpha = silhouette(TEE, 1600)
    large = photo(alpha, cloth=(60, 120, 60), ground=NEAR_WHITE)
    small = cv2.resize(large, (300, 300), interpolation=cv2.INTER_AREA)
    assert overlap(cut_out(large), alpha) > 0.98 and overlap(cut_out(small), alpha) > 0.97


def test_alpha_is_right_to_a_fraction_of_a_pixel() -> None:
    alpha = silhouette(TEE, 900)
    picture = photo(alpha, cloth=(60, 40, 150), ground=NEAR_WHITE, shadow=0.1)
    rough = cv2.GaussianBlur((alpha > 0.5).astype(np.float32), (0, 0), 1.5)
    edge = cv2.dilate(np.abs(np.gradient(alpha)[0]), np.ones((5, 5))) > 0
    assert np.abs(refine_alpha(picture, rough) - alpha)[edge].mean() < 0.06


def test_bled_colours_hold_no_ground() -> None:
    """A dark garment from a white ground shows no light pixel, even where alpha is faint."""
    alpha = silhouette(TEE, 600)
    picture = photo(alpha, cloth=(40, 30, 30), ground=(250, 250, 250), weave=1)
    assert bleed(picture, alpha).max() < 70


def test_inside_is_untouched() -> None:
    alpha = silhouette(TEE, 600)
    picture = photo(alpha, cloth=(40, 30, 200), ground=NEAR_WHITE)
    inside = cv2.erode((alpha == 1).astype(np.uint8), np.ones((7, 7))) > 0
    assert np.array_equal(bleed(picture, alpha)[inside], picture[inside])


def test_a_ragged_contour_finds_the_sharp_edge_beside_a_shadow() -> None:
    """The rough outline of a grey square in its shadow is several pixels off, the edge found under two."""
    rng = np.random.default_rng(0)
    true = np.zeros((256, 256), np.float32)
    true[60:190, 70:200] = 1
    shadow = cv2.GaussianBlur(np.roll(true, (14, 6), (0, 1)), (0, 0), 9.0)
    picture = np.where(true > 0, 120, 235 - 80 * shadow) + rng.normal(size=true.shape) * 2
    picture = np.repeat(picture[..., None], 3, 2).clip(0, 255).astype(np.uint8)
    wobble = cv2.GaussianBlur(rng.normal(size=true.shape).astype(np.float32), (0, 0), 12.0)
    rough = cv2.GaussianBlur(true, (0, 0), 5.0) + 0.15 * wobble / wobble.std() > 0.5
    kept = np.zeros(true.shape, np.float32)
    found = follow_edges(rough.astype(np.float32), edge_colours(picture), kept)
    sides = (slice(80, 170), slice(None))
    assert np.abs(rough - true)[sides].sum(1).max() > 5
    assert np.abs(found - true)[sides].sum(1).max() < 2 * 2
    held = follow_edges(rough.astype(np.float32), edge_colours(picture), kept + 1)
    assert np.abs(held - rough).mean() < 0.01
