"""A jacket that is worn open leaves what its wearer wears below it in view."""

import numpy as np
import pytest
from garment_photos import open_jacket

import lookglass
from lookglass import pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.finish.open_front import openness, over_old
from lookglass.finish.worn import Worn
from lookglass.types import Garment, Layers

INSIDE, BETWEEN = 5, slice(40, 56)


def _parts(depth: int) -> np.ndarray:
    """A torso that shows the inside of its back this far down from its top, of 100."""
    parts = np.zeros((128, 128), np.uint8)
    parts[14:115, 20:108] = 1
    parts[14 : 14 + depth, 56:72] = INSIDE
    return parts


def _over(depth: int, *, opening: float = 1.0) -> tuple[Layers, Layers]:
    zeros = np.zeros((3, 128, 96), np.float32)
    old, seen, gap = np.ones((128, 96), np.float32), zeros.copy(), zeros[0].copy()
    seen[0, 20:100, 10:86] = 1
    seen[0, 20:100, BETWEEN], gap[20:100, BETWEEN] = 0, opening
    layers = Layers(np.zeros((3, 2, 64, 48), np.float32), seen, zeros[:2], zeros, zeros, zeros, zeros[0], old)
    texture = np.full((128, 128, 4), 255, np.uint8)
    garment = Garment("", "upper", texture, _parts(depth), np.zeros((1, 9, 128, 128), np.float32))
    return layers, over_old(layers, Worn(seen, seen, gap), garment)


@pytest.mark.parametrize(("depth", "expected"), [(0, 0), (30, 0), (50, 0.5), (95, 1)])
def test_a_front_is_open_where_the_inside_goes_far_down(depth: int, expected: float) -> None:
    assert openness(_parts(depth)) == pytest.approx(expected, abs=0.06)


def test_old_clothes_stay_between_the_sides_and_go_on_under_them() -> None:
    layers, over = _over(95)
    assert over.painted_alpha[30:90, BETWEEN].max() == 0
    assert over.painted_alpha[60, [38, 57]].max() == 0  # Both edges fade.
    assert over.painted_alpha[60, [30, 65]].min() == 1 and over.painted_alpha[104:].min() == 1
    assert layers.painted_alpha.min() == 1


def test_a_neckline_is_no_open_front() -> None:
    layers, over = _over(30)
    assert over is layers


def test_an_open_jacket_undresses_nobody() -> None:
    """On a real photo, with the real network: between its sides lies the camera's picture, shaded."""
    mirror = lookglass.TryOn.load(device="cpu")
    photo = pictures.read(PEOPLE / "studio_man.png")
    dressed = mirror(photo, mirror.garment(open_jacket()))
    marks = mirror.person(photo).landmarks
    top, bottom = marks[[11, 12], 1].mean(), marks[[23, 24], 1].mean()
    middle, breadth = marks[[11, 12], 0].mean(), float(np.ptp(marks[[11, 12], 0]))
    rows = slice(round(top + 0.25 * (bottom - top)), round(top + 0.8 * (bottom - top)))
    chest = np.s_[rows, round(middle - 0.05 * breadth) : round(middle + 0.05 * breadth)]
    assert np.abs(dressed[chest].astype(int) - photo[chest]).max() <= 6
    sides = np.s_[rows, round(middle - 0.4 * breadth) : round(middle - 0.3 * breadth)]
    assert (dressed[sides] != photo[sides]).any(2).mean() > 0.95


def test_no_sample_garment_is_taken_for_one() -> None:
    mirror = lookglass.TryOn.load(device="cpu")
    for file in sorted(GARMENTS.glob("*.jpg")):
        assert openness(mirror.garment(file).garment.parts) == 0, file.stem
