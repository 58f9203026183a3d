"""The detector on real photos: several people, odd shapes, nobody."""

import warnings

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.demo_assets import PEOPLE
from lookglass.engine import Engine
from lookglass.person.detector import INPUT_SIZE, Detector, _anchors
from lookglass.types import U8


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(Engine(Bundle.load(), device="cpu").session("pose_detector"))


def test_anchors_lie_on_the_grids_of_the_feature_maps() -> None:
    """2 anchors per cell of 28x28 and 14x14, 6 per cell of 7x7, from MediaPipe's anchor options."""
    anchors = _anchors()
    assert anchors.shape == (2 * 28**2 + 2 * 14**2 + 6 * 7**2, 2)
    assert np.allclose(anchors[:4], [[4, 4], [4, 4], [12, 4], [12, 4]])
    assert np.allclose(anchors[-1], INPUT_SIZE - 16)


@pytest.mark.parametrize("name", ["selfie.jpg", "studio_man.png", "studio_woman.png", "walker.jpg"])
def test_the_square_holds_the_person(detector: Detector, name: str) -> None:
    image = pictures.read(PEOPLE / name)
    roi = detector(image)[0]
    height, width = image.shape[:2]
    assert abs(roi.center[0] - width / 2) < 0.15 * width
    assert roi.up[1] < 0 and abs(roi.up[0]) < 0.2 * roi.radius
    assert 0.4 * height < 2 * roi.radius < 2.5 * height


def test_the_nearest_of_several_comes_first(detector: Detector) -> None:
    image = _side_by_side(0.5, 1.0)
    near, far = detector(image)[:2]
    assert near.center[0] > image.shape[1] / 3 > far.center[0]
    assert near.radius > 1.4 * far.radius


def test_places_do_not_depend_on_resolution(detector: Detector) -> None:
    image = pictures.read(PEOPLE / "walker.jpg")
    small = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    full, half = detector(image)[0], detector(np.asarray(small, np.uint8))[0]
    assert np.allclose((np.array(full.center) - 0.5) / 2, half.center, atol=4)
    assert half.radius == pytest.approx(full.radius / 2, rel=0.02)


@pytest.mark.parametrize("shape", [(720, 1280, 3), (1, 1, 3), (2, 900, 3), (900, 2, 3)])
def test_nobody_is_found_in_an_empty_picture(detector: Detector, shape: tuple[int, int, int]) -> None:
    assert detector(np.full(shape, 90, np.uint8)) == []


def test_extreme_logits_are_sure_and_raise_no_warning() -> None:
    """One box of 100 px around the first anchor is certain, one is certainly nothing; the rest is unsure."""
    boxes, scores = np.zeros((1, 2254, 12), np.float32), np.full((1, 2254), -np.inf, np.float32)
    boxes[..., 2:4], boxes[..., 8:] = 100, [0, 50, 0, 0]
    scores[0, :3] = [3e38, -3e38, -120]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = Detector(lambda **_: {"boxes": boxes, "scores": scores})(np.zeros((224, 224, 3), np.uint8))
    assert len(found) == 1


def _side_by_side(*scales: float) -> U8:
    """The studio woman at several scales on the floor of one grey picture."""
    woman = pictures.read(PEOPLE / "studio_woman.png")
    people = [cv2.resize(woman, None, fx=s, fy=s, interpolation=cv2.INTER_AREA) for s in scales]
    height, width = max(p.shape[0] for p in people), sum(p.shape[1] for p in people)
    picture, left = np.full((height, width, 3), 220, np.uint8), 0
    for person in people:
        picture[-person.shape[0] :, left : left + person.shape[1]] = person
        left += person.shape[1]
    return picture
