"""VITON, VITON-HD and DressCode as they ship, for those who hold the licence.

from lookglass_export.datasets import open_dataset

dataset = open_dataset(Path("zalando-hd-resized"))
for pair in dataset.pairs("test", paired=False):
    item = dataset.open(pair)
"""

from pathlib import Path

from lookglass_export.datasets.dresscode import DressCode
from lookglass_export.datasets.errors import DatasetError
from lookglass_export.datasets.folder import Dataset, Item
from lookglass_export.datasets.labels import LABELS
from lookglass_export.datasets.layout import Pair
from lookglass_export.datasets.viton import Viton
from lookglass_export.datasets.viton_hd import VitonHd

__all__ = ["KINDS", "LABELS", "Dataset", "DatasetError", "Item", "Pair", "open_dataset"]

KINDS: dict[str, type[Dataset]] = {kind.kind: kind for kind in (Viton, VitonHd, DressCode)}


def open_dataset(folder: Path, kind: str = "auto") -> Dataset:
    """Recognise a data set's folder, or one around it as a zip file leaves it.

    Args:
        folder: the folder.
        kind: one of `KINDS`, or "auto".

    Returns:
        The data set; nothing but names has been read.

    Raises:
        DatasetError: the folder is missing, or holds none of the layouts, or several.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is no folder; give the one that the data set was unpacked into.")
    wanted = KINDS.values() if kind == "auto" else [KINDS[kind]]
    places = [folder, *sorted(inner for inner in folder.iterdir() if inner.is_dir())]
    found = [(cls, next((place for place in places if cls.holds(place)), None)) for cls in wanted]
    datasets = [cls(place) for cls, place in found if place is not None]
    if len(datasets) == 1:
        return datasets[0]
    if datasets:
        kinds = " and ".join(dataset.kind for dataset in datasets)
        raise DatasetError(f"{folder} holds {kinds}; choose one with --kind.")
    layouts = "; ".join(f"{cls.title}: {cls.expected}" for cls in wanted)
    there = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
    raise DatasetError(f"{folder} is no data set known here. It holds {there}; expected is {layouts}.")
