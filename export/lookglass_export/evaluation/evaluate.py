"""`lookglass-export evaluate`: score a bundle, or a baseline, on rendered scenes.

With `--protocol NAME`, score pictures as the field's published scripts do; see its own `--help`.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import torch
from tqdm import tqdm

from lookglass.bundle import Bundle
from lookglass.engine import Engine
from lookglass.files import written_aside
from lookglass.person.mask import PersonMask
from lookglass_export.evaluation import protocol_command, words
from lookglass_export.evaluation.judge import dress, judge, old_clothes_left
from lookglass_export.evaluation.methods import BundleMethod, Method, ProbeMethod, nothing, right_layers
from lookglass_export.evaluation.pairs import Pair, factors, open_garment, open_shot
from lookglass_export.evaluation.protocols import PROTOCOLS
from lookglass_export.evaluation.report import Row, provenance, summarise, table
from lookglass_export.training.geometry_task import PAIRS
from lookglass_export.training.scenes import Scene


def main(argv: list[str]) -> None:
    """Entry point; see `--help`."""
    protocol = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    protocol.add_argument("--protocol", choices=PROTOCOLS, help="the field's way, instead")
    chosen, rest = protocol.parse_known_args(argv)
    if chosen.protocol:
        return protocol_command.main(chosen.protocol, rest)
    parser = argparse.ArgumentParser(
        prog="lookglass-export evaluate", description=__doc__, parents=[protocol]
    )
    parser.add_argument("--bundle", type=Path, required=True, help="bundle folder")
    parser.add_argument("--scenes", type=Path, required=True, help="folder of rendered scenes")
    parser.add_argument(
        "--baseline", choices=("nothing", "probe", "truth"), help="measure this instead of the bundle"
    )
    parser.add_argument("--checkpoint", type=Path, help="the probe's, which `train --task probe` wrote")
    parser.add_argument(
        "--words", action="store_true", help="measure what words change, on scenes rendered with variants"
    )
    parser.add_argument("--limit", type=int, help="take the first scenes alone")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    args = parser.parse_args(argv)
    if (args.baseline == "probe") != (args.checkpoint is not None):
        parser.error("--baseline probe and --checkpoint go together")
    cv2.setNumThreads(args.threads)
    torch.set_num_threads(args.threads)
    scenes = sorted(args.scenes.glob("*.npz"))[: args.limit]
    if not scenes:
        parser.error(f"there are no scenes in {args.scenes}: render some with `lookglass-export data`")
    bundle = Bundle.load(args.bundle)
    if args.words and (reason := no_words(bundle, scenes, args.baseline)):
        parser.error(reason)
    engine = Engine(bundle, device="cpu", threads=args.threads)
    if args.words:
        found = words.trials(engine, scenes, truth=args.baseline == "truth")
        report = {"method": args.baseline or "bundle", "words": words.summarise(list(found))}
        print(words.table(report["words"]))
    else:
        rows = list(score(engine, choose_method(engine, args.baseline, args.checkpoint), scenes))
        report = {"method": args.baseline or "bundle", **summarise(rows)}
        print(table(report))
    report["provenance"] = provenance(args.bundle, scenes)
    if args.out:
        with written_aside(args.out) as aside:
            aside.write_text(json.dumps(report, indent=1) + "\n")


def no_words(bundle: Bundle, scenes: list[Path], baseline: str | None) -> str | None:
    """Why words cannot be measured, if they cannot."""
    if baseline not in (None, "truth"):
        return "--words measures the bundle, or the truth"
    if not bundle.manifest.vocabulary:
        return f"the bundle {bundle.folder} knows no words: it has no text_encoder"
    if bare := [path.name for path in scenes if not Scene.open(path).has_words]:
        return f"{bare[0]} has no variants: render it again with `lookglass-export data`"
    return None


def choose_method(engine: Engine, baseline: str | None, checkpoint: Path | None) -> Method:
    """The bundle's own graphs, or a baseline."""
    if checkpoint is not None:
        return ProbeMethod(checkpoint)
    return {"nothing": nothing, "truth": right_layers}.get(baseline) or BundleMethod(engine)


def score(engine: Engine, method: Method, scenes: list[Path]) -> Iterator[Row]:
    """Dress the person of every scene's six ordered pairs and judge the result."""
    person_mask, parser = PersonMask(engine.session("person_mask")), engine.session("garment_parser")
    for path in tqdm(scenes, unit="scene", mininterval=2):
        scene = Scene.open(path)
        shots = [open_shot(scene, frame, person_mask) for frame in range(3)]
        garments = [open_garment(scene, k, parser) for k in range(3)]
        results, scores = {}, {}
        for worn, wanted in PAIRS:
            pair, shot, garment = Pair(scene, worn, wanted), shots[worn], garments[wanted]
            layers = method(pair, shot.person, garment)
            results[worn, wanted] = result = dress(shot, garment, layers)
            # Layers lie in the session's buffers, which the next pair overwrites.
            scores[worn, wanted] = judge(pair, shot, layers, result)
        for (worn, wanted), found in scores.items():
            pair, other = Pair(scene, worn, wanted), results[3 - worn - wanted, wanted]
            left = old_clothes_left(pair, results[worn, wanted], other)
            yield Row(factors(pair), found | {"old_clothes": left})
