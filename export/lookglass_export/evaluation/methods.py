"""What is measured: a bundle, the probe, nothing, or the truth; each says what to draw on a person."""

from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch

from lookglass.engine import Engine
from lookglass.network import Network, person_inputs
from lookglass.types import PARTS, Garment, Layers, Person
from lookglass_export.baselines.probe import CLASSES, Probe
from lookglass_export.baselines.probe_task import ProbeTask
from lookglass_export.evaluation.pairs import Pair, open_truth
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.light import worn_light
from lookglass_export.training.scenes import HALF, View, open_view, warp
from lookglass_export.training.weights import load_task


class Method(Protocol):
    """Dresses a person; None leaves the frame as it is."""

    def __call__(self, pair: Pair, person: Person, garment: Garment) -> Layers | None:
        """The layers to be composed, valid until the next call."""
        ...


def nothing(pair: Pair, person: Person, garment: Garment) -> None:
    """Baseline: the frame as it is, which shows the old clothes."""


def right_layers(pair: Pair, person: Person, garment: Garment, variant: str = "") -> Layers:
    """The layers that a perfect network would return: what they miss, no network can reach."""
    scene, truth = pair.scene, open_truth(pair, variant)
    view = open_view(scene, pair.worn)
    old = scene.old_clothes(pair.worn).astype(np.float32)
    painted = warp(scene["painted"], view.half, HALF, replicate=True).astype(np.float32) / 255
    return Layers(
        flow=truth.flow,
        coverage=truth.coverage,
        occluder=truth.occluder.astype(np.float32),
        shading=_light(pair, view),
        behind=painted.transpose(2, 0, 1),
        skin=painted.transpose(2, 0, 1),
        bare=warp(scene["bare"], view.half, HALF).astype(np.float32) / 255,
        painted_alpha=cv2.dilate(warp(old, view.half, HALF), np.ones((3, 3))),
    )


def _light(pair: Pair, view: View) -> np.ndarray:
    """(3, 64, 48) the true gain, continued from where it is known."""
    gain, known = worn_light(pair.scene, view, pair.wanted, (48, 64))
    if not known.any():
        return np.ones_like(gain)
    _, nearest = cv2.distanceTransformWithLabels(
        (known[0] == 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros((3, nearest.max() + 1), np.float32)
    by_label[:, nearest[known[0] > 0]] = gain[:, known[0] > 0]
    return np.exp(by_label[:, nearest])


def open_network(engine: Engine, *, words: bool = False) -> Network:
    """The try-on graphs of a bundle; with or without that for words."""
    return Network(
        tryon=engine.session("tryon"),
        encoder=engine.session("garment_encoder"),
        text_null=engine.session("text_null"),
        text_encoder=engine.session("text_encoder") if words else None,
    )


class BundleMethod:
    """The try-on graphs of a bundle; a garment is encoded once while it is in use."""

    def __init__(self, engine: Engine) -> None:
        self._network = open_network(engine)
        self._encoded = {}

    def __call__(self, pair: Pair, person: Person, garment: Garment) -> Layers:
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
    def __call__(self, pair: Pair, person: Person, garment: Garment) -> Layers:
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
            behind=out["painted"][0].numpy(),
            skin=out["painted"][0].numpy(),
            bare=np.ones_like(worn),
            painted_alpha=painted / np.maximum(keep + painted, 1e-6),
        )
