"""`lookglass-export evaluate --protocol NAME`: score pictures as the field's published scripts do.

Either folders of pictures that any method drew (--pictures, --truth), or a data set that a bundle is to dress
first (--dataset, --bundle, --pictures for what it draws).
"""

import argparse
import json
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lookglass import TryOn
from lookglass.errors import LookglassError
from lookglass.files import written_aside
from lookglass_export.datasets import KINDS, open_dataset
from lookglass_export.evaluation.backbones import Backbones
from lookglass_export.evaluation.dress_dataset import Dressed, dress_dataset
from lookglass_export.evaluation.protocols import PROTOCOLS, Protocol
from lookglass_export.evaluation.score_folders import Sets, describe, measure, open_sets

PACKAGES = ("lookglass", "numpy", "opencv-python-headless", "pillow", "scikit-image", "torch")


def main(name: str, argv: list[str]) -> None:
    """Entry point of one protocol; an error of ours is one sentence on stderr and exit code 2."""
    protocol = PROTOCOLS[name]
    args = _arguments(name, protocol, argv)
    torch.set_num_threads(args.threads)
    try:
        report = {"protocol": name, **_report(protocol, args)}
    except LookglassError as error:
        print(f"lookglass-export: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    print(table(report))
    if args.out:
        with written_aside(args.out) as aside:
            aside.write_text(json.dumps(report, indent=1) + "\n")


def _arguments(name: str, protocol: Protocol, argv: list[str]) -> argparse.Namespace:
    known = (*protocol.pair_scores, *protocol.set_scores)
    parser = argparse.ArgumentParser(
        prog=f"lookglass-export evaluate --protocol {name}", description=f"{__doc__} Here: {protocol.script}."
    )
    parser.add_argument("--pictures", type=Path, required=True, help="folder of dressed persons")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--truth", type=Path, help="folder of the persons' photos")
    source.add_argument(
        "--dataset", type=Path, help="VITON, VITON-HD or DressCode: dress it into --pictures first"
    )
    parser.add_argument("--kind", choices=("auto", *KINDS), default="auto", help="of the data set")
    parser.add_argument("--split", choices=("train", "test"), default="test")
    parser.add_argument("--bundle", type=Path, help="bundle that dresses; the one that ships if not given")
    parser.add_argument("--device", default="auto", help="that the bundle runs on (default: auto)")
    parser.add_argument("--limit", type=int, help="dress the first pairs alone")
    parser.add_argument(
        "--unpaired", action="store_true", help="the persons wear other garments than in their photos"
    )
    parser.add_argument("--backbones", type=Path, help="folder of the networks' weights; errors say which")
    parser.add_argument("--scores", default=",".join(known), help="some of %(default)s")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, help="JSON file to write")
    args = parser.parse_args(argv)
    args.scores = args.scores.split(",")
    if not set(args.scores) <= set(known):
        parser.error(f"--scores may be some of {','.join(known)}")
    if args.unpaired:
        args.scores = [score for score in args.scores if score in protocol.set_scores]
        if not args.scores:
            parser.error(f"{name} has no scores of unpaired pictures among the chosen ones")
    return args


def _report(protocol: Protocol, args: argparse.Namespace) -> dict[str, Any]:
    backbones = Backbones(args.backbones, torch.device("cuda" if torch.cuda.is_available() else "cpu"))
    dressed = None
    if args.dataset:
        dressed = _dress(args)
        sets = Sets(dressed.pictures, dressed.truth, dressed.truth)
    else:
        sets = open_sets(args.pictures, args.truth, paired=not args.unpaired)
    scores = measure(protocol, sets, args.scores, backbones)
    return {
        "script": protocol.script,
        "pairing": "unpaired" if args.unpaired else "paired",
        "scores": scores,
        **({} if dressed is None else _of_dressing(dressed)),
        **describe(sets),
        "backbones_sha256": backbones.used,
        "versions": {name: version(name) for name in PACKAGES},
    }


def _dress(args: argparse.Namespace) -> Dressed:
    dataset = open_dataset(args.dataset, args.kind)
    mirror = TryOn.load(args.bundle, device=args.device, threads=args.threads)
    return dress_dataset(
        mirror, dataset, args.split, args.pictures, paired=not args.unpaired, limit=args.limit
    )


def _of_dressing(dressed: Dressed) -> dict[str, Any]:
    found = {"left_as_they_are": dict(dressed.refused)}
    if dressed.warp_iou:
        found["warp_iou"] = {"mean": float(np.nanmean(dressed.warp_iou)), "n": len(dressed.warp_iou)}
    return found


def table(report: Mapping[str, Any]) -> str:
    """Every number beside its protocol."""
    width, height = report["resolution"]
    head = f"{report['protocol']}, {report['pairing']}: {report['script']}"
    lines = [head, f"{report['pictures']} pictures of {width}x{height}, {report['truth']} of truth"]
    lines += [f"  {report['protocol']} {name:6} {value:10.4f}" for name, value in report["scores"].items()]
    if "warp_iou" in report:
        lines.append(f"  warp IoU {report['warp_iou']['mean']:.4f} over {report['warp_iou']['n']} pairs")
    for reason, count in report.get("left_as_they_are", {}).items():
        lines.append(f"  {count} persons left as they are: {reason}")
    if report["pairing"] == "paired" and "warp_iou" in report:
        lines.append("  Paired, nothing drawn at all would score best: the network sees the garment worn.")
    return "\n".join(lines)
