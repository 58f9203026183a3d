"""`lookglass-export train`: teach one task, or all of them in turn."""

import argparse
from pathlib import Path

import torch

from lookglass_export.training.loop import Settings, Trainer
from lookglass_export.training.weights import BASELINES, TASKS, load_task, save_compact


def main(argv: list[str]) -> None:
    """Entry point; see `--help`."""
    parser = argparse.ArgumentParser(prog="lookglass-export train", description=__doc__)
    parser.add_argument("--scenes", type=Path, required=True, help="folder of rendered training scenes")
    parser.add_argument("--validation", type=Path, required=True, help="folder of rendered validation scenes")
    parser.add_argument(
        "--run", type=Path, default=Path("runs/default"), help="folder of checkpoints and logs"
    )
    parser.add_argument(
        "--task",
        choices=[*TASKS, *BASELINES],
        action="append",
        help="one or more; all but the baseline by default",
    )
    parser.add_argument(
        "--minutes", type=float, default=60, help="budget of each task, earlier runs included"
    )
    parser.add_argument("--batch", type=int, default=4, help="scenes per step")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start-from", type=Path, help="compact checkpoint to begin with")
    parser.add_argument("--compact", type=Path, help="where to write the compact checkpoint at the end")
    args = parser.parse_args(argv)
    start = torch.load(args.start_from, weights_only=True) if args.start_from else {}
    for name in args.task or TASKS:
        settings = Settings(
            scenes=args.scenes,
            validation=args.validation,
            run=args.run,
            minutes=args.minutes,
            batch=args.batch,
            learning_rate=args.learning_rate,
            threads=args.threads,
            seed=args.seed,
        )
        Trainer(load_task(name, start.get(name, {}).get("weights")), settings).run()
    if args.compact:
        save_compact(args.run, args.compact)
