"""`lookglass-export dataset`: recognise a data set's folder, count it, say what is missing, draw some."""

import argparse
import sys
from collections import Counter, defaultdict
from pathlib import Path

from lookglass import pictures
from lookglass.errors import LookglassError
from lookglass_export.datasets import KINDS, Dataset, DatasetError, Pair, open_dataset
from lookglass_export.datasets.parse_map import is_jpeg
from lookglass_export.datasets.sheet import contact_sheet


def main(argv: list[str]) -> None:
    """Entry point; see `--help`. Exits with 1 where files are missing, with 2 after an error."""
    parser = argparse.ArgumentParser(prog="lookglass-export dataset", description=__doc__)
    parser.add_argument("folder", type=Path, help="the data set as it was unpacked")
    parser.add_argument("--kind", choices=("auto", *KINDS), default="auto")
    parser.add_argument("--split", choices=("train", "test"), help="look at this split alone")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help="draw a few pairs")
    parser.add_argument("--pairs", type=int, default=6, metavar="N", help="how many to draw (default: 6)")
    parser.add_argument("--unpaired", action="store_true", help="draw unpaired ones")
    args = parser.parse_args(argv)
    if args.pairs < 1:
        parser.error("--pairs must be 1 or more")
    try:
        dataset = open_dataset(args.folder, args.kind)
        splits = (args.split,) if args.split else dataset.splits
        if not splits:
            raise DatasetError(
                f"{dataset.root} has no pairs lists: unpack {dataset.title}'s .txt files, too."
            )
        print(f"{dataset.title} in {dataset.root}")
        complete = all([report(dataset, split) for split in splits])
        if args.sheet:
            split = args.split or splits[-1]
            draw(dataset, dataset.pairs(split, paired=not args.unpaired), args.sheet, count=args.pairs)
            print(f"{split} pairs drawn: {args.sheet}")
    except LookglassError as error:
        print(f"lookglass-export: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    raise SystemExit(0 if complete else 1)


def report(dataset: Dataset, split: str) -> bool:
    """Print counts and what is missing; return whether everything is there."""
    paired = dataset.pairs(split)
    try:
        unpaired = dataset.pairs(split, paired=False)
    except DatasetError:
        unpaired = []
    for category in dict.fromkeys(pair.category for pair in paired + unpaired):
        counts = [sum(pair.category == category for pair in pairs) for pairs in (paired, unpaired)]
        print(f"{split:5}  {category:5}  {counts[0]:6} paired  {counts[1]:6} unpaired")
    if not paired:
        print(f"{split:5}  no pairs")
    return _report_files(dataset, split, list(dict.fromkeys(paired + unpaired)))


def draw(dataset: Dataset, pairs: list[Pair], sheet: Path, *, count: int) -> None:
    """Write a contact sheet of pairs taken evenly from the list.

    Raises:
        DatasetError: there is nothing to draw, or a pair cannot be read.
        PictureError: the sheet cannot be written.
    """
    if not pairs:
        raise DatasetError(f"{dataset.root} has no pairs to draw.")
    count = min(count, len(pairs))
    some = [pairs[index * len(pairs) // count] for index in range(count)]
    pictures.write(sheet, contact_sheet([dataset.open(pair) for pair in some]))


def _report_files(dataset: Dataset, split: str, pairs: list[Pair]) -> bool:
    """Print kinds of files that are not shipped, that are not there, and parse maps that are JPEGs."""
    missing: dict[str, list[Path]] = defaultdict(list)
    absent: Counter[str] = Counter()
    jpegs: set[Path] = set()
    for pair in pairs:
        files = dataset.files(pair)
        for kind, path in files.named().items():
            if path is None:
                absent[kind] += 1
            elif not path.is_file():
                missing[kind].append(path)
            elif path is files.parse and is_jpeg(path):
                jpegs.add(path)
    for kind in absent:
        print(f"{split:5}  no {kind} shipped for {absent[kind]} of {len(pairs)} pairs")
    for kind, paths in missing.items():
        print(f"{split:5}  {len(set(paths))} files of {kind} missing, the first is {paths[0]}")
    if jpegs:
        print(f"{split:5}  {len(jpegs)} parse maps are JPEGs: their labels are uncertain along edges")
    return not missing
