"""The upright person crop: one definition, served by the runtime and used to train.

The crop is a square of `CROP_SIZE` pixels. The segmentation network sees all of it, the try-on network
its central `MODEL_WIDTH` columns. Torso length (mid-shoulder to mid-hip) sets the scale, the garment's
category what is shown (`lookglass.categories`); where limbs reach out of the model's width the crop widens,
so that sleeves and legs are not cut at its edge.
"""

import cv2
import numpy as np

from lookglass.categories import VIEWS
from lookglass.types import F32, U8, Crop

CROP_SIZE = 256
MODEL_HEIGHT, MODEL_WIDTH = 256, 192
MAX_WIDENING = 1.25
# A frontal torso is about 1.25 shoulder widths long, measured on the rendered bodies' landmarks.
TORSO_PER_SHOULDER = 1.25
_SHOULDERS, _HIPS = [11, 12], [23, 24]


def person_crop(landmarks: F32, category: str = "upper") -> Crop:
    """Choose the crop for a person and a kind of garment.

    Args:
        landmarks: (33, 5) float32: x, y in frame pixels, visibility, 1 where inside the frame, depth.
        category: of the garment, one of `CATEGORIES`.

    Returns:
        The crop; a function of the landmarks alone and continuous in them.

    Example:
        >>> import numpy as np
        >>> marks = np.zeros((33, 5), np.float32)
        >>> marks[[11, 12, 23, 24], :2] = [[60, 40], [40, 40], [58, 65], [42, 65]]
        >>> marks[:, 3] = 1
        >>> round(person_crop(marks).scale, 2)
        3.94
    """
    shoulders = landmarks[_SHOULDERS, :2].mean(0)
    width = float(np.linalg.norm(landmarks[11, :2] - landmarks[12, :2]))
    hips = _hips(landmarks, shoulders, width)
    torso = max(float(np.linalg.norm(hips - shoulders)), 0.9 * width, 1.0)
    view = VIEWS[category]
    # Past the hips straight down: the trunk may lean, legs stand under it.
    center = shoulders + min(view.middle, 1.0) * (hips - shoulders)
    center[1] += max(view.middle - 1.0, 0.0) * torso
    size = view.side * torso
    limbs = landmarks[view.limbs]
    reach = np.abs(limbs[:, 0] - center[0]) * np.clip(limbs[:, 2] * 2, 0, 1) + 0.12 * torso
    half_width = size * MODEL_WIDTH / CROP_SIZE / 2
    size *= float(np.clip(reach.max() / half_width, 1.0, MAX_WIDENING))
    return Crop(scale=CROP_SIZE / size, center=(float(center[0]), float(center[1])))


def _hips(landmarks: F32, shoulders: F32, width: float) -> F32:
    """Mid-hip; where the hips lie out of the frame, blended towards one torso below the shoulders."""
    measured = landmarks[_HIPS, :2].mean(0)
    trust = float(landmarks[_HIPS, 3].mean())
    guess = shoulders + np.array([0.0, TORSO_PER_SHOULDER * width], np.float32)
    return np.asarray(trust * measured + (1 - trust) * guess, np.float32)


def moved(crop: Crop, by: F32) -> Crop:
    """The same crop elsewhere, by (2,) frame pixels."""
    x, y = (crop.center + by).tolist()
    return Crop(crop.scale, (x, y))


def crop_matrix(crop: Crop) -> F32:
    """The (2, 3) float32 affine map from frame pixels to pixels of the square crop."""
    middle, (x, y) = (CROP_SIZE - 1) / 2, crop.center
    return np.array(
        [[crop.scale, 0, middle - crop.scale * x], [0, crop.scale, middle - crop.scale * y]], np.float32
    )


def cut(image: U8, crop: Crop) -> U8:
    """Cut the square crop out of a frame: (H, W, 3) -> (256, 256, 3) uint8, padded by replication.

    A crop much smaller than its piece of the frame is averaged down first, so that it does not alias.
    """
    factor = int(1 / crop.scale)
    matrix = crop_matrix(crop).astype(np.float64)
    if factor >= 2:
        image, offset = _shrink_region(image, crop, factor)
        # Pixel centres: small = (full - offset - (factor - 1) / 2) / factor.
        shift = np.array(offset) + (factor - 1) / 2
        matrix[:, 2] += matrix[:, :2] @ shift
        matrix[:, :2] *= factor
    size, flags = (CROP_SIZE, CROP_SIZE), cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def shown(crop: Crop, frame_size: tuple[int, int]) -> tuple[slice, slice]:
    """Rows and columns of the square crop that show the frame, (height, width), and not its padding."""
    matrix, (height, width) = crop_matrix(crop), frame_size
    corners = np.array([[-0.5, -0.5], [width - 0.5, height - 0.5]]) @ matrix[:, :2].T + matrix[:, 2] + 0.5
    (left, top), (right, bottom) = np.clip(np.rint(corners), 0, CROP_SIZE).astype(int)
    return slice(top, bottom), slice(left, right)


def _shrink_region(image: U8, crop: Crop, factor: int) -> tuple[U8, tuple[int, int]]:
    """Average the crop's part of the frame down by an integer factor; also its top-left frame pixel."""
    half = CROP_SIZE / crop.scale / 2 + 2 * factor
    (x, y), (height, width) = crop.center, image.shape[:2]
    left, top = (int(np.clip(c - half, 0, n - factor)) for c, n in ((x, width), (y, height)))
    columns = max(int(np.clip(x + half, left + factor, width) - left) // factor, 1)
    rows = max(int(np.clip(y + half, top + factor, height) - top) // factor, 1)
    region = image[top : top + rows * factor, left : left + columns * factor]
    return np.asarray(cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8), (
        left,
        top,
    )


def model_columns(square: U8 | F32) -> U8 | F32:
    """The central 192 columns of a square crop, which the try-on network sees: (256, 256, ...) in."""
    start = (CROP_SIZE - MODEL_WIDTH) // 2
    return square[:, start : start + MODEL_WIDTH]
