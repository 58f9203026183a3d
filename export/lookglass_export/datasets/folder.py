"""What the data sets have in common: a folder with pairs, and the item that a pair becomes."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from lookglass import pictures
from lookglass.types import F32, U8
from lookglass_export.datasets.errors import DatasetError
from lookglass_export.datasets.keypoints import read_openpose
from lookglass_export.datasets.labels import Palette
from lookglass_export.datasets.layout import Files, Pair
from lookglass_export.datasets.parse_map import read_parse


@dataclass(frozen=True, slots=True)
class Item:
    """A pair, read.

    Attributes:
        pair: what it is.
        person: (H, W, 3) uint8 BGR.
        garment: (h, w, 3) uint8 BGR.
        garment_mask: (h, w) uint8, 255 on the garment, else 0; None where the folder ships none.
        parse: (H, W) uint8, an index into `LABELS`; None where the folder ships none.
        landmarks: (33, 5) float32 in MediaPipe's order, x, y in person pixels, confidence, 1 where inside, 0;
            zero where not known; None where the folder ships none.
    """

    pair: Pair
    person: U8
    garment: U8
    garment_mask: U8 | None
    parse: U8 | None
    landmarks: F32 | None


class Dataset(ABC):
    """A data set's folder as it ships.

    Args:
        root: the folder that `locate` found.
    """

    kind: ClassVar[str]
    title: ClassVar[str]
    expected: ClassVar[str]
    """One sentence on what the folder must hold."""
    palette: Palette

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    @abstractmethod
    def holds(cls, folder: Path) -> bool:
        """Whether the folder is one of this data set's."""

    @property
    @abstractmethod
    def splits(self) -> tuple[str, ...]:
        """Those of train and test that are there."""

    @abstractmethod
    def pairs(self, split: str, *, paired: bool = True) -> list[Pair]:
        """Each person with the garment they wear, or, unpaired, with the one that the list gives."""

    @abstractmethod
    def files(self, pair: Pair) -> Files:
        """Where the pair's files are, or should be."""

    def missing(self, pair: Pair) -> Iterator[Path]:
        """The pair's files that are not there."""
        for path in self.files(pair).named().values():
            if path is not None and not path.is_file():
                yield path

    def open(self, pair: Pair) -> Item:
        """Read a pair.

        Raises:
            DatasetError: a file is missing, has the wrong size, or holds what it should not.
            PictureError: a picture is damaged.
        """
        for path in self.missing(pair):
            raise DatasetError(
                f"{path} is missing; the pair {pair.person} {pair.garment} of {self.title} needs it. "
                "Unpack the data set again."
            )
        files = self.files(pair)
        person, garment = pictures.read(files.person), pictures.read(files.garment)
        size = person.shape[1], person.shape[0]
        mask = None if files.mask is None else _mask(files.mask)
        parse = None if files.parse is None else read_parse(files.parse, self.palette)
        _check_size(files.mask, mask, files.garment, garment)
        _check_size(files.parse, parse, files.person, person)
        points = None if files.keypoints is None else self.landmarks(files.keypoints, size)
        return Item(pair, person, garment, mask, parse, points)

    def landmarks(self, path: Path, size: tuple[int, int]) -> F32:
        """Key points of a file, for a person picture of that width and height."""
        return read_openpose(path, size)


def _mask(path: Path) -> U8:
    """JPEG masks ring at the edge: half and more is garment."""
    return np.where(pictures.read(path)[..., 0] >= 128, np.uint8(255), np.uint8(0))


def _check_size(path: Path | None, image: U8 | None, of: Path, reference: U8) -> None:
    if image is not None and image.shape[:2] != reference.shape[:2]:
        (height, width), (wanted_height, wanted_width) = image.shape[:2], reference.shape[:2]
        raise DatasetError(
            f"{path} has {width} x {height} pixels, but {of} has {wanted_width} x {wanted_height}: "
            "they are from copies of different size. Take both from one."
        )
