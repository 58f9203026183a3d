"""Exported graphs: what PyTorch computes, in pinned and portable files."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from lookglass.bundle import Bundle
from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass.engine.devices import open_session
from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass_export.onnx_export.bundle import write_manifest
from lookglass_export.onnx_export.graphs import IR_VERSION, OPSET, example_inputs, export_all
from lookglass_export.onnx_export.half import fold_and_round
from lookglass_export.training.errors import TrainingError
from lookglass_export.training.from_bundle import bundle_weights
from lookglass_export.training.vocabulary import VOCABULARY
from lookglass_export.training.weights import TASKS, Networks, networks

TRAINED = ("garment_encoder", "garment_parser", "text_encoder", "text_null", "tryon")
PERSON = ("pose_detector", "pose_landmarks", "person_mask")


def stirred(module: nn.Module) -> nn.Module:
    """Fresh weights, but nothing left at zero or one: as after training, every path carries something."""
    generator = torch.Generator().manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.1, generator=generator)
            layer.running_var.uniform_(0.5, 1.5, generator=generator)
    for parameter in module.parameters():
        if parameter.std().nan_to_num(0) == 0:
            parameter.data += 0.02 * torch.randn(parameter.shape, generator=generator)
    return module


@pytest.fixture(scope="module")
def nets() -> Networks:
    torch.manual_seed(0)
    return networks({name: {"weights": stirred(task()).state_dict()} for name, task in TASKS.items()})


@pytest.fixture(scope="module")
def folder(nets: Networks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole bundle: exported graphs beside the person models."""
    folder = tmp_path_factory.mktemp("exported")
    for name in PERSON:
        shutil.copy(DEFAULT_BUNDLE / f"{name}.onnx", folder)
    export_all(nets.tryon, nets.encoder, nets.text, nets.parser, folder, nets.words)
    write_manifest(folder, version="1", training={"geometry": {"iteration": 3}}, scores={})
    return folder


def run(folder: Path, graph: str, inputs: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    session = open_session((folder / f"{graph}.onnx").read_bytes())
    return dict(session(**{name: tensor.numpy() for name, tensor in inputs.items()}))


def assert_same(found: dict[str, np.ndarray], wanted: dict[str, torch.Tensor]) -> None:
    assert found.keys() == wanted.keys()
    for name, tensor in wanted.items():
        np.testing.assert_allclose(found[name], tensor.numpy(), atol=1e-4, rtol=0, err_msg=name)


@torch.no_grad()
def test_every_layer_matches_pytorch(nets: Networks, folder: Path) -> None:
    torch.manual_seed(1)
    pixels, frame = example_inputs(nets.encoder, nets.text)
    assert_same(run(folder, "garment_encoder", pixels), nets.encoder(**pixels))
    assert_same(run(folder, "text_null", {}), nets.text())
    rgba = torch.rand(1, 4, 128, 128)
    wanted = {"labels": torch.softmax(nets.parser(rgba), 1)}
    assert_same(run(folder, "garment_parser", {"rgba": rgba}), wanted)
    given = dict(frame)
    first = [given.pop(name) for name in ("person", "mask", "landmarks", "tone")]
    words = {name: given.pop(name) for name in ("text_k", "text_v", "text_mask")}
    assert_same(run(folder, "tryon", frame), nets.tryon(*first, given, words))


@torch.no_grad()
def test_words_are_encoded_as_in_pytorch_and_silence_is_the_null_text(nets: Networks, folder: Path) -> None:
    ids = torch.zeros(1, TEXT_LENGTH, dtype=torch.int64)
    silent = run(folder, "text_encoder", {"ids": ids})
    for name, value in run(folder, "text_null", {}).items():
        np.testing.assert_array_equal(silent[name], value)
    ids[0, :3] = torch.tensor([7, 1, len(VOCABULARY)])
    spoken = run(folder, "text_encoder", {"ids": ids})
    assert_same(spoken, nets.words(ids, nets.text()))
    assert spoken["text_mask"].min() == 1
    assert np.abs(spoken["text_v"] - silent["text_v"]).max() > 1e-3


@torch.no_grad()
def test_words_come_back_out_of_a_bundle(nets: Networks, folder: Path) -> None:
    found = bundle_weights(folder)["geometry"]
    for name, value in nets.words.state_dict().items():
        torch.testing.assert_close(found[f"words.{name}"], value, msg=name)


def test_weights_that_never_saw_words_make_a_bundle_without_them() -> None:
    task = TASKS["geometry"]()
    old = {name: value for name, value in task.state_dict().items() if not name.startswith("words.")}
    assert networks({"geometry": {"weights": old}}).words is None
    with pytest.raises(TrainingError, match="does not fit"):
        networks({"geometry": {"weights": old | {"geometry.more": torch.zeros(1)}}})


@pytest.mark.parametrize("graph", TRAINED)
def test_versions_domains_and_shapes_are_pinned(folder: Path, graph: str) -> None:
    model = onnx.load(folder / f"{graph}.onnx")
    assert model.ir_version == IR_VERSION == 10
    domains = {entry.domain: entry.version for entry in model.opset_import}
    assert domains.pop("") == OPSET == 20
    assert domains in ({}, {"lookglass": 1})
    assert {node.domain for node in model.graph.node} <= {"", *domains}
    for value in (*model.graph.input, *model.graph.output):
        assert all(dim.dim_value > 0 for dim in value.type.tensor_type.shape.dim), value.name
    assert not any(tensor.external_data for tensor in model.graph.initializer)


def test_attention_is_one_node_with_a_body_of_standard_operators(folder: Path) -> None:
    model = onnx.load(folder / "tryon.onnx")
    nodes = [node for node in model.graph.node if node.domain == "lookglass"]
    assert [node.op_type for node in nodes] == ["CrossAttention"] * 3
    assert all(len(node.input) == 4 and len(node.output) == 3 for node in nodes)
    (body,) = model.functions
    assert (body.domain, body.name) == ("lookglass", "CrossAttention")
    assert {node.domain for node in body.node} == {""}


def test_weights_are_stored_as_half(folder: Path) -> None:
    model = onnx.load(folder / "tryon.onnx")
    large = [
        t for t in model.graph.initializer if np.prod(t.dims) >= 64 and t.data_type != onnx.TensorProto.INT64
    ]
    assert {t.data_type for t in large} == {onnx.TensorProto.FLOAT16}
    assert sum((folder / f"{name}.onnx").stat().st_size for name in TRAINED) <= 8e6


def test_the_runtime_takes_the_bundle(folder: Path) -> None:
    manifest = Bundle.load(folder).manifest
    assert set(manifest.graphs) == {*TRAINED, *PERSON}
    assert manifest.modalities == ("garment", "text")
    assert manifest.vocabulary == VOCABULARY
    assert manifest.training == {"geometry": {"iteration": 3}}


@torch.no_grad()
def test_folding_and_rounding_change_little() -> None:
    """The rounded network against the one that was trained: a few units of float16 on logits of up to 30."""
    torch.manual_seed(2)
    network = stirred(TASKS["appearance"]().appearance).eval()
    inputs = (
        torch.rand(1, 3, 256, 192),
        torch.rand(1, 1, 256, 192),
        torch.rand(1, 33, 5) * 192,
        torch.rand(1, 3),
        torch.eye(3)[:1],
    )
    before = network(*inputs)
    after = fold_and_round(network)(*inputs)
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in network.modules())
    for name, value in before.items():
        torch.testing.assert_close(after[name], value, atol=0.05, rtol=0)
