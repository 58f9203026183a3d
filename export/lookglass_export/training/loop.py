"""The training loop: one for every task, resumable, with EMA, TensorBoard and a progress bar."""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from lookglass_export.training.scenes import Scene
from lookglass_export.training.task import Batch, Examples, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to train.

    Attributes:
        scenes: folder of training scenes; files that appear while training are picked up.
        validation: folder of validation scenes.
        run: folder of checkpoint and TensorBoard log.
        minutes: budget, over which the learning rate follows a cosine to zero; resuming counts what was used.
        batch: scenes per step.
    """

    scenes: Path
    validation: Path
    run: Path
    minutes: float
    batch: int = 4
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    validate_every: int = 400
    validation_scenes: int = 24
    seed: int = 0
    workers: int = 1
    threads: int = 1


class Scenes(IterableDataset):
    """An endless shuffled stream of batches of augmented scenes."""

    def __init__(self, task: Task, settings: Settings, start: int) -> None:
        self.task, self.settings, self.start = task, settings, start

    def __iter__(self) -> Iterator[Examples]:
        worker = torch.utils.data.get_worker_info()
        rng = np.random.default_rng([self.settings.seed, self.start, worker.id if worker else 0])
        while True:
            paths = sorted(self.settings.scenes.glob("*.npz"))
            order = rng.permutation(len(paths))
            for first in range(0, len(order) - self.settings.batch + 1, self.settings.batch):
                chosen = [paths[i] for i in order[first : first + self.settings.batch]]
                if all(path.exists() for path in chosen):  # Scenes may be tidied away meanwhile.
                    yield stack([self.task.examples(Scene.open(path), rng) for path in chosen])


def stack(examples: list[Examples]) -> Batch:
    """Join the examples of several scenes along the batch axis."""
    names = examples[0]
    return {name: torch.from_numpy(np.concatenate([e[name] for e in examples])) for name in names}


class Trainer:
    """Trains one task; `run` may be called again after an interruption."""

    def __init__(self, task: Task, settings: Settings) -> None:
        torch.manual_seed(settings.seed)
        self.task, self.settings = task.to(memory_format=torch.channels_last), settings
        self.average = copy.deepcopy(task).eval()
        self.optimizer = torch.optim.AdamW(
            task.parameters(), settings.learning_rate, betas=(0.9, 0.98), weight_decay=settings.weight_decay
        )
        self.iteration, self.minutes = 0, 0.0
        self.checkpoint = settings.run / f"{task.name}.pt"
        if self.checkpoint.exists():
            self._resume()

    def run(self) -> dict[str, float]:
        """Train until the budget is used; returns the last validation scores."""
        settings = self.settings
        settings.run.mkdir(parents=True, exist_ok=True)
        torch.set_num_threads(settings.threads)
        batches = DataLoader(
            Scenes(self.task, settings, self.iteration),
            batch_size=None,
            num_workers=settings.workers,
            prefetch_factor=3,
        )
        log, bar = SummaryWriter(settings.run / "log"), tqdm(unit="it", initial=self.iteration, mininterval=5)
        scores, last = {}, time.monotonic()
        for batch in batches:
            losses = self._step(batch)
            now = time.monotonic()
            self.minutes, last = self.minutes + (now - last) / 60, now
            bar.update()
            if self.iteration % 20 == 0:
                self._log(log, bar, losses)
            done = self.minutes >= settings.minutes
            if done or self.iteration % settings.validate_every == 0:
                scores = self.validate()
                for name, value in scores.items():
                    log.add_scalar(f"{self.task.name}/validation/{name}", value, self.iteration)
                bar.write(f"{self.task.name} {self.iteration} {self.minutes:.1f} min: {_line(scores)}")
                self.save()
                last = time.monotonic()
            if done:
                return scores
        return scores

    def _step(self, batch: Batch) -> dict[str, float]:
        progress = min(self.minutes / self.settings.minutes, 1.0)
        rate = self.settings.learning_rate * min(1, (self.iteration + 1) / self.settings.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * max(0.5 + 0.5 * math.cos(math.pi * progress), 0.005)
        self.task.train()
        with torch.autocast("cpu", torch.bfloat16):
            losses = self.task.losses(batch)
            total = torch.stack(list(losses.values())).sum()
        self.optimizer.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(self.task.parameters(), 2.0)
        self.optimizer.step()
        self.iteration += 1
        self._average_weights()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    @torch.no_grad()
    def _average_weights(self) -> None:
        keep = min(0.998, (1 + self.iteration) / (20 + self.iteration))
        for mean, value in zip(
            self.average.state_dict().values(), self.task.state_dict().values(), strict=True
        ):
            if mean.dtype.is_floating_point:
                mean.lerp_(value, 1 - keep)
            else:
                mean.copy_(value)

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Mean scores of the averaged weights over the validation scenes, in float32, nothing augmented."""
        rows = []
        for path in sorted(self.settings.validation.glob("*.npz"))[: self.settings.validation_scenes]:
            rows.append(self.average.scores(stack([self.average.examples(Scene.open(path), None)])))
        return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]} if rows else {}

    def save(self) -> None:
        """Write the checkpoint aside, then rename it."""
        state = {
            "task": self.task.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "iteration": self.iteration,
            "minutes": self.minutes,
        }
        aside = self.checkpoint.with_suffix(".part")
        torch.save(state, aside)
        aside.replace(self.checkpoint)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.task.load_state_dict(state["task"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.iteration, self.minutes = state["iteration"], state["minutes"]

    def _log(self, log: SummaryWriter, bar: tqdm, losses: dict[str, float]) -> None:
        for name, value in losses.items():
            log.add_scalar(f"{self.task.name}/{name}", value, self.iteration)
        bar.set_postfix_str(_line(losses))


def _line(values: dict[str, float]) -> str:
    return " ".join(f"{name} {value:.4f}" for name, value in values.items())
