"""The garment frame: a square around the garment, its longer side filling 1 / 1.08 of it."""

import math
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from lookglass.types import F32, U8

Pixels = TypeVar("Pixels", U8, F32)

MARGIN = 1.08
MAX_TEXTURE = 2048
_MIN_TEXTURE = 256


@dataclass(frozen=True, slots=True)
class GarmentFrame:
    """The square of a photo that becomes the garment frame.

    Attributes:
        center: (x, y) of its centre, photo pixels.
        side: its side, photo pixels.
        size: side of the texture it is resampled to, pixels.
    """

    center: tuple[float, float]
    side: float
    size: int

    def cut(self, picture: Pixels) -> Pixels:
        """Resample (H, W, ...) of the photo's size to (size, size, ...), padded by replication."""
        factor = int(self.side / self.size)
        if factor >= 2:
            return self._shrunk(picture, factor)
        scale = self.size / self.side
        middle, (x, y) = (self.size - 1) / 2, self.center
        matrix = np.array([[scale, 0, middle - scale * x], [0, scale, middle - scale * y]])
        flags = cv2.INTER_LINEAR if scale <= 1 else cv2.INTER_CUBIC
        size = (self.size, self.size)
        warped = cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return warped.astype(picture.dtype, copy=False)

    def _shrunk(self, picture: Pixels, factor: int) -> Pixels:
        """Average down by an integer first, so that a large photo does not alias."""
        width, height = picture.shape[1] // factor, picture.shape[0] // factor
        small = cv2.resize(
            picture[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA
        )
        x, y = ((c - (factor - 1) / 2) / factor for c in self.center)
        frame = GarmentFrame((x, y), self.side / factor, self.size)
        return frame.cut(small.astype(picture.dtype, copy=False))


def garment_frame(mask: F32, photo_size: tuple[int, int]) -> GarmentFrame:
    """Place the frame around a garment.

    Args:
        mask: (h, w) float32 in [0, 1], the garment, in any size of the photo's shape; not empty.
        photo_size: (height, width) of the photo, pixels.

    Example:
        >>> mask = np.zeros((100, 100), np.float32)
        >>> mask[10:60, 40:60] = 1
        >>> garment_frame(mask, (1000, 1000))
        GarmentFrame(center=(499.5, 349.5), side=540.0, size=540)
    """
    x, y, width, height = cv2.boundingRect((mask > 0.5).astype(np.uint8))
    scale_x, scale_y = photo_size[1] / mask.shape[1], photo_size[0] / mask.shape[0]
    center = ((x + width / 2) * scale_x - 0.5, (y + height / 2) * scale_y - 0.5)
    side = MARGIN * max(width * scale_x, height * scale_y)
    return GarmentFrame(center, side, min(MAX_TEXTURE, max(_MIN_TEXTURE, math.ceil(side))))
