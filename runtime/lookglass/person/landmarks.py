"""Landmarks of one person in a known part of the frame: MediaPipe's pose landmark graph."""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.person.graph import Graph, pack
from lookglass.person.roi import ROI_SIZE, Roi
from lookglass.types import F32, LANDMARK_COUNT, U8


@dataclass(frozen=True, slots=True)
class Pose:
    """What the landmark graph sees in one square.

    Attributes:
        points: (35, 2) float32, frame pixels: 33 landmarks, then the two points that span the next square.
        visibility: (33,) float32 in [0, 1].
        depth: (33,) float32, frame pixels behind the middle of the hips (in front: negative).
        presence: probability that a person is in the square.
    """

    points: F32
    visibility: F32
    depth: F32
    presence: float

    @property
    def roi(self) -> Roi:
        """Where to look in the next frame."""
        return Roi.around(self.points[LANDMARK_COUNT], self.points[LANDMARK_COUNT + 1])


class Landmarks:
    """Finds the landmarks of the person in a square.

    Args:
        graph: `pose_landmarks`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def __call__(self, image: U8, roi: Roi) -> Pose:
        """Find the landmarks.

        Args:
            image: (H, W, 3) uint8 BGR.
            roi: where to look.

        Returns:
            The pose, in pixels of the image.
        """
        matrix = roi.matrix()
        outputs = self._graph(image=pack(_cut(image, matrix)))
        raw = outputs["landmarks"][0]
        points = raw[: LANDMARK_COUNT + 2, :2] @ matrix[:, :2].T + matrix[:, 2]
        visibility = 1 / (1 + np.exp(-np.clip(raw[:LANDMARK_COUNT, 3], -50, 50)))
        depth = raw[:LANDMARK_COUNT, 2] * np.hypot(*matrix[:, 0])
        return Pose(points, visibility, depth, float(outputs["presence"][0, 0]))


def _cut(image: U8, matrix: F32) -> U8:
    """Cut the square out, halving the frame until a pixel of the square spans less than two of it.

    Bilinear sampling of every third pixel lets noise through: halving first takes a third to a half off the
    landmarks' jitter for 0.1 ms.
    """
    matrix = matrix.copy()
    while np.hypot(*matrix[:, 0]) >= 2 and min(image.shape[:2]) >= 2:
        height, width = image.shape[0] // 2, image.shape[1] // 2
        even = image[: 2 * height, : 2 * width]
        image = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        matrix[:, 2] -= 0.5
        matrix /= 2
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, border = (ROI_SIZE, ROI_SIZE), cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=flags, borderMode=border), np.uint8)


def rows(pose: Pose, image: U8) -> F32:
    """Landmarks as they travel: (33, 5) float32 x, y, visibility, 1 where inside the image, depth."""
    height, width = image.shape[:2]
    points = pose.points[:LANDMARK_COUNT]
    inside = np.all((points >= -0.5) & (points < [width - 0.5, height - 0.5]), axis=1)
    return np.column_stack([points, pose.visibility, inside, pose.depth]).astype(np.float32)
