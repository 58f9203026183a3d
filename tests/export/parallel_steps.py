"""Run by `torchrun`: a few steps on made-up scenes, one process's weights at the end to a file of its own."""

import sys
from pathlib import Path

import torch

from lookglass_export.training.loop import Settings, Trainer, stack
from lookglass_export.training.ranks import Ranks
from lookglass_export.training.scenes import Scene
from lookglass_export.training.weights import load_task

STEPS = 3


def batch(task, scenes: Path, rank: int) -> dict[str, torch.Tensor]:
    """What one process learns from, again and again: a scene of its own."""
    return stack([task.examples(Scene.open(sorted(scenes.glob("*.npz"))[rank]), None)])


def settings(scenes: Path, run: Path) -> Settings:
    return Settings(scenes=scenes, validation=scenes, run=run, minutes=1000)


def main(scenes: Path, out: Path) -> None:
    """Weights differ at first, and learning happens, on every process."""
    torch.set_num_threads(1)
    with Ranks() as ranks:
        torch.manual_seed(ranks.rank)
        trainer = Trainer(load_task("parser", None), settings(scenes, out), ranks)
        for _ in range(STEPS):
            trainer.step(batch(trainer.task, scenes, ranks.rank))
        agreed = ranks.agree(float(ranks.rank + 7))
        state = {"task": trainer.task.state_dict(), "agreed": agreed, "count": ranks.count}
        torch.save(state, out / f"rank{ranks.rank}.pt")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
