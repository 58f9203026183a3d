"""The landmark square: geometry against OpenCV's, and against the turns of a real photo."""

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.demo_assets import PEOPLE
from lookglass.engine import Engine
from lookglass.person.detector import Detector
from lookglass.person.landmarks import Landmarks, Pose, rows
from lookglass.person.roi import Roi
from lookglass.types import F32

PHOTO = pictures.read(PEOPLE / "walker.jpg")


@pytest.fixture(scope="module")
def landmarks() -> Landmarks:
    return Landmarks(Engine(Bundle.load(), device="cpu").session("pose_landmarks"))


@pytest.fixture(scope="module")
def roi() -> Roi:
    return Detector(Engine(Bundle.load(), device="cpu").session("pose_detector"))(PHOTO)[0]


@pytest.mark.parametrize("angle_deg", [0, 30, -90, 180])
def test_matrix_is_the_affine_map_of_three_corners(angle_deg: float) -> None:
    """Against `cv2.getAffineTransform` on the outer edges of the square's corner pixels."""
    angle = np.deg2rad(angle_deg)
    up = np.array([np.sin(angle), -np.cos(angle)]) * 100
    right, center = np.array([-up[1], up[0]]), np.array([300.0, 200.0])
    there = np.array([center + up - right, center + up + right, center - up - right], np.float32)
    here = np.array([[-0.5, -0.5], [255.5, -0.5], [-0.5, 255.5]], np.float32)
    square = Roi((300.0, 200.0), (float(up[0]), float(up[1])))
    assert np.allclose(square.matrix(), cv2.getAffineTransform(here, there), atol=1e-3)


def test_landmarks_follow_a_turn_and_a_scale(landmarks: Landmarks, roi: Roi) -> None:
    """Landmarks of the photo turned by 25 degrees at 0.7 of its size are the turned landmarks."""
    turn = cv2.getRotationMatrix2D((448.0, 600.0), 25.0, 0.7)
    turned = cv2.warpAffine(PHOTO, turn, (900, 1200), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    there = [_map(turn, point) for point in (np.array(roi.center), np.array(roi.center) + roi.up)]
    moved = Roi(tuple(there[0]), tuple(there[1] - there[0]))
    expected = _map(turn, landmarks(PHOTO, roi).points[:25])
    error = np.linalg.norm(landmarks(np.asarray(turned, np.uint8), moved).points[:25] - expected, axis=1)
    assert error.mean() * 128 / moved.radius < 1.0  # pixels of the 256 px square


def test_landmarks_agree_on_a_frame_and_its_half(landmarks: Landmarks, roi: Roi) -> None:
    """Halving before sampling keeps pixel centres: no shift between a frame and its half."""
    half = cv2.resize(PHOTO, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    small = Roi(tuple((c - 0.5) / 2 for c in roi.center), tuple(u / 2 for u in roi.up))
    points = landmarks(np.asarray(half, np.uint8), small).points * 2 + 0.5
    assert np.abs(points - landmarks(PHOTO, roi).points)[:25].mean() * 128 / roi.radius < 0.05


def test_rows_flag_what_lies_in_the_picture() -> None:
    points = np.zeros((35, 2), np.float32)
    points[:4] = [[-0.4, 0], [9.4, 4.4], [9.6, 0], [0, -0.6]]
    pose = Pose(points, np.linspace(0, 1, 33), np.linspace(-9, 9, 33), 1.0)
    found = rows(pose, np.zeros((5, 10, 3), np.uint8))
    assert found.shape == (33, 5) and found.dtype == np.float32
    assert found[:4, 3].tolist() == [1, 1, 0, 0]
    assert found[32, 2] == 1 and found[0, 4] == -9


def test_near_squares() -> None:
    square = Roi((100.0, 100.0), (0.0, -100.0))
    assert square.is_near(Roi((102.0, 101.0), (1.0, -102.0)))
    assert not square.is_near(Roi((106.0, 100.0), (0.0, -100.0)))
    assert not square.is_near(Roi((100.0, 100.0), (0.0, -106.0)))
    assert not square.is_near(Roi((100.0, 100.0), (6.0, -100.0)))


def _map(matrix: np.ndarray, points: np.ndarray) -> F32:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float32)
