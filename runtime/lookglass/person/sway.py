"""How far a person who hardly moves has moved, told by the picture.

Landmarks tremble by more than a person sways or a camera shakes, so a filter that stills them stands still
where the picture does not. The picture itself tells a fraction of a pixel.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.person.crop import CROP_SIZE, crop_matrix
from lookglass.person.motion import common, luminance, moments
from lookglass.types import F32, U8, Crop, Person

_SIDE = 128
_FARTHEST = 1.0
"""Cells, of which the crop has about 128, beyond which one step says nothing: then landmarks must do."""


class Sway:
    """Compares the surroundings of the person last seen with the next frame."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past."""
        self._last: tuple[_Grid, F32, F32] | None = None
        self._now: tuple[U8, _Grid, F32] | None = None
        self._frame_shape: tuple[int, ...] = ()

    def see(self, image: U8, person: Person) -> None:
        """Remember a person in a frame, (H, W, 3) uint8 BGR, to be found again in the next."""
        grid = _Grid.over(person.crop, image)
        self._last = None if grid is None else (grid, self._sampled(image, grid), grid.weigh(person))
        self._now = None
        self._frame_shape = image.shape

    def __call__(self, image: U8) -> F32:
        """How far the person has moved since then, (2,) float32 frame pixels; zero where that is far.

        Args:
            image: (H, W, 3) uint8 BGR, the next frame.
        """
        if self._last is None or image.shape != self._frame_shape:
            return np.zeros(2, np.float32)
        grid, last, weight = self._last
        self._now = (image, grid, grid.sample(image))
        shift = common(moments(last, self._now[2], weight))
        return shift * np.float32(grid.factor * (np.hypot(*shift) < _FARTHEST))

    def _sampled(self, image: U8, grid: "_Grid") -> F32:
        """Who hardly moves is in the same cells, and these were sampled to tell how far that is."""
        if self._now is not None and self._now[0] is image and self._now[1] == grid:
            return self._now[2]
        return grid.sample(image)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Cells of `factor` by `factor` pixels over a rectangle of the frame."""

    left: int
    top: int
    columns: int
    rows: int
    factor: int

    @staticmethod
    def over(crop: Crop, image: U8) -> "_Grid | None":
        """The part of a crop that lies in the frame; None where that is next to nothing."""
        half, size = CROP_SIZE / crop.scale / 2, np.array(image.shape[1::-1])
        first = np.clip(np.rint(np.subtract(crop.center, half)), 0, size).astype(int)
        last = np.clip(np.rint(np.add(crop.center, half)), 0, size).astype(int)
        factor = max(round(2 * half / _SIDE), 1)
        columns, rows = ((last - first) // factor).tolist()
        return _Grid(int(first[0]), int(first[1]), columns, rows, factor) if min(columns, rows) > 8 else None

    def sample(self, image: U8) -> F32:
        """(rows, columns) luminance of the cells."""
        height, width = self.rows * self.factor, self.columns * self.factor
        part = image[self.top : self.top + height, self.left : self.left + width]
        return luminance(part, (self.columns, self.rows))

    def weigh(self, person: Person) -> F32:
        """(rows, columns) how far the cells show the person."""
        matrix = crop_matrix(person.crop).astype(np.float64)
        corner = np.array([self.left, self.top]) + (self.factor - 1) / 2
        matrix[:, 2] += matrix[:, :2] @ corner
        matrix[:, :2] *= self.factor
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return np.asarray(cv2.warpAffine(person.mask, matrix, (self.columns, self.rows), flags=flags))
