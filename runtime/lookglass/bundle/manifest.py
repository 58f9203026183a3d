"""`bundle.json`: what a bundle claims to be, checked before it is believed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from lookglass.errors import BundleError
from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass.types import CATEGORIES

FORMAT = 1
MAX_MANIFEST_BYTES = 1 << 20
FUSIONS = ("early", "late", "cross")
REQUIRED_GRAPHS = (
    "pose_detector",
    "pose_landmarks",
    "person_mask",
    "garment_parser",
    "garment_encoder",
    "text_null",
    "tryon",
)
TEXT_INPUTS = {"ids": ((1, TEXT_LENGTH), "int64")}
"""What `text_encoder` takes: the numbers of a text's words; see `lookglass.text.vocabulary`."""
LAYER_OUTPUTS = ("flow", "coverage", "occluder", "shading", "behind", "skin", "bare", "painted_alpha")
_T = TypeVar("_T")
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*\.onnx")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """Shape and dtype of one input or output; shapes are static."""

    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """One ONNX file of a bundle and the tensors that enter and leave it."""

    file: str
    sha256: str
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `bundle.json`.

    Attributes:
        name: the bundle's name.
        version: the bundle's version.
        licence: SPDX expression of the weights.
        resolution: (height, width) of the person crop the try-on graph sees.
        categories: which of `CATEGORIES` it dresses people in.
        modalities: what may be given: "garment", "text".
        fusion: "early", "late" or "cross".
        graphs: the graphs by name.
        training: how it was trained, free form.
        scores: what it scored, free form.
        vocabulary: the words that its graph `text_encoder` knows, if it has one.
    """

    name: str
    version: str
    licence: str
    resolution: tuple[int, int]
    categories: tuple[str, ...]
    modalities: tuple[str, ...]
    fusion: str
    graphs: Mapping[str, GraphSpec]
    training: Mapping[str, Any]
    scores: Mapping[str, Any]
    vocabulary: tuple[str, ...] = ()


def parse_manifest(text: bytes) -> Manifest:
    """Read a manifest.

    Raises:
        BundleError: it is no JSON, of another format, incomplete, or its graphs do not fit together.
    """
    document = _decode(text)
    _require(document.get("format") == FORMAT, f"its format is {document.get('format')!r}, expected {FORMAT}")
    resolution = _list(document, "resolution", int)
    _require(len(resolution) == 2, "'resolution' must be [height, width]")
    graphs = _get(document, "graphs", dict)
    manifest = Manifest(
        name=_get(document, "name", str),
        version=_get(document, "version", str),
        licence=_get(document, "licence", str),
        resolution=(resolution[0], resolution[1]),
        categories=tuple(_list(document, "categories", str)),
        modalities=tuple(_list(document, "modalities", str)),
        fusion=_get(document, "fusion", str),
        graphs={name: _graph(name, spec) for name, spec in graphs.items()},
        training=_get(document, "training", dict),
        scores=_get(document, "scores", dict),
        vocabulary=tuple(_list({"vocabulary": [], **document}, "vocabulary", str)),
    )
    strange = sorted(set(manifest.categories) - set(CATEGORIES))
    _require(
        bool(manifest.categories) and not strange,
        f"'categories' is {list(manifest.categories)}, expected some of {CATEGORIES}",
    )
    _require(manifest.fusion in FUSIONS, f"'fusion' is {manifest.fusion!r}, expected one of {FUSIONS}")
    _check_wiring(manifest.graphs, person_specs(manifest.resolution))
    _check_text(manifest)
    return manifest


def _decode(text: bytes) -> dict[str, Any]:
    _require(len(text) <= MAX_MANIFEST_BYTES, f"it is larger than {MAX_MANIFEST_BYTES} bytes")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"bundle.json cannot be read: {error}") from error
    _require(isinstance(document, dict), "it must hold one JSON object")
    return cast(dict[str, Any], document)


def _graph(name: str, spec: object) -> GraphSpec:
    _require(isinstance(spec, dict), f"graph {name!r} must be an object")
    spec = cast(dict[str, Any], spec)
    file, sha256 = _get(spec, "file", str), _get(spec, "sha256", str)
    _require(
        bool(_FILE_NAME.fullmatch(file)),
        f"graph {name!r} names {file!r}, which is no .onnx file in the folder",
    )
    _require(bool(_SHA256.fullmatch(sha256)), f"graph {name!r} has no lower-case sha256")
    return GraphSpec(file, sha256, _tensors(spec, "inputs", name), _tensors(spec, "outputs", name))


def _tensors(spec: dict[str, Any], key: str, graph: str) -> dict[str, TensorSpec]:
    tensors = {}
    for name, tensor in _get(spec, key, dict).items():
        _require(isinstance(tensor, dict), f"{key[:-1]} {name!r} of graph {graph!r} must be an object")
        tensors[name] = TensorSpec(tuple(_list(tensor, "shape", int)), _get(tensor, "dtype", str))
    return tensors


def person_specs(resolution: tuple[int, int]) -> dict[str, TensorSpec]:
    """What this version of the runtime gives `tryon` of a person; see `lookglass.network.person_inputs`."""
    shapes = {
        "person": (1, 3, *resolution),
        "mask": (1, 1, *resolution),
        "landmarks": (1, 33, 5),
        "tone": (1, 3),
    }
    return {name: TensorSpec(shape, "float32") for name, shape in shapes.items()}


GARMENT_SPECS = {
    "pixels": TensorSpec((1, 9, 128, 128), "float32"),
    "category": TensorSpec((1, len(CATEGORIES)), "float32"),
}
"""What this version of the runtime gives `garment_encoder`; see `lookglass.network.Network.encode`."""


def _check_wiring(graphs: Mapping[str, GraphSpec], person: Mapping[str, TensorSpec]) -> None:
    """Everything `tryon` takes must come from the person, the garment encoder or the text."""
    missing = [name for name in REQUIRED_GRAPHS if name not in graphs]
    _require(not missing, f"it has no graph {', '.join(missing)}")
    tryon = graphs["tryon"]
    for name, spec in person.items():
        found = tryon.inputs.get(name)
        _require(
            found in (None, spec),
            f"'tryon' takes {name!r} as {found}, this version gives {spec}: export the bundle again",
        )
    encoder = graphs["garment_encoder"]
    _require(
        encoder.inputs == GARMENT_SPECS,
        f"'garment_encoder' takes {encoder.inputs}, this version gives {GARMENT_SPECS}: export it again",
    )
    given = {**person, **encoder.outputs, **graphs["text_null"].outputs}
    for name in sorted(given.keys() | tryon.inputs.keys()):
        _require(
            given.get(name) is not None and given.get(name) == tryon.inputs.get(name),
            f"tensor {name!r} does not fit between the encoders and 'tryon'",
        )
    absent = [name for name in LAYER_OUTPUTS if name not in tryon.outputs]
    _require(not absent, f"graph 'tryon' has no output {', '.join(absent)}")


def _check_text(manifest: Manifest) -> None:
    """A bundle that says it reads words has their encoder, and its tokens are what `tryon` takes."""
    encoder = manifest.graphs.get("text_encoder")
    has = (encoder is not None, "text" in manifest.modalities, bool(manifest.vocabulary))
    _require(
        len(set(has)) == 1, "'text' among its modalities, graph 'text_encoder' and 'vocabulary' go together"
    )
    if encoder is not None:
        takes = {name: (spec.shape, spec.dtype) for name, spec in encoder.inputs.items()}
        _require(takes == TEXT_INPUTS, f"'text_encoder' takes {takes}, expected {TEXT_INPUTS}")
        silent = manifest.graphs["text_null"].outputs
        _require(encoder.outputs == silent, "'text_encoder' and 'text_null' return different tensors")


def _get(document: Mapping[str, Any], key: str, kind: type[_T]) -> _T:
    value = document.get(key)
    _require(isinstance(value, kind) and not isinstance(value, bool), f"{key!r} must be a {kind.__name__}")
    return cast(_T, value)


def _list(document: Mapping[str, Any], key: str, kind: type[_T]) -> list[_T]:
    values = _get(document, key, list)
    _require(all(type(value) is kind for value in values), f"{key!r} must be a list of {kind.__name__}")
    return values


def _require(condition: bool, complaint: str) -> None:
    if not condition:
        raise BundleError(f"bundle.json is wrong: {complaint}")
