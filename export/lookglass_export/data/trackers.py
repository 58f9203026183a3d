"""The runtime's own trackers, run on rendered pictures: what is trained is what is served."""

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

import lookglass
from lookglass.person.crop import crop_matrix, cut, person_crop
from lookglass.person.landmarks import Landmarks, rows
from lookglass.person.mask import PersonMask
from lookglass.person.roi import Roi
from lookglass.person.tone import face_tone
from lookglass.types import F32, U8

_BUNDLE = Path(lookglass.__file__).parent / "bundles" / "default"


class _Graph:
    """One graph on one thread."""

    def __init__(self, name: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        path = str(_BUNDLE / f"{name}.onnx")
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self._names = [output.name for output in self._session.get_outputs()]

    def __call__(self, **inputs: F32) -> Mapping[str, F32]:
        return dict(zip(self._names, self._session.run(None, inputs), strict=True))


class Trackers:
    """Landmarks, presence, mask and face tone of a picture, as the mirror computes them."""

    def __init__(self) -> None:
        self._landmarks = Landmarks(_Graph("pose_landmarks"))
        self._mask = PersonMask(_Graph("person_mask"))

    def __call__(self, image: U8, roi: Roi, category: str = "upper") -> tuple[F32, float, F32, F32, F32]:
        """Track a person.

        Args:
            image: (H, W, 3) uint8 BGR.
            roi: a rough square around the body; it is refined once, as when tracking.
            category: of the garments, which chooses the crop.

        Returns:
            Landmarks (33, 5) in pixels of the image, presence, the mask on the square crop (256, 256),
            the (2, 3) matrix from the image to that crop, and the tone (3,) RGB.
        """
        pose = self._landmarks(image, roi)
        pose = self._landmarks(image, Roi.around(pose.points[33], pose.points[34]))
        landmarks = rows(pose, image)
        crop = person_crop(landmarks, category)
        matrix, (picture, mask) = crop_matrix(crop), self._mask.look(image, crop, category)
        if category != "upper":
            crop = person_crop(landmarks)
            picture = cut(image, crop)
        return landmarks, pose.presence, mask, matrix, _tone(picture, crop_matrix(crop), landmarks)


def _tone(picture: U8, matrix: F32, landmarks: F32) -> F32:
    """Of the face in the crop for tops, as the mirror takes it for every category."""
    inside = landmarks.copy()
    inside[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return face_tone(picture, inside)


def mask_in_window(mask: F32, matrix: F32, offset: tuple[int, int], size: tuple[int, int]) -> U8:
    """Warp a crop's mask back onto the half-resolution window.

    Args:
        mask: (256, 256) float32 on the crop.
        matrix: (2, 3) from image pixels to crop pixels.
        offset: window pixel (x, y) of the image's first pixel.
        size: (width, height) of the half-resolution window.
    """
    to_crop = np.asarray(matrix, np.float64).copy()
    to_crop[:, 2] += to_crop[:, :2] @ (0.5 - np.array(offset, np.float64))
    to_crop[:, :2] *= 2
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(np.round(mask * 255).astype(np.uint8), to_crop, size, flags=flags)
