"""A bundle's weights come back out of its graphs, and go into one again."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from test_export import run
from torch import nn

from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass_export.onnx_export.graphs import example_inputs
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.from_bundle import bundle_weights, unfold
from lookglass_export.training.loop import stack
from lookglass_export.training.scenes import Scene
from lookglass_export.training.train import main
from lookglass_export.training.weights import TASKS, networks


@pytest.fixture(scope="module")
def weights() -> dict[str, dict[str, torch.Tensor]]:
    return bundle_weights(DEFAULT_BUNDLE)


@pytest.fixture(scope="module")
def tasks(weights: dict[str, dict[str, torch.Tensor]], scenes_folder: Path) -> dict[str, nn.Module]:
    """Unfolded by the drawn scenes."""
    rng = np.random.default_rng(0)
    scenes = [Scene.open(path) for path in sorted(scenes_folder.glob("*.npz"))]
    found = {}
    for name, make in TASKS.items():
        task = make()
        found[name] = unfold(task, weights[name], [stack([task.examples(s, rng) for s in scenes])])
    return found


@torch.no_grad()
def test_weights_out_of_a_bundle_make_the_same_bundle(tasks: dict[str, nn.Module]) -> None:
    """Expected values: the shipped graphs, which have no batch norms to fold any more."""
    nets = networks({name: {"weights": task.state_dict()} for name, task in tasks.items()})
    torch.manual_seed(1)
    pixels, frame = example_inputs(nets.encoder, nets.text)
    rgba, given = torch.rand(1, 4, 128, 128), dict(frame)
    first = [given.pop(name) for name in ("person", "mask", "landmarks", "tone")]
    words = {name: given.pop(name) for name in ("text_k", "text_v", "text_mask")}
    found = {
        "garment_encoder": (pixels, nets.encoder(**pixels)),
        "garment_parser": ({"rgba": rgba}, {"labels": torch.softmax(nets.parser(rgba), 1)}),
        "text_null": ({}, nets.text()),
        "tryon": (frame, nets.tryon(*first, given, words)),
    }
    for graph, (inputs, outputs) in found.items():
        for name, value in run(DEFAULT_BUNDLE, graph, inputs).items():
            np.testing.assert_allclose(outputs[name], value, atol=1e-3, rtol=1e-3, err_msg=f"{graph} {name}")


@torch.no_grad()
def test_training_begins_where_the_bundle_stopped(tasks: dict[str, nn.Module], scenes_folder: Path) -> None:
    """Batch norms see on the same scenes what they were set to: in training mode, losses hardly change."""
    task = copy.deepcopy(tasks["parser"])
    rng = np.random.default_rng(0)
    scenes = [Scene.open(path) for path in sorted(scenes_folder.glob("*.npz"))]
    batch = stack([task.examples(scene, rng) for scene in scenes])
    still, learning = (float(t.losses(batch)["labels"]) for t in (task.eval(), task.train()))
    assert learning == pytest.approx(still, rel=0.02)


def test_another_architecture_is_refused(weights: dict[str, dict[str, torch.Tensor]]) -> None:
    parser = weights["parser"]
    wider = {name: value.repeat_interleave(2, 0) for name, value in parser.items()}
    with pytest.raises(TrainingError, match="another shape"):
        unfold(TASKS["parser"](), wider, [])
    with pytest.raises(TrainingError, match=r"differ in parser\.more"):
        unfold(TASKS["parser"](), parser | {"parser.more": torch.zeros(1)}, [])


def test_the_command_goes_on_from_a_bundle(
    weights: dict[str, dict[str, torch.Tensor]], scenes_folder: Path, tmp_path: Path
) -> None:
    common = ["--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)]
    common += ["--task", "parser", "--minutes", "0.001", "--batch", "2"]
    main([*common, "--from", str(DEFAULT_BUNDLE), "--learning-rate", "1e-9"])
    state = torch.load(tmp_path / "parser.pt", weights_only=True)
    expected = weights["parser"]["parser.head.weight"]
    torch.testing.assert_close(state["task"]["parser.head.weight"], expected, atol=1e-5, rtol=0)


def test_a_missing_bundle_is_said(
    scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)]
    with pytest.raises(SystemExit, match="2"):
        main([*common, "--batch", "2", "--from", str(tmp_path / "nowhere")])
    assert "nowhere" in capsys.readouterr().err
