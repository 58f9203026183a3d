"""Render samples with several processes; what exists is kept, so a stopped run goes on."""

import argparse
import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from lookglass_export.data.contact_sheet import contact_sheet
from lookglass_export.data.factor_sheet import factor_sheet
from lookglass_export.data.spec import CATALOGUES, STREAMS

_STATE: dict[str, object] = {}


def main(argv: Sequence[str] | None = None) -> int:
    """Command line: render samples, or `contact-sheet DIR out.png`."""
    parser = argparse.ArgumentParser(prog="lookglass-export data", description="Render training samples.")
    parser.add_argument("--out", type=Path, help="folder for scene_XXXXXX.npz files")
    parser.add_argument("--stream", choices=[*STREAMS, *CATALOGUES], default="train")
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--count", type=int, default=8)
    parser.add_argument("--workers", type=int, default=1)
    commands = parser.add_subparsers(dest="command")
    sheet = commands.add_parser("contact-sheet", help="draw samples to look at")
    sheet.add_argument("folder", type=Path)
    sheet.add_argument("target", type=Path)
    sheet.add_argument("--scenes", type=int, default=4)
    sheet.add_argument("--by", metavar="FACTOR", help="a line for each value of pose, hair, light, kind, ...")
    options = parser.parse_args(argv)
    if options.command == "contact-sheet":
        if options.by:
            factor_sheet(options.folder, options.target, options.by)
        else:
            contact_sheet(options.folder, options.target, scenes=options.scenes)
        return 0
    if options.out is None:
        parser.error("say where to write with --out DIR")
    generate(
        options.out, options.stream, range(options.start, options.start + options.count), options.workers
    )
    return 0


def scene_path(folder: Path, index: int) -> Path:
    """The file of one scene."""
    return folder / f"scene_{index:06d}.npz"


def generate(folder: Path, stream: str, indices: range, workers: int) -> None:
    """Render the missing scenes of a range into a folder; of a catalogue, product photos alone."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [i for i in indices if not scene_path(folder, i).exists()]
    # Every process draws on one thread; set before Mesa and the BLAS libraries load in the children.
    os.environ.update({name: "1" for name in ("LP_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")})
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, initializer=_start, initargs=(folder, stream)) as pool:
        for _ in tqdm(pool.imap_unordered(_render, missing), total=len(missing), unit="scene"):
            pass


def _start(folder: Path, stream: str) -> None:
    import cv2

    from lookglass_export.data.scene import Studio
    from lookglass_export.data.trackers import Trackers

    cv2.setNumThreads(1)
    _STATE.update(folder=folder, stream=stream, studio=Studio(), trackers=Trackers())


def _render(index: int) -> None:
    from lookglass_export.data.catalogue import make_catalogue
    from lookglass_export.data.dress_sample import make_dress_sample
    from lookglass_export.data.lower_sample import make_lower_sample
    from lookglass_export.data.sample import make_sample
    from lookglass_export.data.spec import category_of

    folder, stream, studio = _STATE["folder"], _STATE["stream"], _STATE["studio"]
    if stream in CATALOGUES:
        sample = make_catalogue(studio, stream, index)  # type: ignore[arg-type]
    else:
        make = {"upper": make_sample, "lower": make_lower_sample, "dress": make_dress_sample}[
            category_of(stream)
        ]  # type: ignore[arg-type]
        sample = make(studio, _STATE["trackers"], stream, index)  # type: ignore[arg-type]
    path = scene_path(folder, index)  # type: ignore[arg-type]
    aside = path.with_suffix(".part")
    with aside.open("wb") as file:
        np.savez(file, **sample)  # type: ignore[arg-type]
    aside.rename(path)


if __name__ == "__main__":
    raise SystemExit(main())
