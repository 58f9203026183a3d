"""DressCode, 1024x768: a folder and pairs lists for each category."""

from pathlib import Path

from lookglass.types import F32
from lookglass_export.datasets.errors import DatasetError
from lookglass_export.datasets.folder import Dataset
from lookglass_export.datasets.keypoints import read_dresscode
from lookglass_export.datasets.labels import ATR
from lookglass_export.datasets.layout import Files, Layout, Pair, Place
from lookglass_export.datasets.pairs_file import CATEGORIES, Row, read_pairs

FOLDERS = {"upper": "upper_body", "lower": "lower_body", "dress": "dresses"}
_LISTS = {
    ("train", True): "train_pairs.txt",
    ("test", True): "test_pairs_paired.txt",
    ("test", False): "test_pairs_unpaired.txt",
}
LAYOUT = Layout(
    Place(("images",)),
    Place(("images",)),
    # Not of DressCode itself, which has no garment masks, but what others lay beside it.
    Place(("edge", "cloth_mask", "cloth-mask"), ("{stem}.png", "{stem}.jpg")),
    Place(("label_maps",), ("{number}_4.png",)),
    Place(("keypoints",), ("{number}_2.json",)),
)


class DressCode(Dataset):
    """A folder with any of upper_body, lower_body and dresses."""

    kind = "dresscode"
    title = "DressCode"
    expected = "upper_body/images, lower_body/images or dresses/images"
    palette = ATR

    @classmethod
    def holds(cls, folder: Path) -> bool:
        """Whether a category is there."""
        return any((folder / name / "images").is_dir() for name in FOLDERS.values())

    @property
    def splits(self) -> tuple[str, ...]:
        """Those of train and test that have a list."""
        return tuple(dict.fromkeys(split for split, paired in _LISTS if self._lists(split, paired)))

    def pairs(self, split: str, *, paired: bool = True) -> list[Pair]:
        """Each person with the garment they wear, or, unpaired, with another of the same category.

        Raises:
            DatasetError: there is no such list, or the category of a line cannot be told.
        """
        lists = self._lists(split, paired)
        if not lists:
            wanted = _LISTS.get((split, paired), f"{split}_pairs_unpaired.txt, which DressCode does not have")
            raise DatasetError(
                f"{self.root} has no {'' if paired else 'un'}paired {split} pairs: no {wanted}."
            )
        return [
            Pair(row.person, row.garment, split, row.category or self._category(file, row))
            for file in lists
            for row in read_pairs(file)
        ]

    def files(self, pair: Pair) -> Files:
        """Where the pair's files are, or should be."""
        return LAYOUT.files(self.root / FOLDERS[pair.category], pair)

    def landmarks(self, path: Path, size: tuple[int, int]) -> F32:
        """DressCode's own format."""
        return read_dresscode(path, size)

    def _lists(self, split: str, paired: bool) -> list[Path]:
        """The categories' lists; one beside the categories counts where they have none."""
        name = _LISTS.get((split, paired))
        if name is None:
            return []
        files = [self.root / folder / name for folder in FOLDERS.values()]
        return [file for file in files if file.is_file()] or [f for f in [self.root / name] if f.is_file()]

    def _category(self, file: Path, row: Row) -> str:
        if file.parent.name in CATEGORIES and file.parent != self.root:
            return CATEGORIES[file.parent.name]
        for category, folder in FOLDERS.items():
            if (self.root / folder / "images" / row.person).is_file():
                return category
        raise DatasetError(f"{file} does not say of which category {row.person} is, and no category has it.")
