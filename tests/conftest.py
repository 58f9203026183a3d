"""Fixtures that many tests share."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from live_parts import garment
from lookglass.live.wardrobe import Wardrobe

Shapes = Mapping[str, tuple[int, ...]]

TINY_GRAPHS: dict[str, tuple[Shapes, Shapes]] = {
    "pose_detector": ({"image": (1, 3, 8, 8)}, {"boxes": (1, 4, 2)}),
    "pose_landmarks": ({"image": (1, 3, 8, 8)}, {"landmarks": (1, 10)}),
    "person_mask": ({"image": (1, 3, 256, 256)}, {"mask": (1, 1, 256, 256)}),
    "garment_parser": ({"rgba": (1, 4, 128, 128)}, {"labels": (1, 6, 128, 128)}),
    "garment_encoder": (
        {"pixels": (1, 9, 128, 128), "category": (1, 3)},
        {"g_k": (1, 4, 16, 8), "g_v": (1, 4, 16, 8)},
    ),
    "text_null": ({}, {"text_k": (1, 4, 16, 8), "text_v": (1, 4, 16, 8), "text_mask": (1, 16)}),
    "tryon": (
        {
            "person": (1, 3, 256, 192),
            "mask": (1, 1, 256, 192),
            "landmarks": (1, 33, 5),
            "tone": (1, 3),
            "g_k": (1, 4, 16, 8),
            "g_v": (1, 4, 16, 8),
            "text_k": (1, 4, 16, 8),
            "text_v": (1, 4, 16, 8),
            "text_mask": (1, 16),
        },
        {
            "flow": (1, 3, 2, 64, 48),
            "coverage": (1, 3, 128, 96),
            "occluder": (1, 2, 128, 96),
            "shading": (1, 3, 64, 48),
            "behind": (1, 3, 128, 96),
            "skin": (1, 3, 128, 96),
            "bare": (1, 1, 128, 96),
            "painted_alpha": (1, 1, 128, 96),
        },
    ),
}


def mean_model(inputs: Shapes, outputs: Shapes) -> ModelProto:
    """A graph whose every output is filled with the sum of its inputs' means, and 0.25 without inputs."""
    nodes, total, constants = [], "start", [numpy_helper.from_array(np.float32(0.25 * (not inputs)), "start")]
    for name in inputs:
        nodes.append(helper.make_node("ReduceMean", [name], [f"{name}_mean"], keepdims=0))
        nodes.append(helper.make_node("Add", [total, f"{name}_mean"], [f"{name}_total"]))
        total = f"{name}_total"
    for name, shape in outputs.items():
        constants.append(numpy_helper.from_array(np.array(shape, np.int64), f"{name}_shape"))
        nodes.append(helper.make_node("Expand", [total, f"{name}_shape"], [name]))
    tensors = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
        for shapes in (inputs, outputs)
    ]
    graph = helper.make_graph(nodes, "mean", *tensors, initializer=constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)


def write_bundle(folder: Path, models: Mapping[str, bytes]) -> None:
    """Write graphs and a manifest that declares exactly what `TINY_GRAPHS` says."""
    folder.mkdir(parents=True)
    graphs = {}
    for name, model in models.items():
        (folder / f"{name}.onnx").write_bytes(model)
        declared = [
            {n: {"shape": list(shape), "dtype": "float32"} for n, shape in shapes.items()}
            for shapes in TINY_GRAPHS[name]
        ]
        digest = hashlib.sha256(model).hexdigest()
        graphs[name] = {
            "file": f"{name}.onnx",
            "sha256": digest,
            "inputs": declared[0],
            "outputs": declared[1],
        }
    manifest = {
        "format": 1,
        "name": "tiny",
        "version": "1",
        "licence": "Apache-2.0",
        "resolution": [256, 192],
        "categories": ["upper"],
        "modalities": ["garment"],
        "fusion": "cross",
        "graphs": graphs,
        "training": {},
        "scores": {},
    }
    (folder / "bundle.json").write_text(json.dumps(manifest))


@pytest.fixture
def tiny_bundle(tmp_path: Path) -> Path:
    """The folder of a whole bundle of real but trivial graphs."""
    models = {name: mean_model(*shapes).SerializeToString() for name, shapes in TINY_GRAPHS.items()}
    write_bundle(tmp_path / "bundle", models)
    return tmp_path / "bundle"


@pytest.fixture
def wardrobe(tmp_path: Path) -> Iterator[Wardrobe]:
    """Three garments a, b and c, among files that are none; keeps its `warnings`."""
    (tmp_path / "wardrobe").mkdir()
    for name in ("a.png", "b.jpg", "jeans.png", "c.webp", "notes.txt"):
        (tmp_path / "wardrobe" / name).touch()
    warnings: list[str] = []
    made = Wardrobe(tmp_path / "wardrobe", load=garment, warn=warnings.append)
    made.warnings = warnings  # type: ignore[attr-defined]
    yield made
    made.close()
