"""What is measured: a bundle, the probe, or nothing; each turns a person and a garment into layers."""

from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from lookglass.engine import Engine
from lookglass.network import Network, person_inputs
from lookglass.types import PARTS, Garment, Layers, Person
from lookglass_export.baselines.probe import CLASSES, Probe
from lookglass_export.baselines.probe_task import ProbeTask
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.weights import load_task


class Method(Protocol):
    """Dresses a person; None leaves the frame as it is."""

    def __call__(self, person: Person, garment: Garment) -> Layers | None:
        """The layers to be composed, valid until the next call."""
        ...


def nothing(person: Person, garment: Garment) -> None:
    """Baseline: the frame as it is, which shows the old clothes."""


class BundleMethod:
    """The try-on graphs of a bundle; a garment is encoded once while it is in use."""

    def __init__(self, engine: Engine) -> None:
        self._network = Network(
            tryon=engine.session("tryon"),
            encoder=engine.session("garment_encoder"),
            text_null=engine.session("text_null"),
        )
        self._encoded = {}

    def __call__(self, person: Person, garment: Garment) -> Layers:
        if garment.name not in self._encoded:
            self._encoded = dict(list(self._encoded.items())[-2:])
            self._encoded[garment.name] = self._network.encode(garment)
        return self._network.layers(person, self._encoded[garment.name])


class ProbeMethod:
    """Baseline: the probe. Its one flow stands for the torso's, the sleeves stay empty."""

    def __init__(self, checkpoint: Path) -> None:
        task = load_task(ProbeTask.name, torch.load(checkpoint, weights_only=True)["average"])
        self._probe: Probe = fold_and_round(task).probe

    @torch.no_grad()
    def __call__(self, person: Person, garment: Garment) -> Layers:
        inputs = [torch.from_numpy(array) for array in person_inputs(person).values()]
        out = self._probe(*inputs, torch.from_numpy(garment.pixels[:, :4]))
        chances = torch.softmax(out["class_logits"], 1)[0].numpy()
        keep, worn, painted = (chances[CLASSES.index(name)] for name in ("keep", "garment", "inpaint"))
        flow = out["flow"][0].numpy()
        empty = np.zeros_like(worn)
        return Layers(
            flow=np.stack([flow] * len(PARTS)),
            coverage=np.stack([worn, empty, empty]),
            occluder=np.stack([empty, empty]),
            shading=np.repeat(out["gain"][0].numpy(), 3, 0),
            painted=out["painted"][0].numpy(),
            painted_alpha=painted / np.maximum(keep + painted, 1e-6),
        )
