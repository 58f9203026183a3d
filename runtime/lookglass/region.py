"""The part of the frame that is drawn on, and how layers reach it."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH
from lookglass.types import F32, U8, Crop

_MAX_STEP = 16
_SMOOTH_CELL = 3.0
"""Cells wider than this, in frame pixels, show kinks unless they are enlarged smoothly."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the frame inside the try-on network's window of a person crop.

    Attributes:
        left, top, width, height: frame pixels.
        crop: the crop that the layers span.
    """

    left: int
    top: int
    width: int
    height: int
    crop: Crop

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns of the frame."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def within(self, other: "Region") -> tuple[slice, slice]:
        """Rows and columns of a region that this one lies in."""
        top, left = self.top - other.top, self.left - other.left
        return slice(top, top + self.height), slice(left, left + self.width)

    def sample(self, layer: F32) -> F32:
        """Bring a layer that spans the window to the region's pixels.

        Large cells are halved smoothly (bicubic) so that straight lines keep no kinks; from cells to pixels a
        whole factor leads, bilinearly, which costs an eighth of sampling each pixel.

        Args:
            layer: (h, w) or (h, w, c) float32.

        Returns:
            (height, width) or (height, width, c) float32.
        """
        return np.asarray(self._fill(*self._coarse(layer)), np.float32)

    def sample_bytes(self, layers: F32) -> list[U8]:
        """The same for layers in [0, 1], (h, w, c), as bytes: a quarter of the memory to go through.

        Returns:
            For each layer (height, width) uint8; they are parted while they are small.
        """
        coarse, step = self._coarse(layers)
        levels = cv2.split(cv2.addWeighted(coarse, 255, coarse, 0, 0, dtype=cv2.CV_8U))  # Rounds, saturates.
        return [np.asarray(self._fill(np.asarray(level, np.uint8), step), np.uint8) for level in levels]

    def _coarse(self, layer: F32) -> tuple[F32, int]:
        """The layer at every `step`-th pixel of the region, and the step."""
        rows, columns = layer.shape[:2]
        if 1 / window_map(self.crop, (rows, columns))[0][0] > _SMOOTH_CELL:
            rows, columns = 2 * rows, 2 * columns
            layer = np.asarray(cv2.resize(layer, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)
        scale, offset = window_map(self.crop, (rows, columns))
        step = min(max(round(1 / scale[0]), 1), _MAX_STEP)
        shift = scale * (np.array([self.left, self.top]) + (step - 1) / 2) + offset
        matrix = np.array([[scale[0] * step, 0, shift[0]], [0, scale[1] * step, shift[1]]])
        size = (-(-self.width // step), -(-self.height // step))
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        coarse = cv2.warpAffine(layer, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(coarse, np.float32), step

    def _fill(self, coarse: F32 | U8, step: int) -> npt.NDArray[np.generic]:
        size = (coarse.shape[1] * step, coarse.shape[0] * step)
        full = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[: self.height, : self.width])


def region(support: npt.NDArray[np.bool_], crop: Crop, frame_size: tuple[int, int]) -> Region | None:
    """The smallest region that holds all of a layer's support, with the reach of its interpolation.

    Args:
        support: (h, w) bool, where a layer that spans the window is not zero.
        crop: the person crop.
        frame_size: (height, width) of the frame.

    Returns:
        The region; None where nothing of it lies inside the frame.
    """
    x, y, width, height = cv2.boundingRect(support.astype(np.uint8))
    if width == 0:
        return None
    scale, offset = window_map(crop, support.shape)
    # Bicubic interpolation reaches two cells; the window ends half a cell beyond its last centre.
    low = np.maximum(np.array([x, y]) - 2.0, -0.5)
    high = np.minimum(np.array([x + width, y + height]) + 1.0, np.array(support.shape[::-1]) - 0.5)
    first = np.maximum(np.ceil((low - offset) / scale), 0).astype(int)
    last = np.minimum(np.floor((high - offset) / scale), np.array(frame_size[::-1]) - 1).astype(int)
    if (last < first).any():
        return None
    columns, rows = (last - first + 1).tolist()
    return Region(int(first[0]), int(first[1]), columns, rows, crop)


@lru_cache(maxsize=16)  # A frame asks for few, thirty times.
def window_map(crop: Crop, grid: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Scale and offset, (2,) each and read-only, from frame pixels to cells of a (height, width) grid."""
    cells = np.array([grid[1] / MODEL_WIDTH, grid[0] / MODEL_HEIGHT])
    start = np.array([(CROP_SIZE - MODEL_WIDTH) / 2, 0.0])
    offset = ((CROP_SIZE - 1) / 2 - crop.scale * np.array(crop.center) - start + 0.5) * cells - 0.5
    scale = crop.scale * cells
    scale.flags.writeable = offset.flags.writeable = False
    return scale, offset
