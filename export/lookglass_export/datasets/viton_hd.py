"""VITON-HD, 1024x768, as first published and as packed again for HR-VITON."""

from pathlib import Path

from lookglass_export.datasets.labels import CIHP
from lookglass_export.datasets.layout import Layout, Place
from lookglass_export.datasets.listed import ListedDataset
from lookglass_export.datasets.viton import is_numbered

LAYOUT = Layout(
    Place(("image",)),
    Place(("cloth",)),
    Place(("cloth-mask",), ("{name}", "{stem}.png")),
    Place(("image-parse-v3", "image-parse"), ("{stem}.png",)),
    Place(("openpose_json", "openpose-json"), ("{stem}_keypoints.json",)),
)


class VitonHd(ListedDataset):
    """A folder with train or test, or the zip file's zalando-hd-resized around them."""

    kind = "viton-hd"
    title = "VITON-HD"
    expected = "train/image or test/image with names like 00006_00.jpg, and cloth beside it"
    palette = CIHP

    @classmethod
    def place(cls, folder: Path, split: str) -> tuple[Path, Layout] | None:
        """Where a split lies, and in which layout."""
        base = folder / split
        there = (base / "image").is_dir() and (base / "cloth").is_dir() and not is_numbered(base / "image")
        return (base, LAYOUT) if there else None

    def worn(self, person: str) -> str:
        """The garment's file has the person's name."""
        return person
