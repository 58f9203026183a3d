"""The training loop: one for every task, resumable, with EMA, TensorBoard and a progress bar.

Under `torchrun` every process learns from scenes of its own, and gradients are averaged at each step.
"""

import copy
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset
from torch.utils.tensorboard import SummaryWriter
from tqdm import tqdm

from lookglass_export.training.errors import TrainingError
from lookglass_export.training.ranks import Ranks
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
        iterations: the budget in steps, instead: what is compared has to be equal on any machine.
        batch: scenes per step and process.
    """

    scenes: Path
    validation: Path
    run: Path
    minutes: float
    iterations: int | None = None
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
    """An endless shuffled stream of batches of augmented scenes: this process's share of each epoch."""

    def __init__(self, task: Task, settings: Settings, start: int, ranks: Ranks) -> None:
        self.task, self.settings, self.start, self.ranks = task, settings, start, ranks

    def __iter__(self) -> Iterator[Examples]:
        worker = torch.utils.data.get_worker_info()
        share = self.ranks.rank * self.settings.workers + (worker.id if worker else 0)
        shuffle = np.random.default_rng([self.settings.seed, self.start])
        rng = np.random.default_rng([self.settings.seed, self.start, share])
        while True:
            paths = sorted(self.settings.scenes.glob("*.npz"))
            order = shuffle.permutation(len(paths))[share :: self.ranks.count * self.settings.workers]
            for first in range(0, len(order) - self.settings.batch + 1, self.settings.batch):
                chosen = [paths[i] for i in order[first : first + self.settings.batch]]
                if all(path.exists() for path in chosen):  # Scenes may be tidied away meanwhile.
                    yield stack([self.task.examples(Scene.open(path), rng) for path in chosen])


def stack(examples: list[Examples]) -> Batch:
    """Join the examples of several scenes along the batch axis."""
    names = examples[0]
    return {name: torch.from_numpy(np.concatenate([e[name] for e in examples])) for name in names}


def batches(task: Task, settings: Settings, ranks: Ranks, *, start: int = 0) -> DataLoader:
    """This process's endless stream of batches.

    Raises:
        TrainingError: there are too few scenes for a step.
    """
    needed = settings.batch * settings.workers * ranks.count
    found = sum(1 for _ in settings.scenes.glob("*.npz"))
    if found < needed:
        raise TrainingError(
            f"{settings.scenes} holds {found} scenes, a step needs {needed}: render more with "
            "`lookglass-export data`, or take a smaller --batch."
        )
    scenes = Scenes(task, settings, start, ranks)
    return DataLoader(scenes, batch_size=None, num_workers=settings.workers, prefetch_factor=3)


class Trainer:
    """Trains one task; `run` may be called again after an interruption.

    Of several processes all hold the same weights; the first keeps their average, validates and saves.
    """

    def __init__(self, task: Task, settings: Settings, ranks: Ranks | None = None) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.ranks = settings, ranks or Ranks()
        self.task = task.to(self.ranks.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(task).eval()
        self.optimizer = torch.optim.AdamW(
            task.parameters(), settings.learning_rate, betas=(0.9, 0.98), weight_decay=settings.weight_decay
        )
        self.iteration, self.minutes = 0, 0.0
        self.checkpoint = settings.run / f"{task.name}.pt"
        if self.checkpoint.exists():
            self._resume()
        self.ranks.share(task.state_dict().values())

    @property
    def progress(self) -> float:
        """Share of the budget that is used."""
        if self.settings.iterations:
            return self.iteration / self.settings.iterations
        return self.minutes / self.settings.minutes

    def run(self) -> dict[str, float]:
        """Train until the budget is used; returns the last validation scores, in the first process.

        Raises:
            TrainingError: there are too few scenes for a step.
        """
        settings, leads = self.settings, self.ranks.leads
        torch.set_num_threads(settings.threads)
        log = SummaryWriter(settings.run / "log") if leads else None
        bar = tqdm(unit="it", initial=self.iteration, mininterval=5, disable=not leads)
        scores, last = {}, time.monotonic()
        for batch in batches(self.task, settings, self.ranks, start=self.iteration):
            losses = self.step(batch)
            now = time.monotonic()
            self.minutes, last = self.ranks.agree(self.minutes + (now - last) / 60), now
            bar.update()
            if log and self.iteration % 20 == 0:
                self._log(log, bar, losses)
            done = self.progress >= 1
            if log and (done or self.iteration % settings.validate_every == 0):
                scores = self.validate()
                for name, value in scores.items():
                    log.add_scalar(f"{self.task.name}/validation/{name}", value, self.iteration)
                bar.write(f"{self.task.name} {self.iteration} {self.minutes:.1f} min: {_line(scores)}")
                self.save()
                last = time.monotonic()
            if done:
                break
        return scores

    def step(self, batch: Batch) -> dict[str, float]:
        """Learn from one batch; returns the losses of this process's part of it."""
        progress = min(self.progress, 1.0)
        rate = self.settings.learning_rate * min(1, (self.iteration + 1) / self.settings.warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * max(0.5 + 0.5 * math.cos(math.pi * progress), 0.005)
        self.task.train()
        with torch.autocast(self.ranks.device.type, torch.bfloat16):
            losses = self.task.losses(self._here(batch))
            total = torch.stack(list(losses.values())).sum()
        self.optimizer.zero_grad()
        total.backward()
        self.ranks.average(self._to_agree_on())
        nn.utils.clip_grad_norm_(self.task.parameters(), 2.0)
        self.optimizer.step()
        self.iteration += 1
        if self.ranks.leads:
            self._average_weights()
        return {name: float(loss.detach()) for name, loss in losses.items()}

    def _to_agree_on(self) -> Iterator[Tensor]:
        """Gradients, and what batch norms have seen."""
        yield from (p.grad for p in self.task.parameters() if p.grad is not None)
        for layer in self.task.modules():
            if isinstance(layer, nn.BatchNorm2d):
                yield from (layer.running_mean, layer.running_var)

    def _here(self, batch: Batch) -> Batch:
        return {name: value.to(self.ranks.device, non_blocking=True) for name, value in batch.items()}

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
            batch = stack([self.average.examples(Scene.open(path), None)])
            rows.append(self.average.scores(self._here(batch)))
        names = dict.fromkeys(name for row in rows for name in row)  # Not every scene has every score.
        return {name: float(np.mean([row[name] for row in rows if name in row])) for name in names}

    def save(self) -> None:
        """Write the checkpoint aside, then rename it."""
        self.settings.run.mkdir(parents=True, exist_ok=True)
        state = {
            "task": self.task.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "iteration": self.iteration,
            "minutes": self.minutes,
            "fusion": self.task.fusion,
        }
        aside = self.checkpoint.with_suffix(".part")
        torch.save(state, aside)
        aside.replace(self.checkpoint)

    def _resume(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True, map_location=self.ranks.device)
        self.task.refuse_other_fusion(state, self.checkpoint)
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
