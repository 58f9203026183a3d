"""The geometry of several runs side by side: `python -m lookglass_export.evaluation.geometry`.

No picture is composed: scored is where each pixel looks in the garment's photo, and what is drawn. Weights
are folded and rounded as a bundle stores them.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from lookglass.files import written_aside
from lookglass_export.models.geometry import PARTS
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.geometry_task import PAIRS, PIXELS, GeometryTask, upsampled
from lookglass_export.training.loop import stack
from lookglass_export.training.scenes import Scene
from lookglass_export.training.task import Batch, fusion_of
from lookglass_export.training.weights import collect, load_task

Row = dict[str, str | float]
COLUMNS = ("sampling_error_px", "trunk_px", "limbs_px", "alpha_iou", "words_sampling_error_px")


def main(argv: Sequence[str]) -> None:
    """Entry point; see `--help`."""
    parser = argparse.ArgumentParser(
        prog="python -m lookglass_export.evaluation.geometry", description=__doc__
    )
    parser.add_argument("runs", type=Path, nargs="+", help="folders of checkpoints")
    parser.add_argument("--scenes", type=Path, nargs="+", required=True, help="folders of rendered scenes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file to write: every scene's scores")
    args = parser.parse_args(argv)
    torch.set_num_threads(args.threads)
    paths = [path for folder in args.scenes for path in sorted(folder.glob("*.npz"))]
    rows = list(scored({run.name: _open(run) for run in args.runs}, paths))
    print(table(rows))
    if args.out:
        with written_aside(args.out) as aside:
            aside.write_text(json.dumps(rows, indent=1) + "\n")


def scored(tasks: dict[str, GeometryTask], paths: Sequence[Path]) -> Iterator[Row]:
    """One row for every scene and run."""
    for path in tqdm(paths, unit="scene", mininterval=2):
        scene = Scene.open(path)
        batch = stack([next(iter(tasks.values())).examples(scene, None)])
        for name, task in tasks.items():
            with torch.no_grad():
                scores = task.scores(batch) | part_errors(task.forward(batch)["flow"], batch)
            yield {"run": name, "scene": path.stem, "category": scene.category, **scores}


def part_errors(flow: torch.Tensor, batch: Batch) -> dict[str, float]:
    """How far from the truth each part's own flow is where that part shows, without words, px of 128."""
    silent = slice(len(PAIRS))
    shown = (batch["weight"] == 1) & (batch["inside"] > 0)
    error = (upsampled(flow).unflatten(1, (PARTS, 2)) - batch["flow"]).norm(dim=2) * PIXELS
    parts = {"trunk_px": slice(1), "limbs_px": slice(1, PARTS)}
    return {
        name: error[silent, part][shown[silent, part]].mean().item()
        for name, part in parts.items()
        if shown[silent, part].any()
    }


def table(rows: Sequence[Row]) -> str:
    """Markdown: the mean over scenes, and its standard error, by category and run."""
    lines = ["| category | run | scenes | " + " | ".join(COLUMNS) + " |", "|---" * (3 + len(COLUMNS)) + "|"]
    for category in ("all", *dict.fromkeys(row["category"] for row in rows)):
        for run in dict.fromkeys(row["run"] for row in rows):
            chosen = [row for row in rows if row["run"] == run and category in ("all", row["category"])]
            cells = (_cell([row[name] for row in chosen if name in row]) for name in COLUMNS)
            lines.append(f"| {category} | {run} | {len(chosen)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(values: Sequence[float]) -> str:
    if len(values) < 2:
        return ""
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1) / len(values) ** 0.5:.3f}"


def _open(run: Path) -> GeometryTask:
    found = collect(run)["geometry"]
    return fold_and_round(load_task("geometry", found["weights"], fusion=fusion_of(found)))


if __name__ == "__main__":
    main(sys.argv[1:])
