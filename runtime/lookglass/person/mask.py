"""Which pixels of the person crop show a person: MediaPipe's selfie segmentation."""

import cv2
import numpy as np

from lookglass.person.crop import CROP_SIZE, crop_matrix, cut, moved, shown
from lookglass.person.graph import Graph, pack
from lookglass.types import F32, U8, Crop

_MEMORY = 0.5
_LEAST = 8
"""Pixels of a crop below which there is nothing to segment."""
_WHOLE = 1.45
"""Side of the square that shows head and feet, in sides of the crop for what is worn below the waist."""


class PersonMask:
    """Segments the person in a square crop.

    Args:
        graph: `person_mask`.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def look(self, image: U8, crop: Crop, category: str) -> tuple[U8, F32]:
        """Cut a crop out of a frame and segment the person in it.

        Legs alone are no person to the network: for what is worn below the waist it sees the whole one.

        Args:
            image: (H, W, 3) uint8 BGR.
            crop: from `person_crop`.
            category: of the garments that the crop is for.

        Returns:
            The crop's picture, (256, 256, 3) uint8 BGR, and the probability of person there, (256, 256)
            float32.
        """
        picture, size = cut(image, crop), image.shape[:2]
        if category != "lower":
            return picture, self(picture, shown(crop, size))
        (x, y), side = crop.center, CROP_SIZE / crop.scale
        whole = Crop(crop.scale / _WHOLE, (x, y - (_WHOLE - 1) / 2 * side))
        return picture, _seen_in(self(cut(image, whole), shown(whole, size)), whole, crop)

    def __call__(self, picture: U8, inside: tuple[slice, slice]) -> F32:
        """Segment a crop.

        The network sees what the crop shows of the frame alone, stretched: padding, repeated pixels above
        all, is taken for arms and legs.

        Args:
            picture: (256, 256, 3) uint8 BGR.
            inside: its rows and columns that are not padding, see `crop.shown`.

        Returns:
            (256, 256) float32, probability of person; its edge repeated into the padding.
        """
        part, size = picture[inside], picture.shape[1::-1]
        if min(part.shape[:2]) < _LEAST:
            return np.zeros(picture.shape[:2], np.float32)
        mask = self._graph(image=pack(np.asarray(cv2.resize(part, size), np.uint8)))["mask"][0, 0]
        rows, columns = inside
        borders = rows.start, len(picture) - rows.stop, columns.start, len(picture) - columns.stop
        mask = cv2.copyMakeBorder(cv2.resize(mask, part.shape[1::-1]), *borders, cv2.BORDER_REPLICATE)
        return np.asarray(mask, np.float32)


class MaskFilter:
    """Steadies masks over time, like MediaPipe's segmentation smoothing: only where the mask is unsure.

    There the last mask counts for at most half, a delay of one frame at the most; where it is sure, nothing
    is delayed. Sensor noise moves the edge of a still person a third less.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next mask is taken as it is."""
        self._last: tuple[F32, Crop] | None = None

    def move(self, by: F32) -> None:
        """Say that what the last mask shows has moved by (2,) frame pixels."""
        if self._last is not None:
            mask, crop = self._last
            self._last = mask, moved(crop, by)

    def __call__(self, mask: F32, crop: Crop) -> F32:
        """Steady the next mask: (256, 256) float32 and the crop that it shows."""
        if self._last is not None:
            last = _seen_in(*self._last, crop)
            mask = np.asarray(mask + 4 * _MEMORY * mask * (1 - mask) * (last - mask), np.float32)
        self._last = mask, crop
        return mask


def _seen_in(mask: F32, crop: Crop, new_crop: Crop) -> F32:
    """A mask of one crop, seen in another."""
    if crop == new_crop:
        return mask
    ratio = crop.scale / new_crop.scale
    old, new = crop_matrix(crop), crop_matrix(new_crop)
    matrix = np.column_stack([np.eye(2) * ratio, old[:, 2] - ratio * new[:, 2]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size, border = (mask.shape[1], mask.shape[0]), cv2.BORDER_REPLICATE
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=flags, borderMode=border), np.float32)
