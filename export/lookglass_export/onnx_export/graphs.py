"""Each network as an ONNX file with pinned opset and IR version, static shapes and plain names."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import onnx
import torch
from onnx import helper
from torch import Tensor, nn

from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass_export.models.garment import GarmentEncoder, GarmentParser
from lookglass_export.models.text import TextEncoder, TextNull
from lookglass_export.models.tryon import TryOnGraph
from lookglass_export.onnx_export import cross_attention
from lookglass_export.onnx_export.half import store_as_half

OPSET, IR_VERSION = 20, 10
Inputs = Mapping[str, Tensor]


class _TryOn(nn.Module):
    """`tryon` with one flat tensor per input, as a graph has."""

    def __init__(self, network: TryOnGraph, names: list[str]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, *tensors: Tensor) -> dict[str, Tensor]:
        given = dict(zip(self.names, tensors, strict=True))
        first = [given.pop(name) for name in ("person", "mask", "landmarks", "tone")]
        text = {name: given.pop(name) for name in ("text_k", "text_v", "text_mask")}
        return self.network(*first, given, text)


class _Labels(nn.Module):
    """The parser's logits as probabilities."""

    def __init__(self, parser: GarmentParser) -> None:
        super().__init__()
        self.parser = parser

    def forward(self, rgba: Tensor) -> dict[str, Tensor]:
        return {"labels": torch.softmax(self.parser(rgba), 1)}


class _Words(nn.Module):
    """`text_encoder`: without a word it returns what `text_null` does."""

    def __init__(self, words: TextEncoder, null: TextNull) -> None:
        super().__init__()
        self.words = words
        self.null = null

    def forward(self, ids: Tensor) -> dict[str, Tensor]:
        return self.words(ids, self.null())


def example_inputs(encoder: GarmentEncoder, text: TextNull) -> tuple[Inputs, Inputs]:
    """Inputs of `garment_encoder` and of `tryon`, of the right shapes and in the right order."""
    pixels = {"pixels": torch.rand(1, 9, 128, 128), "category": torch.eye(3)[:1]}
    with torch.no_grad():
        cached = {**encoder(**pixels), **text()}
    landmarks = torch.rand(1, 33, 5) * torch.tensor([192.0, 256.0, 1.0, 1.0, 50.0])
    frame = {"person": torch.rand(1, 3, 256, 192), "mask": torch.rand(1, 1, 256, 192), "landmarks": landmarks}
    return pixels, {**frame, "tone": torch.rand(1, 3), **cached}


def export_all(
    tryon: TryOnGraph,
    encoder: GarmentEncoder,
    text: TextNull,
    parser: GarmentParser,
    folder: Path,
    words: TextEncoder | None = None,
) -> dict[str, str]:
    """Write the trained graphs, `text_encoder` if there is one; returns {graph name: file name}."""
    pixels, frame = example_inputs(encoder, text)
    jobs: dict[str, tuple[nn.Module, Inputs]] = {
        "garment_encoder": (encoder, pixels),
        "garment_parser": (_Labels(parser), {"rgba": torch.rand(1, 4, 128, 128)}),
        "text_null": (text, {}),
        "tryon": (_TryOn(tryon, list(frame)), frame),
    }
    if words is not None:
        jobs["text_encoder"] = (_Words(words, text), {"ids": torch.ones(1, TEXT_LENGTH, dtype=torch.int64)})
    (folder / "text_encoder.onnx").unlink(missing_ok=True)
    for name, (module, inputs) in jobs.items():
        onnx.save(to_onnx(module, inputs, name=name), folder / f"{name}.onnx")
    return {name: f"{name}.onnx" for name in jobs}


def to_onnx(module: nn.Module, inputs: Inputs, *, name: str) -> onnx.ModelProto:
    """Export one module whose forward takes `inputs` in order and returns a dict of named tensors."""
    module.eval()
    with torch.no_grad():
        outputs = list(module(*inputs.values()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.onnx"
        torch.onnx.export(
            module,
            tuple(inputs.values()),
            path,
            dynamo=True,
            opset_version=OPSET,
            input_names=list(inputs),
            output_names=outputs,
            external_data=False,
            verbose=False,
        )
        model = onnx.load(path)
    return _finish(model, name)


def _finish(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """Pin versions, attach the operator's body, halve the weights, drop the exporter's notes."""
    uses_operator = any(node.domain == cross_attention.DOMAIN for node in model.graph.node)
    del model.opset_import[:], model.functions[:], model.metadata_props[:]
    model.opset_import.append(helper.make_opsetid("", OPSET))
    if uses_operator:
        model.opset_import.append(helper.make_opsetid(cross_attention.DOMAIN, 1))
        model.functions.append(cross_attention.function(OPSET))
    model.ir_version = IR_VERSION
    model.producer_name, model.graph.name = "lookglass", name
    for node in model.graph.node:
        node.ClearField("metadata_props")
        node.ClearField("doc_string")
    store_as_half(model)
    onnx.checker.check_model(model, full_check=True)
    return model
