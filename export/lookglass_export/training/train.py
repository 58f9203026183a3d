"""`lookglass-export train`: teach one task, or all of them in turn.

Several processes teach together under `torchrun --standalone --nproc-per-node N -m --
lookglass_export train ...`; the dashes keep torchrun from taking --run for its own --run-path.
"""

import argparse
import sys
from itertools import islice
from pathlib import Path

import torch

from lookglass.errors import LookglassError
from lookglass_export.models.fusions import DEFAULT, FUSIONS
from lookglass_export.training.from_bundle import bundle_weights, unfold
from lookglass_export.training.loop import Settings, Trainer, batches
from lookglass_export.training.ranks import Ranks
from lookglass_export.training.task import Task
from lookglass_export.training.weights import BASELINES, STAGES, TASKS, collect, load_task, save_compact

LEARNING_RATE, FINE_TUNING_RATE = 2e-3, 5e-4
_UNFOLDING_BATCHES = 8


def main(argv: list[str]) -> None:
    """Entry point; see `--help`. An error of ours is one sentence on stderr and exit code 2."""
    args = _arguments(argv)
    try:
        with Ranks() as ranks:
            for name in args.task or TASKS:
                settings = _settings(args)
                torch.manual_seed(args.seed)  # Fresh weights are drawn before there is a trainer.
                Trainer(_task(name, args, settings, ranks), settings, ranks).run()
            if args.compact and ranks.leads:
                save_compact(args.run, args.compact, _start(args), share=args.share)
    except LookglassError as error:
        print(f"lookglass-export: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="lookglass-export train", description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True, help="folder of rendered training scenes")
    parser.add_argument("--validation", type=Path, required=True, help="folder of rendered validation scenes")
    parser.add_argument(
        "--run", type=Path, default=Path("runs/default"), help="folder of checkpoints and logs"
    )
    parser.add_argument(
        "--task",
        choices=[*TASKS, *STAGES, *BASELINES],
        action="append",
        help="one or more; by default all but the baseline, and the words alone",
    )
    parser.add_argument(
        "--fusion", choices=FUSIONS, default=DEFAULT, help="where person and garment join (%(default)s)"
    )
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument(
        "--minutes", type=float, default=60, help="budget of each task, earlier runs included"
    )
    budget.add_argument("--iterations", type=int, help="the budget in steps, instead")
    parser.add_argument("--batch", type=int, default=4, help="scenes per step and process")
    parser.add_argument(
        "--learning-rate",
        type=float,
        help=f"{LEARNING_RATE} if not given, {FINE_TUNING_RATE} from a bundle",
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--start-from", type=Path, metavar="FILE", help="compact checkpoint to begin with")
    start.add_argument("--from", type=Path, metavar="BUNDLE", dest="bundle", help="bundle to begin with")
    parser.add_argument(
        "--compact",
        type=Path,
        help="where to write a compact checkpoint at the end, with what --start-from holds of other tasks",
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="how much of --compact was learned, the rest is of --start-from",
    )
    args = parser.parse_args(argv)
    if args.bundle and set(args.task or ()) & {*STAGES, *BASELINES}:
        parser.error("a bundle holds no baselines, and words are taught with --start-from")
    return args


def _settings(args: argparse.Namespace) -> Settings:
    return Settings(
        scenes=args.scenes,
        validation=args.validation,
        run=args.run,
        minutes=args.minutes,
        iterations=args.iterations,
        batch=args.batch,
        learning_rate=args.learning_rate or (FINE_TUNING_RATE if args.bundle else LEARNING_RATE),
        threads=args.threads,
        seed=args.seed,
    )


def _start(args: argparse.Namespace) -> dict[str, dict]:
    """What a compact checkpoint holds of every task."""
    return torch.load(args.start_from, weights_only=True) if args.start_from else {}


def _task(name: str, args: argparse.Namespace, settings: Settings, ranks: Ranks) -> Task:
    """The network to begin with; a run that was interrupted goes on from its own checkpoint instead."""
    if args.bundle is None or (settings.run / f"{name}.pt").exists():
        start = _start(args)
        if name in STAGES:
            start[name] = (collect(settings.run) or start).get("geometry")
        task, found = load_task(name, None, fusion=args.fusion), start.get(name)
        if not found:
            return task
        task.refuse_other_fusion(found, args.start_from or settings.run)
        return load_task(name, found["weights"], fusion=args.fusion)
    task = load_task(name, None, fusion=args.fusion)
    examples = islice(batches(task, settings, ranks), _UNFOLDING_BATCHES)
    return unfold(task, bundle_weights(args.bundle, fusion=args.fusion)[name], examples)
