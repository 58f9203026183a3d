"""VITON, 256x192, in the two packings that are in circulation; the first publication was withdrawn."""

from pathlib import Path

from lookglass_export.datasets.labels import ACGPN, LIP
from lookglass_export.datasets.layout import PICTURES, Layout, Place
from lookglass_export.datasets.listed import ListedDataset

_POSE = ("{stem}_keypoints.json", "{stem}.json")
_TOP_FOLDERS = {"train": "VITON_traindata", "test": "VITON_test"}

NESTED = Layout(
    Place(("image",)),
    Place(("cloth",)),
    Place(("cloth-mask",), ("{name}", "{stem}.png")),
    Place(("image-parse",), ("{stem}.png",)),
    Place(("pose",), _POSE),
)
"""CP-VTON's: `train/image/000001_0.jpg`, `train/cloth/000001_1.jpg`; parse maps with LIP's labels."""


def flat(split: str) -> Layout:
    """PF-AFN's: `VITON_test/test_img/000001_0.jpg`, `VITON_test/test_color/000001_1.jpg`; ACGPN's labels."""
    return Layout(
        Place((f"{split}_img",)),
        Place((f"{split}_color", f"{split}_clothes")),
        Place((f"{split}_edge",), ("{name}", "{stem}.png")),
        Place((f"{split}_label",), ("{stem}.png", "{stem}.jpg")),
        Place((f"{split}_pose",), _POSE),
    )


class Viton(ListedDataset):
    """A folder with VITON_traindata and VITON_test, one of these two, or CP-VTON's train and test."""

    kind = "viton"
    title = "VITON"
    expected = "VITON_traindata/train_img, VITON_test/test_img, or train/image with names like 000001_0.jpg"

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        is_nested = any(layout is NESTED for _, layout in self.places.values())
        self.palette = LIP if is_nested else ACGPN

    @classmethod
    def place(cls, folder: Path, split: str) -> tuple[Path, Layout] | None:
        """Where a split lies, and in which layout."""
        layout = flat(split)
        for base in (folder / _TOP_FOLDERS[split], folder):
            if layout.in_split(base):
                return base, layout
        return (folder / split, NESTED) if is_numbered(folder / split / "image") else None

    def worn(self, person: str) -> str:
        """`000001_0.jpg` wears `000001_1.jpg`."""
        number, _, rest = person.rpartition("_")
        return f"{number}_1{rest[1:]}"


def is_numbered(folder: Path) -> bool:
    """Whether person pictures end in `_0`, as VITON's do; VITON-HD's end in `_00`."""
    if not folder.is_dir():
        return False
    first = next((file for file in folder.iterdir() if file.suffix.lower() in PICTURES), None)
    return first is not None and first.stem.rpartition("_")[2] == "0"
