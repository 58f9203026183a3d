"""The clean plate: what is really behind a person, remembered from when they stood elsewhere.

A running mean of the background in front of a still camera. It follows changes of light by a gain for each
colour, measured where the background is in view now, and forgets everything once too much of that differs:
then the camera has moved.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, crop_matrix, shown
from lookglass.types import F32, U8, Backdrop, Person

HEIGHT_PX: Final = 240
"""Height of the plate; the person crop it is looked up from is seldom finer."""
_EVERY = 4
"""Frames from one look to the next: backgrounds do not hurry."""
_SHARE = 0.125
_EMPTY = 30
"""Frames without a person after which there really is none: before, somebody was merely lost from sight."""
_FREE_MASK, _MARGIN_PX = 0.1, 9
"""Person probability, in a neighbourhood of so many crop pixels, below which the background is in view."""
_MOVED_LEVELS, _MOVED_SHARE = 24.0, 0.3
"""Once this share of the pixels differs by more than these levels of 255, the camera has moved."""
_SETTLED = 4
"""Looks at a still camera's frames before the plate is believed."""
_SPARSE = 4
"""Every how manieth pixel of the plate, each way, is compared."""
_ENOUGH = 100
_HIDDEN = 1


class CleanPlate:
    """Watches the frames of one camera."""

    def __init__(self) -> None:
        self._frame_size = (0, 0)
        self._frames = self._alone = self._looks = 0
        self._mean: F32 = np.zeros((1, 1, 3), np.float32)
        self._lit: U8 = np.zeros((1, 1, 3), np.uint8)
        self._known: U8 = np.zeros((1, 1), np.uint8)
        self._gain: F32 = np.ones(3, np.float32)

    def see(self, image: U8, people: Sequence[Person]) -> None:
        """Learn what is in view behind the person.

        Args:
            image: (H, W, 3) uint8 BGR, the next frame.
            people: the person in it, in each crop that was cut; after a while without any all of it is
                background.
        """
        if image.shape[:2] != self._frame_size:
            self._frame_size = image.shape[:2]
            self._frames = 0
            factor = max(round(image.shape[0] / HEIGHT_PX), 1)
            rows, columns = (max(side // factor, 1) for side in self._frame_size)
            self._forget((rows, columns))
        self._frames += 1
        self._alone = 0 if people else self._alone + 1
        if self._frames % _EVERY != 1 or 0 < self._alone < _EMPTY:
            return
        rows, columns = self._known.shape
        small = np.asarray(cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
        free = self._free(people)
        self._follow(small, free)
        small = _times(small, np.float32(1) / self._gain)
        cv2.copyTo(small, cv2.bitwise_and(free, cv2.bitwise_not(self._known)), self._mean)
        cv2.accumulateWeighted(small, self._mean, _SHARE, mask=free)
        cv2.bitwise_or(self._known, free, self._known)
        self._looks += 1
        self._lit = np.asarray(cv2.convertScaleAbs(_times(self._mean, self._gain)), np.uint8)

    def behind(self, person: Person) -> Backdrop | None:
        """What is behind a person, as far as known, in today's light; None until the camera rests."""
        if self._looks < _SETTLED:
            return None
        matrix = self._to_crop(person)
        size, flags = (MODEL_WIDTH, CROP_SIZE), cv2.INTER_LINEAR
        picture = cv2.warpAffine(self._lit, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        known = cv2.warpAffine(self._known, matrix, size, flags=flags)
        sure = np.asarray(np.clip(known * np.float32(2 / 255) - 1, 0, 1), np.float32)
        return Backdrop(np.asarray(picture, np.uint8), sure)

    def _forget(self, size: tuple[int, int]) -> None:
        self._looks = 0
        self._mean = np.zeros((*size, 3), np.float32)
        self._lit, self._known = np.zeros((*size, 3), np.uint8), np.zeros(size, np.uint8)
        self._gain = np.ones(3, np.float32)

    def _follow(self, small: F32, free: U8) -> None:
        """Measure today's light where the background is in view; forget the plate if that is another one."""
        every = slice(None, None, _SPARSE)
        both = cv2.bitwise_and(free, self._known)[every, every] > 0
        if both.sum() < _ENOUGH:
            return
        now, then = small[every, every][both], self._mean[every, every][both]
        gain = np.median((now + 1) / (then + 1), axis=0)
        off = np.abs(now - gain * then).max(1) > _MOVED_LEVELS
        if off.mean() > _MOVED_SHARE:
            self._forget(self._known.shape)
        else:
            self._gain = np.asarray(gain, np.float32)

    def _free(self, people: Sequence[Person]) -> U8:
        """(h, w) of the plate: 255 where the frame shows the background; what no crop shows is unknown."""
        if not people:
            return np.full(self._known.shape, 255, np.uint8)
        views = [self._seen(person) for person in people]
        hidden = np.any([view == _HIDDEN for view in views], axis=0)
        return np.asarray(np.where(hidden, 0, np.max(views, axis=0)), np.uint8)

    def _seen(self, person: Person) -> U8:
        """(h, w) of the plate: 255 where a crop shows the background, `_HIDDEN` the person, 0 beyond it."""
        near = cv2.dilate(person.mask, np.ones((_MARGIN_PX, _MARGIN_PX), np.uint8)) < _FREE_MASK
        seen = np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)
        inside = shown(person.crop, self._frame_size)
        seen[inside] = np.where(near[inside], 255, _HIDDEN)
        matrix = self._to_crop(person)
        matrix[0, 2] += (CROP_SIZE - MODEL_WIDTH) / 2
        flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
        size = self._known.shape[::-1]
        return np.asarray(cv2.warpAffine(seen, matrix, size, flags=flags), np.uint8)

    def _to_crop(self, person: Person) -> npt.NDArray[np.float64]:
        """(2, 3) from pixels of the plate to those of the 256x192 crop."""
        matrix = crop_matrix(person.crop).astype(np.float64)
        matrix[0, 2] -= (CROP_SIZE - MODEL_WIDTH) / 2
        rows, columns = self._known.shape
        steps = np.array([self._frame_size[1] / columns, self._frame_size[0] / rows])
        matrix[:, 2] += matrix[:, :2] @ ((steps - 1) / 2)
        matrix[:, :2] *= steps
        return matrix


def _times(picture: F32, gain: npt.NDArray[np.floating]) -> F32:
    return np.asarray(cv2.transform(picture, np.diag(gain)), np.float32)
