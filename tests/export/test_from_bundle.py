"""A bundle's weights come back out of its graphs, and go into one again."""

import copy
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from test_export import PERSON, run, stirred
from torch import nn

from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass_export.onnx_export.bundle import write_manifest
from lookglass_export.onnx_export.graphs import example_inputs, export_all
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.from_bundle import bundle_weights, unfold
from lookglass_export.training.loop import stack
from lookglass_export.training.scenes import Scene
from lookglass_export.training.train import main
from lookglass_export.training.weights import TASKS, Networks, networks


@pytest.fixture(scope="module")
def nets() -> Networks:
    torch.manual_seed(0)
    return networks({name: {"weights": stirred(task()).state_dict()} for name, task in TASKS.items()})


@pytest.fixture(scope="module")
def bundle(nets: Networks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made-up weights, exported."""
    return exported(nets, tmp_path_factory.mktemp("bundle"))


def exported(nets: Networks, folder: Path) -> Path:
    for name in PERSON:
        shutil.copy(DEFAULT_BUNDLE / f"{name}.onnx", folder)
    export_all(nets.tryon, nets.encoder, nets.text, nets.parser, folder)
    write_manifest(folder, version="1", training={}, scores={})
    return folder


@pytest.fixture(scope="module")
def tasks(bundle: Path, scenes_folder: Path) -> dict[str, nn.Module]:
    """Unfolded by the drawn scenes."""
    weights, rng = bundle_weights(bundle), np.random.default_rng(0)
    scenes = [Scene.open(path) for path in sorted(scenes_folder.glob("*.npz"))]
    found = {}
    for name, make in TASKS.items():
        task = make()
        found[name] = unfold(task, weights[name], [stack([task.examples(s, rng) for s in scenes])] * 2)
    return found


def test_a_bundle_out_and_in_again_computes_the_same(
    bundle: Path, nets: Networks, tasks: dict[str, nn.Module], tmp_path: Path
) -> None:
    """Bundle -> weights with batch norms of their own -> bundle."""
    again = {name: {"weights": task.state_dict()} for name, task in tasks.items()}
    second = exported(networks(again), tmp_path)
    torch.manual_seed(1)
    pixels, frame = example_inputs(nets.encoder, nets.text)
    given = {"garment_encoder": pixels, "tryon": frame, "text_null": {}}
    for graph, inputs in (given | {"garment_parser": {"rgba": torch.rand(1, 4, 128, 128)}}).items():
        before, after = run(bundle, graph, inputs), run(second, graph, inputs)
        for name, value in before.items():
            np.testing.assert_allclose(after[name], value, atol=1e-3, rtol=1e-3, err_msg=f"{graph} {name}")


@torch.no_grad()
def test_training_begins_where_the_bundle_stopped(tasks: dict[str, nn.Module], scenes_folder: Path) -> None:
    """Batch norms see on the same scenes what they were set to: in training mode, losses hardly change."""
    task = copy.deepcopy(tasks["parser"])
    rng = np.random.default_rng(0)
    scenes = [Scene.open(path) for path in sorted(scenes_folder.glob("*.npz"))]
    batch = stack([task.examples(scene, rng) for scene in scenes])
    still, learning = (float(t.losses(batch)["labels"]) for t in (task.eval(), task.train()))
    assert learning == pytest.approx(still, rel=0.02)


def test_another_architecture_is_refused(bundle: Path) -> None:
    weights = bundle_weights(bundle)["parser"]
    wider = {name: value.repeat_interleave(2, 0) for name, value in weights.items()}
    with pytest.raises(TrainingError, match="another shape"):
        unfold(TASKS["parser"](), wider, [])
    with pytest.raises(TrainingError, match=r"differ in parser\.more"):
        unfold(TASKS["parser"](), weights | {"parser.more": torch.zeros(1)}, [])


def test_the_command_goes_on_from_the_bundle_that_ships(scenes_folder: Path, tmp_path: Path) -> None:
    common = ["--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)]
    common += ["--task", "parser", "--minutes", "0.001", "--batch", "2"]
    main([*common, "--from", str(DEFAULT_BUNDLE), "--learning-rate", "1e-9"])
    state = torch.load(tmp_path / "parser.pt", weights_only=True)
    found = bundle_weights(DEFAULT_BUNDLE)["parser"]["parser.head.weight"]
    torch.testing.assert_close(state["task"]["parser.head.weight"], found, atol=1e-5, rtol=0)


def test_a_missing_bundle_is_said(
    scenes_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    common = ["--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)]
    with pytest.raises(SystemExit, match="2"):
        main([*common, "--batch", "2", "--from", str(tmp_path / "nowhere")])
    assert "nowhere" in capsys.readouterr().err
