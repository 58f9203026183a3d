"""The default bundle on real photos: where it draws, and where it must not."""

from functools import cache
from itertools import product

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.compose import compose, draw
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.finish import finish
from lookglass.finish.lining import open_neck
from lookglass.finish.worn import worn as looked_up
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH, crop_matrix
from lookglass.tryon import TryOn
from lookglass.types import U8, EncodedGarment, Garment, Layers, Person

SAMPLES = sorted(path.name for path in PEOPLE.iterdir() if path.suffix in (".jpg", ".png"))
TOPS = ("shirt_blue", "shirt_paisley", "sweatshirt_grey", "tee_white")
PAIRS = list(product(SAMPLES, TOPS))
GROWN_PX = 8


@cache
def mirror() -> TryOn:
    return TryOn.load(device="cpu")


@cache
def garment(name: str) -> EncodedGarment:
    return mirror().garment(GARMENTS / f"{name}.jpg")


@cache
def someone(name: str) -> tuple[U8, Person]:
    photo = pictures.read(PEOPLE / name)
    return photo, mirror().person(photo)


def dress(name: str, top: str) -> tuple[U8, Person, Layers, np.ndarray]:
    """The photo, its person, the layers, and (H, W) bool where the dressed picture differs."""
    photo, person = someone(name)
    layers = mirror().layers(person, garment(top))
    dressed = compose(photo, person, garment(top).garment, layers)
    return photo, person, layers, (dressed != photo).any(2)


def in_frame(window: np.ndarray, person: Person, shape: tuple[int, ...]) -> np.ndarray:
    """A map over the square crop, or over its central columns, brought to the frame."""
    matrix = crop_matrix(person.crop).astype(np.float64)
    columns = CROP_SIZE * window.shape[1] / window.shape[0]
    matrix[0, 2] -= (CROP_SIZE - columns) / 2
    full = cv2.resize(window, (round(columns), CROP_SIZE), interpolation=cv2.INTER_LINEAR)
    return cv2.warpAffine(full, matrix, shape[1::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def drawn_garment(photo: U8, person: Person, layers: Layers, worn: Garment) -> np.ndarray:
    """(H, W) bool: the garment's outside as it is drawn, and the inside of its collar."""
    drawing = draw(photo.shape[:2], person.crop, worn, finish(layers, person, worn))
    _, lining = open_neck(layers, looked_up(layers, worn), worn, person)
    assert drawing is not None and lining is not None
    inside = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    inside[lining.at] = lining.alpha
    here = in_frame(inside, person, photo.shape) > 0.25
    here[drawing.region.slices] |= drawing.garment_alpha > 0.25
    return here


@pytest.mark.parametrize(("name", "top"), PAIRS)
def test_the_face_stays_as_it_is(name: str, top: str) -> None:
    _, person, _, changed = dress(name, top)
    face = np.zeros(changed.shape, np.uint8)
    corners = person.landmarks[[3, 6, 10, 9], :2]
    cv2.fillConvexPoly(face, cv2.convexHull(np.round(corners).astype(np.int32)), 1)
    assert face.sum() > 100
    assert not changed[face > 0].any()


@pytest.mark.parametrize(("name", "top"), PAIRS)
def test_nothing_is_drawn_away_from_person_and_garment(name: str, top: str) -> None:
    photo, person, layers, changed = dress(name, top)
    here = in_frame(person.mask, person, photo.shape) > 0.5
    here |= in_frame(layers.coverage.max(0), person, photo.shape) > 0.25
    here |= drawn_garment(photo, person, layers, garment(top).garment)
    if name == "selfie.jpg":  # The mask misses the forearm that leaves the picture; the network finds it.
        here |= in_frame(layers.painted_alpha, person, photo.shape) > 0.5
    # In a close selfie a crop pixel is wider than the frame's eight: there it is 1.6 of those.
    grown = max(GROWN_PX, round(1.6 / person.crop.scale))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grown + 1, 2 * grown + 1))
    allowed = cv2.dilate(here.astype(np.uint8), kernel) > 0
    assert not (changed & ~allowed).any()


@pytest.mark.parametrize(("name", "top"), PAIRS)
def test_the_garment_is_on_the_body(name: str, top: str) -> None:
    _, person, _, changed = dress(name, top)
    shoulders, hips = person.landmarks[[11, 12], :2].mean(0), person.landmarks[[23, 24], :2].mean(0)
    for share in (0.25, 0.5, 0.75):
        x, y = np.round(shoulders + share * (hips - shoulders)).astype(int)
        assert changed[y - 2 : y + 3, x - 2 : x + 3].all()


@pytest.mark.parametrize("top", ["tee_white", "sweatshirt_grey"])
def test_a_neckline_is_one_smooth_curve(top: str) -> None:
    alpha = garment(top).garment.texture[..., 3]
    side = len(alpha)
    edge = (alpha[: side * 3 // 10, side * 42 // 100 : side * 58 // 100] < 128).sum(0)
    across = np.linspace(-1, 1, edge.size)
    # A half-zip opens flat below with steep sides; an edge that is ragged by 2 pixels is 3 off.
    off = edge - np.polyval(np.polyfit(across, edge, 10), across)
    assert np.abs(off).max() < 1.5 * side / 1000
