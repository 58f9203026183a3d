"""Data sets whose file names say who wears what, beside one unpaired list for each split."""

from abc import abstractmethod
from pathlib import Path

from lookglass_export.datasets.errors import DatasetError
from lookglass_export.datasets.folder import Dataset
from lookglass_export.datasets.layout import Files, Layout, Pair
from lookglass_export.datasets.pairs_file import read_pairs

SPLITS = ("train", "test")


class ListedDataset(Dataset):
    """VITON and VITON-HD: a folder and a list for each split, upper garments alone.

    The list's second column is the garment to try on, not the one worn, but for copies that list the garment
    worn; so the garment worn is always taken by its name.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        places = {split: self.place(root, split) for split in SPLITS}
        self.places = {split: place for split, place in places.items() if place is not None}

    @classmethod
    @abstractmethod
    def place(cls, folder: Path, split: str) -> tuple[Path, Layout] | None:
        """Where a split lies, and in which layout; None if it is not there."""

    @abstractmethod
    def worn(self, person: str) -> str:
        """Name of the garment that a person wears."""

    @classmethod
    def holds(cls, folder: Path) -> bool:
        """Whether either split is there."""
        return any(cls.place(folder, split) for split in SPLITS)

    @property
    def splits(self) -> tuple[str, ...]:
        """Those of train and test that are there."""
        return tuple(self.places)

    def pairs(self, split: str, *, paired: bool = True) -> list[Pair]:
        """Each person of the list, or of the folder where it has no list, with the garment they wear.

        Unpaired, with the garment of the list.

        Raises:
            DatasetError: the split is not there, or has no unpaired list.
        """
        base, layout = self._split(split)
        names = ("", "_paired", "_unpaired") if paired else ("_unpaired", "")
        files = [root / f"{split}_pairs{name}.txt" for name in names for root in (self.root, base)]
        file = next((file for file in files if file.is_file()), None)
        rows = read_pairs(file) if file else []
        if paired:
            persons = dict.fromkeys(row.person for row in rows) if file else layout.persons(base)
            return [Pair(person, self.worn(person), split) for person in persons]
        if all(row.garment == self.worn(row.person) for row in rows):
            raise self._no_list(split, file, files[0])
        return [Pair(row.person, row.garment, split) for row in rows]

    def files(self, pair: Pair) -> Files:
        """Where the pair's files are, or should be."""
        base, layout = self._split(pair.split)
        return layout.files(base, pair)

    def _split(self, split: str) -> tuple[Path, Layout]:
        if split not in self.places:
            raise DatasetError(f"{self.root} has no split {split}; it has {' and '.join(self.splits)}.")
        return self.places[split]

    def _no_list(self, split: str, file: Path | None, wanted: Path) -> DatasetError:
        what = (
            f"{file} lists everybody with the garment they wear" if file else f"{self.root} has no pairs list"
        )
        return DatasetError(
            f"{what}: there are no unpaired {split} pairs. Take paired ones, or add {wanted.name}."
        )
