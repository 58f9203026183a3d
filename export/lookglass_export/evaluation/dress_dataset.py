"""Dressing a data set's persons with a bundle, as the runtime would, and the overlap of warp and garment."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lookglass import TryOn, pictures
from lookglass.compose import draw, overlay
from lookglass.errors import GarmentError, PersonNotFoundError
from lookglass.finish import finish
from lookglass.types import U8
from lookglass_export.datasets import LABELS, Dataset, Item
from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.metrics import alpha_iou

WORN = (LABELS.index("top"), LABELS.index("dress"))
"""Labels of the garment worn: parsers take a long top for a dress."""


@dataclass
class Dressed:
    """What came of a run.

    Attributes:
        pictures: the dressed persons' pictures, named like their photos.
        truth: the persons' photos.
        warp_iou: overlap of the drawn garment with the parsed one, of each paired picture that was dressed
            and has a parse map.
        refused: why persons were left as they are, and how many of them.
    """

    pictures: list[Path] = field(default_factory=list)
    truth: list[Path] = field(default_factory=list)
    warp_iou: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)


def dress_dataset(
    mirror: TryOn, dataset: Dataset, split: str, out: Path, *, paired: bool, limit: int | None = None
) -> Dressed:
    """Write each pair's person in its garment as a PNG file.

    Where the runtime would draw nothing, as nobody is found or the photo shows no garment on a plain ground,
    the person's own photo is written: leaving it out would score the easy pairs alone.

    Args:
        mirror: the bundle.
        dataset: the data set.
        split: "train" or "test".
        out: folder of the pictures, made if need be.
        paired: whether everybody is dressed in the garment they wear, or in that of the list.
        limit: take the first pairs alone.

    Raises:
        EvaluationError: there are no pairs of the bundle's categories.
        DatasetError: a pair's files are missing or damaged, or there is no such list.
        PictureError: a picture cannot be written.
    """
    categories = mirror.bundle.manifest.categories
    pairs = [pair for pair in dataset.pairs(split, paired=paired) if pair.category in categories][:limit]
    if not pairs:
        raise EvaluationError(
            f"{dataset.root} has no {split} pairs of {' or '.join(categories)}, all that the bundle dresses."
        )
    out.mkdir(parents=True, exist_ok=True)
    dressed = Dressed()
    for pair in tqdm(pairs, "dressing", unit="pair", mininterval=2):
        path = out / f"{Path(pair.person).stem}.png"
        pictures.write(path, _dress(mirror, dataset.open(pair), dressed, paired=paired))
        dressed.pictures.append(path)
        dressed.truth.append(dataset.files(pair).person)
    return dressed


def _dress(mirror: TryOn, item: Item, dressed: Dressed, *, paired: bool) -> U8:
    try:
        garment = mirror.garment(_photo(item), name=item.pair.garment, category=item.pair.category)
        person = mirror.person(item.person, item.pair.category)
    except (GarmentError, PersonNotFoundError) as error:
        dressed.refused[type(error).__name__] += 1
        return item.person
    layers = finish(mirror.layers(person, garment), person, garment.garment)
    drawing = draw(item.person.shape[:2], person.crop, garment.garment, layers)
    if paired and item.parse is not None:
        alpha = np.zeros(item.parse.shape, np.float32)
        if drawing is not None:
            alpha[drawing.region.slices] = drawing.garment_alpha
        dressed.warp_iou.append(alpha_iou(alpha, np.isin(item.parse, WORN), np.ones(alpha.shape, bool)))
    return overlay(item.person, drawing)


def _photo(item: Item) -> U8:
    """The garment's photo, cut out by its mask where there is one."""
    return item.garment if item.garment_mask is None else np.dstack([item.garment, item.garment_mask])
