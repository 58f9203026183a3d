"""Flow over time: noise shrinks, motion that the picture tells passes without delay, news passes at once."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from lookglass import TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.steady import SteadyFlow
from lookglass.types import F32, EncodedGarment, Layers, Person

PX = 2 / 128
"""A pixel of a 128 px garment frame, in the flow's unit."""


@pytest.fixture(scope="module")
def mirror() -> TryOn:
    return TryOn.load(device="cpu")


@pytest.fixture(scope="module")
def worn(mirror: TryOn) -> tuple[Layers, Person, EncodedGarment]:
    person = mirror.person(pictures.read(PEOPLE / "studio_man.png"))
    garment = mirror.garment(GARMENTS / "shirt_blue.jpg")
    return mirror.layers(person, garment), person, garment


def noisy(layers: Layers, number: int) -> Layers:
    """Flow that slips as a whole by 0.3 px of 128, another way in every frame."""
    slip = np.random.default_rng(number).normal(0, 0.3 * PX, (3, 2, 1, 1)).astype(np.float32)
    return replace(layers, flow=layers.flow + slip)


def test_slips_shrink_on_a_still_person(worn: tuple[Layers, Person, EncodedGarment]) -> None:
    """First-order low-pass of white noise: sqrt(gain / (2 - gain)), 0.23 at a gain of 0.1."""
    layers, person, garment = worn
    steady, kept = SteadyFlow(), []
    for number in range(60):
        kept.append(steady(noisy(layers, number), person, garment.garment).flow.copy())
    given = [noisy(layers, number).flow for number in range(60)]
    assert np.std(kept[20:], axis=0).mean() < 0.4 * np.std(given[20:], axis=0).mean()


def test_what_the_picture_takes_along_is_not_delayed(worn: tuple[Layers, Person, EncodedGarment]) -> None:
    """The crop slides by a pixel a frame, and the flow with it, as of somebody in a held crop."""
    layers, person, garment = worn
    steady = SteadyFlow()
    for number in range(12):
        moved = replace(layers, flow=slid(layers.flow, number / 4))
        seen = replace(person, picture=slid_picture(person.picture, number), mask=person.mask)
        out = steady(moved, seen, garment.garment)
    inside = cv2.erode((cv2.resize(layers.coverage[0], (48, 64)) > 0.9).astype(np.uint8), np.ones((9, 9))) > 0
    off = np.hypot(*(out.flow[0] - moved.flow[0]))[inside] / PX
    step = np.hypot(*(slid(layers.flow, 0.25)[0] - layers.flow[0]))[inside] / PX
    assert off.mean() < step.mean()


def slid(flow: F32, cells: float) -> F32:
    matrix = np.float64([[1, 0, cells], [0, 1, 0]])
    parts = [
        cv2.warpAffine(axis, matrix, axis.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        for part in flow
        for axis in part
    ]
    return np.asarray(parts, np.float32).reshape(flow.shape)


def slid_picture(picture: np.ndarray, pixels: float) -> np.ndarray:
    matrix = np.float64([[1, 0, pixels], [0, 1, 0]])
    return np.asarray(cv2.warpAffine(picture, matrix, (256, 256), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def test_news_is_taken_at_once(worn: tuple[Layers, Person, EncodedGarment]) -> None:
    """Flow that jumps by 10 px of 128 where the picture did not move: an arm that came in between."""
    layers, person, garment = worn
    steady = SteadyFlow()
    steady(layers, person, garment.garment)
    jumped = replace(layers, flow=layers.flow + np.float32(10 * PX))
    np.testing.assert_allclose(steady(jumped, person, garment.garment).flow, jumped.flow, atol=1e-6)


@pytest.mark.parametrize("how", ["another garment", "reset"])
def test_it_starts_anew(worn: tuple[Layers, Person, EncodedGarment], how: str) -> None:
    layers, person, garment = worn
    steady = SteadyFlow()
    steady(layers, person, garment.garment)
    slipped, other = noisy(layers, 1), garment.garment
    if how == "reset":
        steady.reset()
    else:
        other = replace(garment.garment, name="another")
    np.testing.assert_array_equal(steady(slipped, person, other).flow, slipped.flow)


def test_layers_are_not_changed(worn: tuple[Layers, Person, EncodedGarment]) -> None:
    """The network's buffers are the network's."""
    layers, person, garment = worn
    steady = SteadyFlow()
    for number in range(2):
        given = noisy(layers, number)
        before = given.flow.copy()
        assert steady(given, person, garment.garment).flow is not given.flow
        np.testing.assert_array_equal(given.flow, before)
