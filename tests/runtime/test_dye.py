"""Garments in another colour: cloth takes it, prints and folds stay."""

import numpy as np
import numpy.typing as npt
import pytest

from lookglass.garment.dye import cloth_colour, dyed
from lookglass.oklab import from_oklab, to_oklab
from lookglass.types import U8, Garment

SIDE = 200
WHITE, BLACK, GREY, BLUE, RED, YELLOW = (
    (245, 244, 243), (32, 30, 30), (150, 150, 150), (200, 130, 70), (40, 40, 190), (60, 200, 240)
)  # fmt: skip
Lab = tuple[float, float, float]


def lab(bgr: tuple[int, int, int]) -> Lab:
    lightness, red, yellow = (float(value) for value in to_oklab(np.array(bgr, np.uint8)))
    return lightness, red, yellow


def shirt(cloth: tuple[int, int, int], print_: tuple[int, int, int]) -> Garment:
    """Cloth with folds, darker by up to a fifth towards the right, and a print in the middle."""
    folds = np.linspace(1, 0.8, SIDE)[None, :, None] * np.ones((SIDE, 1, 3))
    picture = np.array(cloth) * folds
    picture[80:120, 60:100] = print_
    texture = np.dstack([picture, np.full((SIDE, SIDE), 255.0)]).round().astype(np.uint8)
    texture[:10, :, 3] = 0
    return Garment(
        "shirt", "upper", texture, np.ones((8, 8), np.uint8), np.zeros((1, 9, 128, 128), np.float32)
    )


def distance(one: U8, colour: Lab) -> npt.NDArray[np.float32]:
    return np.asarray(np.linalg.norm(to_oklab(one) - np.float32(colour), axis=-1), np.float32)


def test_oklab_is_its_published_values_and_comes_back() -> None:
    """The pairs of the author's page: white and sRGB's primaries, to three digits."""
    for bgr, expected in (
        ((255, 255, 255), (1, 0, 0)),
        ((0, 0, 255), (0.628, 0.225, 0.126)),
        ((0, 255, 0), (0.866, -0.234, 0.179)),
        ((255, 0, 0), (0.452, -0.032, -0.312)),
    ):
        assert lab(bgr) == pytest.approx(expected, abs=1e-3)
    colours = np.random.default_rng(0).integers(0, 256, (500, 3), np.uint8)
    assert np.abs(from_oklab(to_oklab(colours)).astype(int) - colours).max() <= 1


@pytest.mark.parametrize(
    ("cloth", "print_"),
    [(WHITE, BLACK), (BLUE, WHITE), (GREY, BLACK), (BLACK, WHITE), (BLUE, YELLOW), (WHITE, RED)],
)
@pytest.mark.parametrize("target", [(30, 60, 25), (40, 40, 190), (32, 30, 30), (200, 180, 240)])
def test_cloth_takes_the_colour_and_the_print_stays(
    cloth: tuple[int, int, int], print_: tuple[int, int, int], target: tuple[int, int, int]
) -> None:
    garment = shirt(cloth, print_)
    result = dyed(garment, lab(target)).texture
    own = cloth_colour(garment.texture)
    usual = distance(garment.texture[..., :3], (float(own[0]), float(own[1]), float(own[2]))) < 0.02
    assert usual.sum() > 2000
    assert distance(result[..., :3], lab(target))[usual].max() < 0.04
    kept = np.abs(result[85:115, 65:95, :3].astype(int) - garment.texture[85:115, 65:95, :3]).max()
    assert kept <= 3
    assert np.array_equal(result[..., 3], garment.texture[..., 3])


@pytest.mark.parametrize("target", [(30, 60, 25), (32, 30, 30), (245, 244, 243)])
def test_folds_go_on_in_the_new_colour(target: tuple[int, int, int]) -> None:
    result = dyed(shirt(BLUE, WHITE), lab(target)).texture[150, :, :3]
    lightness = to_oklab(result)[:, 0]
    assert lightness[0] > lightness[-1] + 0.01
    assert np.diff(np.convolve(lightness, np.ones(9) / 9, "valid")).max() < 1e-3


def test_a_garment_stays_as_it_is_and_only_its_texture_is_new() -> None:
    garment = shirt(WHITE, BLACK)
    before = garment.texture.copy()
    result = dyed(garment, lab(RED))
    assert np.array_equal(garment.texture, before)
    assert result.pixels is garment.pixels and result.parts is garment.parts and result.name == garment.name
    again = dyed(result, lab(WHITE))
    assert distance(again.texture[150:160, :20, :3], lab(WHITE)).max() < 0.05


def test_nothing_opaque_is_dyed_without_complaint() -> None:
    garment = shirt(WHITE, BLACK)
    garment.texture[..., 3] = 0
    assert dyed(garment, lab(RED)).texture.shape == garment.texture.shape
