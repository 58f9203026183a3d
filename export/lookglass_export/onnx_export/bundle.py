"""Writing `bundle.json`: the manifest that `lookglass.bundle` reads."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from lookglass.bundle.manifest import FORMAT
from lookglass.types import CATEGORIES
from lookglass_export.models.fusions import DEFAULT
from lookglass_export.training.vocabulary import VOCABULARY

DTYPES = {
    onnx.TensorProto.FLOAT: "float32",
    onnx.TensorProto.FLOAT16: "float16",
    onnx.TensorProto.INT64: "int64",
}


def write_manifest(
    folder: Path,
    *,
    version: str,
    training: Mapping[str, Any],
    scores: Mapping[str, Any],
    name: str = "default",
    categories: Sequence[str] = CATEGORIES,
    fusion: str = DEFAULT,
) -> Path:
    """Describe every .onnx file of a folder; the graph's name is the file's stem.

    Args:
        folder: of the bundle.
        version: of the bundle.
        training: how it was trained.
        scores: what it scored.
        name: of the bundle.
        categories: of the garments that it was trained on, and dresses.
        fusion: of its try-on graph.

    Returns:
        The path of the manifest, which is written aside and then renamed.
    """
    reads = (folder / "text_encoder.onnx").exists()
    manifest = {
        "format": FORMAT,
        "name": name,
        "version": version,
        "licence": "Apache-2.0",
        "resolution": [256, 192],
        "categories": list(categories),
        "modalities": ["garment", "text"] if reads else ["garment"],
        "fusion": fusion,
        "graphs": {path.stem: _describe(path) for path in sorted(folder.glob("*.onnx"))},
        "training": dict(training),
        "scores": dict(scores),
        **({"vocabulary": VOCABULARY} if reads else {}),
    }
    path = folder / "bundle.json"
    aside = path.with_suffix(".json.part")
    aside.write_text(json.dumps(manifest, indent=1) + "\n")
    return aside.replace(path)


def _describe(path: Path) -> dict[str, Any]:
    graph = onnx.load(path).graph
    return {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "inputs": {value.name: _tensor(value) for value in graph.input},
        "outputs": {value.name: _tensor(value) for value in graph.output},
    }


def _tensor(value: onnx.ValueInfoProto) -> dict[str, Any]:
    kind = value.type.tensor_type
    return {"shape": [dim.dim_value for dim in kind.shape.dim], "dtype": DTYPES[kind.elem_type]}
