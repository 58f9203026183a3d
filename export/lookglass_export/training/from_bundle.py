"""Weights read back out of a bundle's graphs, to go on training from: `train --from BUNDLE`.

A bundle's batch norms are folded into their convolutions. They are taken apart again by what the user's own
scenes make of them: with each channel's mean and variance over a few batches, the network computes at first
what the bundle does, in training and in evaluation, and folds back to the same graph.
"""

import copy
from collections.abc import Iterable, Iterator
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from lookglass.bundle import Bundle
from lookglass_export.models.fusions import DEFAULT
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.task import WORDS, Batch, Task
from lookglass_export.training.vocabulary import VOCABULARY

Weights = dict[str, Tensor]

PLACES = {
    "geometry": {
        "geometry.": ("tryon", "network.geometry."),
        "encoder.": ("garment_encoder", ""),
        "text.": ("text_null", ""),
        "words.": ("text_encoder", "words."),
    },
    "appearance": {"appearance.": ("tryon", "network.appearance.")},
    "parser": {"parser.": ("garment_parser", "parser.")},
}
"""Task -> beginning of its weights' names -> graph and the beginning of their names there."""
RENAMED = {"text_k": "keys", "text_v": "values"}
"""Weights that are a graph's outputs have those names."""
PARAMETERS = (".weight", ".bias", ".places", "slots", "of_category", "of_words")
"""How the names of weights end."""
TRAINED_ALONE = ("appearance.parse.",)
"""Heads that no graph has: they start afresh."""


def bundle_weights(folder: Path, *, fusion: str = DEFAULT) -> dict[str, Weights]:
    """Every task's weights, batch norms folded, as float32.

    Raises:
        BundleError: the bundle is missing, damaged or refused.
        TrainingError: it is of another fusion, or reads other words than are taught here.
    """
    manifest = Bundle.load(folder).manifest
    graphs, words = manifest.graphs, manifest.vocabulary
    if manifest.fusion != fusion:
        raise TrainingError(
            f"the bundle {folder} is of {manifest.fusion} fusion, not of {fusion}: go on with "
            f"--fusion {manifest.fusion}."
        )
    if words != VOCABULARY[: len(words)]:
        raise TrainingError(f"the bundle {folder} reads another vocabulary than is taught here")
    wanted = {graph for places in PLACES.values() for graph, _ in places.values()} & graphs.keys()
    found = {name: dict(_weights(onnx.load(folder / graphs[name].file))) for name in wanted}
    return {
        task: {
            ours + RENAMED.get(name, name): value
            for ours, (graph, theirs) in places.items()
            for name, value in _below(found.get(graph, {}), theirs)
        }
        for task, places in PLACES.items()
    }


def unfold(task: Task, weights: Weights, batches: Iterable[Batch]) -> Task:
    """Give a fresh task a bundle's weights.

    Args:
        task: of the architecture that the bundle has; changed in place.
        weights: from `bundle_weights`.
        batches: examples of the user's own scenes, two or more.

    Raises:
        TrainingError: the bundle has another architecture.
    """
    folded = _folded(task, weights)
    given, seen = folded.state_dict(), {}
    hooks = [folded.get_submodule(conv).register_forward_hook(_Seen(seen, conv)) for conv, _ in _norms(task)]
    with torch.no_grad():
        for batch in batches:
            folded.losses(batch)
    for hook in hooks:
        hook.remove()
    state = task.state_dict()
    for conv, norm in _norms(task):
        mean, variance = _moments(seen[conv])
        eps = task.get_submodule(norm).eps
        state[f"{norm}.running_mean"] = mean - given.pop(f"{conv}.bias")
        state[f"{norm}.running_var"] = variance
        state[f"{norm}.weight"], state[f"{norm}.bias"] = (variance + eps).sqrt(), mean
    task.load_state_dict(state | given)
    return task


def _folded(task: Task, weights: Weights) -> Task:
    """A copy of the task that computes what the bundle does."""
    folded = fold_and_round(copy.deepcopy(task))
    try:
        missing, unknown = folded.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise TrainingError(f"the bundle's {task.name} network has another shape: {error}") from error
    afresh = TRAINED_ALONE if any(name.startswith(WORDS) for name in weights) else (*TRAINED_ALONE, WORDS)
    if wrong := [*unknown, *(name for name in missing if not name.startswith(afresh))]:
        raise TrainingError(
            f"the bundle's {task.name} network is another one than is trained here; they differ in "
            f"{', '.join(wrong[:3])}. Take a bundle of this version, or --start-from a checkpoint."
        )
    return folded


def _norms(task: Task) -> Iterator[tuple[str, str]]:
    """Names of each convolution and its batch norm, which follows it."""
    for name, layer in task.named_modules():
        if isinstance(layer, nn.BatchNorm2d):
            parent, _, index = name.rpartition(".")
            yield f"{parent}.{int(index) - 1}", name


class _Seen:
    """Sums up what leaves a convolution, channel by channel."""

    def __init__(self, seen: dict[str, Tensor], name: str) -> None:
        self.seen, self.name = seen, name

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        x = output.double().transpose(0, 1).flatten(1)
        sums = torch.stack([torch.full_like(x[:, 0], x.shape[1]), x.sum(1), x.square().sum(1)])
        self.seen[self.name] = self.seen.get(self.name, 0) + sums


def _moments(sums: Tensor) -> tuple[Tensor, Tensor]:
    count, total, square = sums
    mean = total / count
    return mean.float(), (square / count - mean.square()).clamp(min=0).float()


def _below(weights: Weights, start: str) -> Iterator[tuple[str, Tensor]]:
    return ((name.removeprefix(start), value) for name, value in weights.items() if name.startswith(start))


def _weights(model: onnx.ModelProto) -> Iterator[tuple[str, Tensor]]:
    """Parameters by name. Matrices of linear layers lose theirs, but not their biases: those tell."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    made_by = {node.output[0]: node for node in model.graph.node}
    # A weight is stored as float16 and cast: the cast has its name.
    named = {
        out: values[node.input[0]]
        for out, node in made_by.items()
        if node.op_type == "Cast" and node.input[0] in values
    }
    for name, value in {**values, **named}.items():
        if name.endswith(PARAMETERS) or name in RENAMED:
            yield name, _tensor(value)
    for node in model.graph.node:
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        product = next((made_by[name] for name in node.input if name in made_by), None)
        if node.op_type == "Add" and bias and product is not None:
            yield bias.removesuffix("bias") + "weight", _tensor(named[product.input[1]].T)


def _tensor(value) -> Tensor:
    return torch.tensor(value, dtype=torch.float32)
