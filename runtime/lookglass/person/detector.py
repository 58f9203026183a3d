"""Finding people in a whole frame: MediaPipe's pose detector, an SSD."""

import cv2
import numpy as np

from lookglass.person.graph import Graph, pack
from lookglass.person.roi import Roi
from lookglass.types import F32, U8

INPUT_SIZE = 224
_STRIDES_AND_BOXES = ((8, 2), (16, 2), (32, 6))
_MIN_SCORE, _MIN_OVERLAP = 0.5, 0.3


class Detector:
    """Finds people and the squares that the landmark graph should look at.

    Args:
        graph: `pose_detector`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._anchors = _anchors()

    def __call__(self, image: U8) -> list[Roi]:
        """Find people.

        Args:
            image: (H, W, 3) uint8 BGR.

        Returns:
            One square per person, the largest (nearest) first.
        """
        small, scale, offset = _letterbox(image)
        outputs = self._graph(image=pack(small) * 2 - 1)
        points, scores = self._decode(outputs["boxes"][0], outputs["scores"][0])
        people = [(person - offset) / scale for person in _merge(points, scores)]
        rois = [Roi.around(points[2], points[3]) for points in people]
        return sorted(rois, key=lambda roi: -roi.radius)

    def _decode(self, boxes: F32, logits: F32) -> tuple[F32, F32]:
        """Candidates as points, (n, 6, 2) in input pixels: box corners, then four key points; and scores."""
        scores = np.asarray(1 / (1 + np.exp(-np.clip(logits, -50, 50))), np.float32)
        keep = np.flatnonzero(scores >= _MIN_SCORE)
        keep = keep[np.argsort(-scores[keep])]
        values = boxes[keep].reshape(-1, 6, 2)
        points = values + self._anchors[keep, None]
        points[:, 0] -= values[:, 1] / 2
        points[:, 1] = points[:, 0] + values[:, 1]
        return np.asarray(points, np.float32), scores[keep]


def _anchors() -> F32:
    """Centres of the 2254 anchors, (2254, 2) float32 in input pixels."""
    grids = []
    for stride, boxes in _STRIDES_AND_BOXES:
        axis = (np.arange(INPUT_SIZE // stride, dtype=np.float32) + 0.5) * stride
        grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, boxes, axis=0))
    return np.concatenate(grids)


def _letterbox(image: U8) -> tuple[U8, float, F32]:
    """The frame centred in the detector's square on black; also the scale and offset it went through."""
    height, width = image.shape[:2]
    scale = INPUT_SIZE / max(height, width)
    columns, rows = max(round(width * scale), 1), max(round(height * scale), 1)
    left, top = (INPUT_SIZE - columns) // 2, (INPUT_SIZE - rows) // 2
    square = np.zeros((INPUT_SIZE, INPUT_SIZE, 3), np.uint8)
    square[top : top + rows, left : left + columns] = cv2.resize(
        image, (columns, rows), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return square, scale, np.array([left, top], np.float32)


def _merge(points: F32, scores: F32) -> list[F32]:
    """Weighted non-maximum suppression: candidates of one person become their mean, (6, 2) each."""
    people, left = [], np.arange(len(scores))
    while len(left):
        same = _overlap(points[left[0]], points[left]) > _MIN_OVERLAP
        same[0] = True
        people.append(np.average(points[left[same]], axis=0, weights=scores[left[same]]))
        left = left[~same]
    return people


def _overlap(box: F32, boxes: F32) -> F32:
    """Intersection over union of one box with (n,) boxes, given as corners."""
    low, high = np.maximum(box[0], boxes[:, 0]), np.minimum(box[1], boxes[:, 1])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(boxes[:, 1] - boxes[:, 0], axis=1)
    union = areas + np.prod(box[1] - box[0]) - shared
    return np.asarray(shared / np.maximum(union, 1e-6), np.float32)
