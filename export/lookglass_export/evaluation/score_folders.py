"""Measuring folders of pictures by a protocol, whoever made the pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from tqdm import tqdm

from lookglass_export.evaluation.backbones import Backbones
from lookglass_export.evaluation.distances import Features, frechet_distance, kernel_distance
from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.protocols import Protocol, check_sizes, open_picture

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Sets:
    """Two folders.

    Attributes:
        pictures: what a method drew.
        truth: photos, all of them: FID compares the sets.
        partners: for each picture, the photo of the same person.
    """

    pictures: Sequence[Path]
    truth: Sequence[Path]
    partners: Sequence[Path]


def open_sets(pictures: Path, truth: Path, *, paired: bool) -> Sets:
    """List two folders, and find each picture's partner.

    A picture's partner is the photo with the longest name that its own begins with: `00006_00.png` and
    `00006_00_00008_00.png` both belong to `00006_00.jpg`.

    Raises:
        EvaluationError: a folder is missing or empty, or a picture of a paired set has no partner.
    """
    found, photos = _listed(pictures), _listed(truth)
    by_stem = {path.stem: path for path in photos}
    stems = [_partner(path.stem, by_stem) for path in found] if paired else []
    if None in stems:
        lonely = found[stems.index(None)]
        raise EvaluationError(
            f"{lonely} begins with no photo's name of {truth}: name pictures like the photos of the persons "
            "in them, or score them with --unpaired."
        )
    return Sets(found, photos, [by_stem[stem] for stem in stems if stem is not None])


def measure(protocol: Protocol, sets: Sets, names: Sequence[str], backbones: Backbones) -> dict[str, float]:
    """The named scores; those of pairs first, as the networks are one at a time.

    Raises:
        EvaluationError: a backbone is not at hand, a file is no picture, or sizes differ.
    """
    scores = {}
    for name, make in protocol.pair_scores.items():
        if name in names:
            scores[name] = _mean_of_pairs(protocol, sets, make(backbones), name)
    distances = [name for name in protocol.set_scores if name in names]
    if distances:
        network = backbones.inception()
        size = open_picture(sets.pictures[0]).size if protocol.aligned_sets else None
        found = _features(protocol, network, sets.pictures)
        truth = _features(protocol, network, sets.truth, align_to=size)
        if "fid" in distances:
            scores["fid"] = frechet_distance(found, truth)
        if "kid" in distances:
            scores["kid"] = kernel_distance(found, truth) * (protocol.kernel_scale or 1)
    return scores


def describe(sets: Sets) -> dict[str, Any]:
    """How many pictures of what size: FID of 400 and of 2,000 pictures are not comparable."""
    width, height = open_picture(sets.pictures[0]).size
    return {"pictures": len(sets.pictures), "truth": len(sets.truth), "resolution": [width, height]}


def _mean_of_pairs(
    protocol: Protocol, sets: Sets, score: Callable[[Image.Image, Image.Image], float], name: str
) -> float:
    values = []
    pairs = zip(sets.pictures, sets.partners, strict=True)
    with torch.no_grad():
        for path, partner in tqdm(list(pairs), desc=name, unit="pair", mininterval=2):
            picture = open_picture(path)
            truth = protocol.align(open_picture(partner), picture.size)
            check_sizes(picture, truth, path)
            values.append(score(picture, truth))
    return float(np.mean(values))


def _features(
    protocol: Protocol, network: nn.Module, paths: Sequence[Path], align_to: tuple[int, int] | None = None
) -> Features:
    def prepared(path: Path) -> Tensor:
        picture = open_picture(path)
        return protocol.to_inception(protocol.align(picture, align_to) if align_to else picture)

    device, rows = next(network.parameters()).device, []
    with torch.no_grad():
        for first in tqdm(range(0, len(paths), _BATCH), "Inception", unit="batch", mininterval=2):
            batch = torch.stack([prepared(path) for path in paths[first : first + _BATCH]])
            rows.append(network(batch.to(device)).cpu().numpy())
    return np.concatenate(rows)


def _partner(stem: str, photos: dict[str, Path]) -> str | None:
    return next((stem[:end] for end in range(len(stem), 0, -1) if stem[:end] in photos), None)


def _listed(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is no folder of pictures.")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise EvaluationError(f"{folder} holds no pictures ({', '.join(SUFFIXES)}).")
    return found
