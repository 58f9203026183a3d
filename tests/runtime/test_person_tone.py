"""The colour of the face, on drawn faces and real ones."""

import cv2
import numpy as np
import pytest

import lookglass
from lookglass import pictures
from lookglass.demo_assets import PEOPLE
from lookglass.person.tone import DEFAULT_TONE, face_tone
from lookglass.types import F32

SKIN_BGR = (110, 140, 190)


def face(x: float, y: float, size: float) -> F32:
    """Landmarks of a frontal face with its nose at a point; `size` from eye to eye."""
    marks = np.zeros((33, 5), np.float32)
    places = {0: (0, 0), 2: (0.5, -0.6), 5: (-0.5, -0.6), 9: (0.35, 0.5), 10: (-0.35, 0.5)}
    for index, (dx, dy) in places.items():
        marks[index] = x + dx * size, y + dy * size, 1, 1, 0
    return marks


def test_the_skin_of_a_drawn_face_is_found() -> None:
    picture = np.full((100, 100, 3), 30, np.uint8)
    cv2.ellipse(picture, (50, 50), (20, 28), 0, 0, 360, SKIN_BGR, cv2.FILLED)
    assert np.allclose(face_tone(picture, face(50, 50, 16)) * 255, SKIN_BGR[::-1], atol=0.5)


def test_a_lens_and_a_beard_do_not_matter() -> None:
    """Dark things over less than half of nose and cheeks leave the median where it is."""
    picture = np.full((100, 100, 3), SKIN_BGR, np.uint8)
    picture[60:] = 20
    picture[38:44, 50:] = 10
    assert np.allclose(face_tone(picture, face(50, 50, 16)) * 255, SKIN_BGR[::-1], atol=0.5)


def test_a_face_out_of_the_picture_has_the_default_tone() -> None:
    assert np.array_equal(face_tone(np.zeros((50, 50, 3), np.uint8), face(50, -200, 16)), DEFAULT_TONE)


@pytest.mark.parametrize("name", ["selfie.jpg", "studio_man.png", "studio_woman.png", "walker.jpg"])
def test_skin_of_real_faces(name: str) -> None:
    """Light skin of the sample people: red over green over blue, as skin is, and neither lips nor hair."""
    tone = lookglass.TryOn.load(device="cpu").person(pictures.read(PEOPLE / name)).tone
    assert 0.55 < tone[0] < 0.9
    assert 0.1 < tone[0] - tone[1] < 0.3
    assert 0.02 < tone[1] - tone[2] < 0.2
