"""The colour of the face, which uncovered skin is painted in."""

import cv2
import numpy as np

from lookglass.types import F32, U8

_NOSE, _EYES, _MOUTH = 0, [2, 5], [9, 10]
DEFAULT_TONE = np.array([0.71, 0.54, 0.45], np.float32)
"""RGB in [0, 1] of a medium skin, for a face that cannot be seen."""


def face_tone(picture: U8, landmarks: F32) -> F32:
    """The median colour of nose and cheeks.

    Args:
        picture: (H, W, 3) uint8 BGR.
        landmarks: (33, 5) float32: x, y in pixels of the picture, visibility, in-frame flag, depth.

    Returns:
        (3,) float32 RGB in [0, 1]; `DEFAULT_TONE` where nose and cheeks lie outside the picture.
    """
    face = landmarks[:, :2]
    mouth, eyes = face[_MOUTH].mean(0), face[_EYES].mean(0)
    radius = max(0.3 * float(np.linalg.norm(mouth - eyes)), 1.0)
    # A cheek lies below its eye, at the height of the nose; the median drops a nostril or a lens.
    cheeks = (face[_EYES] + face[_MOUTH]) / 2 + 0.25 * (face[_EYES] - eyes)
    patches = np.zeros(picture.shape[:2], np.uint8)
    for x, y in (face[_NOSE], *cheeks):
        cv2.circle(patches, (round(float(x)), round(float(y))), round(radius), 1, cv2.FILLED)
    skin = picture[patches > 0]
    if len(skin) == 0:
        return DEFAULT_TONE.copy()
    return np.asarray(np.median(skin, axis=0)[::-1] / 255, np.float32)
