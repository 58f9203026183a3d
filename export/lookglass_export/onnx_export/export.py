"""`lookglass-export export`: trained weights to a bundle."""

import argparse
import json
from pathlib import Path

import torch

from lookglass.types import CATEGORIES
from lookglass_export.onnx_export.bundle import write_manifest
from lookglass_export.onnx_export.graphs import export_all
from lookglass_export.training.weights import collect, networks


def main(argv: list[str]) -> None:
    """Entry point; see `--help`."""
    parser = argparse.ArgumentParser(prog="lookglass-export export", description=__doc__)
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--run", type=Path, help="folder of checkpoints")
    source.add_argument("--weights", type=Path, help="compact checkpoint")
    parser.add_argument(
        "--out", type=Path, required=True, help="bundle folder, which holds the person models"
    )
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--scores", type=Path, help="JSON that `lookglass-export evaluate` wrote")
    parser.add_argument(
        "--categories",
        nargs="+",
        choices=CATEGORIES,
        default=list(CATEGORIES),
        help="what it was trained on, and is allowed to dress (default: all)",
    )
    args = parser.parse_args(argv)
    if not (args.out / "pose_landmarks.onnx").is_file():
        parser.error(f"{args.out} holds no person models: copy the default bundle there first")
    found = (
        collect(args.run) if args.run else torch.load(args.weights, weights_only=True) if args.weights else {}
    )
    nets = networks(found)
    export_all(nets.tryon, nets.encoder, nets.text, nets.parser, args.out, nets.words)
    training = {name: {key: task[key] for key in ("iteration", "minutes")} for name, task in found.items()}
    scores = json.loads(args.scores.read_text()) if args.scores else {}
    print(
        write_manifest(
            args.out,
            version=args.version,
            training=training,
            scores=scores,
            categories=args.categories,
            fusion=nets.fusion,
        )
    )
