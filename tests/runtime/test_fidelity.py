"""Garment fidelity: 1 for the photo as it is, less for each way to spoil it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lookglass.comparison import HEIGHT, comparison
from lookglass.compose import compose
from lookglass.errors import GarmentError
from lookglass.fidelity import Fidelity, fidelity
from lookglass.types import U8, Crop, Garment, Layers, Person

FRAME = np.full((256, 256, 3), 127, np.uint8)
PERSON = Person(
    landmarks=np.zeros((33, 5), np.float32),
    crop=Crop(1.0, (127.5, 127.5)),
    picture=FRAME,
    mask=np.ones((256, 256), np.float32),
    tone=np.full(3, 0.5, np.float32),
)


@pytest.fixture(scope="module")
def garment() -> Garment:
    """A square of stripes, blobs and a gradient of colour on transparent ground."""
    y, x = np.mgrid[:256, :256].astype(np.float32) / 256
    stripes = 40 * np.sign(np.sin(60 * x)) + 40 * np.sign(np.sin(37 * (x + y)))
    colours = np.stack([90 + 60 * x, 110 + 0 * x, 170 - 60 * y], axis=-1) + stripes[..., None] / 2
    texture = np.dstack([colours, np.zeros((256, 256))]).clip(0, 255).astype(np.uint8)
    texture[10:246, 10:246, 3] = 255
    nothing = np.zeros((1, 9, 128, 128), np.float32)
    return Garment("striped", "upper", texture, np.ones((256, 256), np.uint8), nothing)


def layers(*, wide: float = 1.0, gain: tuple[float, float, float] = (1, 1, 1)) -> Layers:
    """The photo drawn 180 pixels large in the middle of the frame, `wide` times as wide."""
    y, x = np.meshgrid((np.arange(64) - 31.5) * 4 / 90, (np.arange(48) - 23.5) * 4 / 90, indexing="ij")
    flow = np.repeat(np.stack([x / wide, y])[None], 3, axis=0).astype(np.float32)
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, 12:116, 2:94] = 1
    return Layers(
        flow=flow,
        coverage=coverage,
        occluder=np.zeros((2, 128, 96), np.float32),
        shading=np.ones((3, 64, 48), np.float32) * np.float32(gain).reshape(3, 1, 1),
        behind=np.full((3, 128, 96), 0.5, np.float32),
        skin=np.full((3, 128, 96), 0.5, np.float32),
        bare=np.ones((128, 96), np.float32),
        painted_alpha=np.zeros((128, 96), np.float32),
    )


def measured(garment: Garment, drawn: Layers, spoil: U8 | None = None) -> Fidelity:
    picture = compose(FRAME, PERSON, garment, drawn) if spoil is None else spoil
    return fidelity(picture, PERSON, garment, drawn)


def test_a_photo_drawn_as_it_is_loses_nothing(garment: Garment) -> None:
    found = measured(garment, layers())
    assert min(found.colour, found.pattern, found.shape) > 0.97
    assert found.score > 0.98


def test_the_room_s_brightness_is_no_loss(garment: Garment) -> None:
    assert measured(garment, layers(gain=(0.7, 0.7, 0.7))).score > 0.95


def test_a_tint_costs_colour_alone(garment: Garment) -> None:
    plain, tinted = measured(garment, layers()), measured(garment, layers(gain=(1.3, 1.0, 0.6)))
    assert tinted.colour < 0.6 * plain.colour
    assert tinted.pattern > 0.9 and tinted.shape == plain.shape


def test_a_smeared_print_costs_pattern_alone(garment: Garment) -> None:
    smeared = cv2.GaussianBlur(compose(FRAME, PERSON, garment, layers()), (0, 0), 5)
    found = measured(garment, layers(), np.asarray(smeared, np.uint8))
    assert found.pattern < 0.4
    assert found.colour > 0.8 and found.shape > 0.97


@pytest.mark.parametrize("wide", [0.5, 0.7])
def test_a_squeezed_garment_costs_pattern(garment: Garment, wide: float) -> None:
    """Every point is squeezed to one side by `wide`: that is the ratio of the two stretches."""
    assert measured(garment, layers(wide=wide)).pattern == pytest.approx(wide, abs=0.05)


def test_what_is_not_shown_costs_shape(garment: Garment) -> None:
    """A flow twice as wide pushes half of the photo out of the part; the part ends inside the frame."""
    found = measured(garment, layers(wide=2))
    assert found.shape == pytest.approx(0.54, abs=0.08)


def test_what_stands_in_front_or_outside_is_no_loss_of_shape(garment: Garment) -> None:
    hidden = layers()
    hidden.occluder[0, 60:80] = 1
    assert measured(garment, hidden).shape > 0.97


def test_a_sleeve_at_another_scale_costs_shape(garment: Garment) -> None:
    """A sleeve drawn at half the torso's scale: the root of 1/2."""
    even, uneven = layers(), layers()
    for each in (even, uneven):
        each.coverage[1, :, :30] = each.coverage[0, :, :30]
        each.coverage[0, :, :30] = 0
    uneven.flow[1] *= 2
    parts = garment.parts.copy()
    parts[:, :90] = 2
    garment = replace(garment, parts=parts)
    ratio = measured(garment, uneven).shape / measured(garment, even).shape
    assert ratio < 0.75


def test_no_garment_at_all(garment: Garment) -> None:
    bare = layers()
    with pytest.raises(GarmentError, match="nothing of striped is drawn"):
        measured(garment, replace(bare, coverage=np.zeros_like(bare.coverage)))


@pytest.mark.parametrize("size", [(1280, 720), (300, 400), (2000, 300)])
def test_comparison_keeps_proportions_and_margins(size: tuple[int, int]) -> None:
    """A black photo stays a black rectangle of its own proportions, HEIGHT pixels high."""
    black = np.zeros((*size, 3), np.uint8)
    cut_out = np.zeros((50, 50, 4), np.uint8)
    picture = comparison(black, [cut_out], black, Fidelity(0.9, 0.8, 0.7))
    dark = (picture[32 : 32 + HEIGHT] == 0).all((0, 2))
    edges = np.flatnonzero(np.diff(np.pad(dark.astype(int), 1)))
    assert edges[1] - edges[0] == edges[3] - edges[2] == round(HEIGHT * size[1] / size[0])
    assert len(edges) == 4 and (picture[:32] == 255).all() and (picture[:, :32] == 255).all()
    assert picture[32 + HEIGHT :].min() < 100
