"""Colour augmentation: one camera for every picture of a sample, sensor noise for what the network sees."""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass_export.training.scenes import Array


@dataclass(frozen=True, slots=True)
class Camera:
    """White balance, exposure, contrast and gamma of an imagined camera."""

    gain: Array
    gamma: float
    saturation: float

    @staticmethod
    def sample(rng: np.random.Generator) -> "Camera":
        gain = rng.uniform(0.65, 1.25) * rng.uniform(0.88, 1.12, 3)
        return Camera(np.float32(gain), float(rng.uniform(0.75, 1.3)), float(rng.uniform(0.5, 1.3)))

    def __call__(self, picture: Array) -> Array:
        """(..., 3) RGB in [0, 255] -> the same, as this camera would have taken it."""
        grey = picture.mean(-1, keepdims=True)
        picture = grey + (picture - grey) * self.saturation
        return np.float32(255) * np.clip(picture / 255 * self.gain, 0, 1) ** self.gamma


def degrade(picture: Array, rng: np.random.Generator) -> Array:
    """Blur, sensor noise and JPEG, as webcams add them: (H, W, 3) RGB in [0, 255]."""
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.4))
    picture = picture + rng.normal(size=picture.shape).astype(np.float32) * rng.uniform(0, 8)
    picture = np.clip(picture, 0, 255)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture.astype(np.uint8), quality)[1], cv2.IMREAD_COLOR)
    return picture.astype(np.float32)
