"""Trained weights between training, export and the repository."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from lookglass_export.baselines.probe_task import ProbeTask
from lookglass_export.models.fusions import DEFAULT
from lookglass_export.models.garment import GarmentEncoder, GarmentParser
from lookglass_export.models.text import TextEncoder, TextNull
from lookglass_export.models.tryon import TryOnGraph
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.appearance_task import AppearanceTask
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.geometry_task import GeometryTask
from lookglass_export.training.parser_task import ParserTask
from lookglass_export.training.task import LATER, WORDS, Task, fusion_of
from lookglass_export.training.words_task import WordsTask

TASKS: dict[str, type[Task]] = {task.name: task for task in (GeometryTask, AppearanceTask, ParserTask)}
STAGES: dict[str, type[Task]] = {WordsTask.name: WordsTask}
"""Trained when named; what they teach is a part of the geometry task's weights."""
BASELINES: dict[str, type[Task]] = {ProbeTask.name: ProbeTask}
"""Trained when named; never part of a bundle."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Everything that is exported, folded and rounded as it is stored; `words` if they were taught."""

    fusion: str

    tryon: TryOnGraph
    encoder: GarmentEncoder
    text: TextNull
    parser: GarmentParser
    words: TextEncoder | None


def collect(run: Path) -> dict[str, dict]:
    """Averaged weights of every task in a run's folder, as float16, with what it took to train them."""
    found = {}
    for name in TASKS:
        path = run / f"{name}.pt"
        if path.exists():
            state = torch.load(path, weights_only=True)
            found[name] = {
                "weights": {key: _half(value) for key, value in state["average"].items()},
                "iteration": state["iteration"],
                "minutes": state["minutes"],
                "fusion": state.get("fusion"),
            }
    words = run / f"{WordsTask.name}.pt"
    if "geometry" in found and words.exists():
        average = torch.load(words, weights_only=True)["average"]
        taught = {key: _half(value) for key, value in average.items() if key.startswith(WORDS)}
        found["geometry"]["weights"] |= taught
    return found


def save_compact(run: Path, path: Path, start: dict[str, dict], *, share: float = 1.0) -> None:
    """Write one small file from which training can go on: `train --start-from`.

    Args:
        run: a run's folder.
        path: where to.
        start: what the run began with: of tasks that it did not train, that is kept; steps and minutes of the
            others are added up.
        share: how much of the weights was learned, the rest being what the run began with: the mean of
            both knows the new data nearly as well, and the old better (Wortsman et al., 2022).
    """
    found = collect(run)
    for name, task in found.items():
        old = start.get(name, {"iteration": 0, "minutes": 0, "weights": {}})
        task |= {spent: task[spent] + old[spent] for spent in ("iteration", "minutes")}
        for key, value in old["weights"].items() if share < 1 else ():
            if value.is_floating_point():
                task["weights"][key] = _half(torch.lerp(value.float(), task["weights"][key].float(), share))
    torch.save(start | found, path)


def load_task(name: str, weights: dict[str, Tensor] | None, *, fusion: str = DEFAULT) -> Task:
    """A task with given weights, or fresh ones; what older weights lack starts afresh.

    Raises:
        TrainingError: the weights are of another architecture.
    """
    make = (TASKS | STAGES | BASELINES)[name]
    task = make(fusion) if issubclass(make, GeometryTask) else make()
    if weights is None:
        return task
    values = {key: value.float() if value.is_floating_point() else value for key, value in weights.items()}
    missing, unknown = task.load_state_dict(values, strict=False)
    if wrong := [*unknown, *(key for key in missing if not key.startswith(LATER))]:
        raise TrainingError(f"these are weights of another {name} network: {wrong[0]} does not fit")
    return task


def networks(found: dict[str, dict]) -> Networks:
    """Assemble what is exported; a task that was never trained keeps its fresh weights."""
    fusion = fusion_of(found.get("geometry", {}))
    tasks = {name: load_task(name, found.get(name, {}).get("weights"), fusion=fusion) for name in TASKS}
    for task in tasks.values():
        fold_and_round(task)
    geometry = tasks["geometry"]
    tryon = TryOnGraph(geometry.geometry, tasks["appearance"].appearance)
    taught = any(key.startswith(WORDS) for key in found.get("geometry", {}).get("weights", ()))
    words = geometry.words if taught else None
    return Networks(fusion, tryon, geometry.encoder, geometry.text, tasks["parser"].parser, words)


def _half(value: Tensor) -> Tensor:
    return value.half() if value.is_floating_point() else value
