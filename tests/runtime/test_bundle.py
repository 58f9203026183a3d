"""Bundles: what is read, and everything that is refused."""

import hashlib
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from lookglass.bundle import Bundle
from lookglass.bundle.onnx_scan import scan
from lookglass.errors import BundleError


def edit_manifest(folder: Path, edit: Callable[[dict], None]) -> None:
    document = json.loads((folder / "bundle.json").read_text())
    edit(document)
    (folder / "bundle.json").write_text(json.dumps(document))


def replace_graph(folder: Path, model: bytes) -> None:
    """Put other bytes in place of the `person_mask` graph, with a hash that fits."""
    (folder / "person_mask.onnx").write_bytes(model)
    digest = hashlib.sha256(model).hexdigest()
    edit_manifest(folder, lambda document: document["graphs"]["person_mask"].update(sha256=digest))


def one_node_model(node: onnx.NodeProto, *, functions: list = [], initializer: list = []) -> bytes:  # noqa: B006
    tensors = [
        helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 3, 256, 256]) for n in ("image", "mask")
    ]
    graph = helper.make_graph([node], "g", tensors[:1], tensors[1:], initializer)
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid(node.domain, 1)] if node.domain else None
    opsets = opsets or [helper.make_opsetid("", 20)]
    return helper.make_model(
        graph, opset_imports=opsets, ir_version=10, functions=functions
    ).SerializeToString()


def function(domain: str, body_domain: str = "") -> onnx.FunctionProto:
    body = helper.make_node("Relu", ["x"], ["y"], domain=body_domain)
    return helper.make_function(domain, "Soften", ["x"], ["y"], [body], [helper.make_opsetid("", 20)])


def test_reads_what_the_manifest_says(tiny_bundle: Path) -> None:
    bundle = Bundle.load(tiny_bundle)
    assert bundle.manifest.resolution == (256, 192)
    assert bundle.manifest.graphs["tryon"].outputs["flow"].shape == (1, 3, 2, 64, 48)
    assert bundle.model("tryon") == (tiny_bundle / "tryon.onnx").read_bytes()


def test_scan_agrees_with_the_onnx_package(tiny_bundle: Path) -> None:
    """Independent source: the onnx package's own protobuf classes."""
    data = (tiny_bundle / "tryon.onnx").read_bytes()
    facts, model = scan(data), onnx.load_from_string(data)
    assert facts.ir_version == model.ir_version
    assert facts.opsets == {o.domain: o.version for o in model.opset_import}
    assert facts.node_count == len(model.graph.node)
    assert facts.operators == {(n.domain, n.op_type) for n in model.graph.node}
    for found, theirs in ((facts.inputs, model.graph.input), (facts.outputs, model.graph.output)):
        assert {n: shape for n, (shape, _) in found.items()} == {
            v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim) for v in theirs
        }


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda d: d.update(format=2), "format is 2"),
        (lambda d: d.pop("licence"), "'licence' must be a str"),
        (lambda d: d.update(resolution=[256]), "resolution"),
        (lambda d: d.update(fusion="soup"), "fusion"),
        (lambda d: d["graphs"].pop("tryon"), "no graph tryon"),
        (lambda d: d["graphs"]["tryon"].update(file="../tryon.onnx"), "no .onnx file in the folder"),
        (lambda d: d["graphs"]["tryon"].update(file="/etc/passwd"), "no .onnx file in the folder"),
        (lambda d: d["graphs"]["tryon"].update(file="other.onnx"), "tryon.onnx lies in the folder"),
        (lambda d: d["graphs"]["tryon"].update(sha256="0" * 64), "altered or damaged"),
        (lambda d: d["graphs"]["tryon"].update(sha256=7), "'sha256' must be a str"),
        (lambda d: d["graphs"]["tryon"]["inputs"].pop("tone"), "'tone' does not fit"),
        (
            lambda d: d["graphs"]["tryon"]["inputs"]["landmarks"].update(shape=[1, 33, 4]),
            "export the bundle again",
        ),
        (lambda d: d["graphs"]["garment_encoder"]["outputs"]["g_k"].update(shape=[1]), "'g_k' does not fit"),
        (lambda d: d["graphs"]["tryon"]["outputs"].pop("flow"), "no output flow"),
        (
            lambda d: d["graphs"]["person_mask"]["inputs"].update(x={"shape": [1], "dtype": "float32"}),
            "only in",
        ),
        (lambda d: d["graphs"]["person_mask"]["outputs"]["mask"].update(dtype="int8"), "not as bundle.json"),
    ],
)
def test_refuses_a_wrong_manifest(tiny_bundle: Path, edit: Callable[[dict], None], words: str) -> None:
    edit_manifest(tiny_bundle, edit)
    with pytest.raises(BundleError, match=words):
        Bundle.load(tiny_bundle)


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"[" * 100_000, b"\xff\xfe"])
def test_refuses_what_is_no_manifest(tiny_bundle: Path, text: bytes) -> None:
    (tiny_bundle / "bundle.json").write_bytes(text)
    with pytest.raises(BundleError, match=r"bundle\.json"):
        Bundle.load(tiny_bundle)


def test_refuses_a_missing_folder_and_file(tiny_bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="there is no bundle"):
        Bundle.load(tmp_path / "nowhere")
    (tiny_bundle / "tryon.onnx").unlink()
    with pytest.raises(BundleError, match=r"tryon\.onnx cannot be read"):
        Bundle.load(tiny_bundle)


def test_refuses_an_unlisted_file(tiny_bundle: Path) -> None:
    (tiny_bundle / "extra.bin").write_bytes(b"x")
    with pytest.raises(BundleError, match=r"extra\.bin lies in the folder"):
        Bundle.load(tiny_bundle)


def test_refuses_links_and_pipes(tiny_bundle: Path) -> None:
    graph = tiny_bundle / "tryon.onnx"
    graph.rename(tiny_bundle.parent / "outside.onnx")
    graph.symlink_to(tiny_bundle.parent / "outside.onnx")
    with pytest.raises(BundleError, match="is a link"):
        Bundle.load(tiny_bundle)
    graph.unlink()
    os.mkfifo(graph)
    with pytest.raises(BundleError, match="not a plain file"):
        Bundle.load(tiny_bundle)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (pickle.dumps({"weights": [1.0]}), "pickle"),
        (b"not a model at all", "ONNX"),
        (one_node_model(helper.make_node("Relu", ["image"], ["mask"]))[:-9], "cut short|ONNX"),
        (
            one_node_model(helper.make_node("PyOp", ["image"], ["mask"], domain="ai.onnx.contrib")),
            "PyOp is neither",
        ),
        (
            one_node_model(helper.make_node("FusedConv", ["image"], ["mask"], domain="com.microsoft")),
            "neither",
        ),
        (one_node_model(helper.make_node("Soften", ["image"], ["mask"], domain="lookglass")), "neither"),
        (
            one_node_model(
                helper.make_node("Soften", ["image"], ["mask"], domain="evil"), functions=[function("evil")]
            ),
            "redefines evil::Soften",
        ),
        (
            one_node_model(
                helper.make_node("Soften", ["image"], ["mask"], domain="lookglass"),
                functions=[function("lookglass", "lookglass")],
            ),
            "only ONNX's own operators",
        ),
    ],
)
def test_refuses_a_graph(tiny_bundle: Path, model: bytes, words: str) -> None:
    replace_graph(tiny_bundle, model)
    with pytest.raises(BundleError, match=words):
        Bundle.load(tiny_bundle)


def external_tensor() -> TensorProto:
    tensor = helper.make_tensor("w", TensorProto.FLOAT, [1], [0.0])
    tensor.ClearField("float_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../secret")
    return tensor


def test_refuses_external_data_wherever_it_hides(tiny_bundle: Path) -> None:
    relu = helper.make_node("Relu", ["image"], ["mask"])
    constant = helper.make_node("Constant", [], ["c"], value=external_tensor())
    inner = helper.make_graph([constant, relu], "then", [], [])
    branch = helper.make_node("If", ["image"], ["mask"], then_branch=inner, else_branch=inner)
    for model in (one_node_model(relu, initializer=[external_tensor()]), one_node_model(branch)):
        replace_graph(tiny_bundle, model)
        with pytest.raises(BundleError, match="outside its own file"):
            Bundle.load(tiny_bundle)


def test_refuses_shapes_that_are_not_fixed(tiny_bundle: Path) -> None:
    model = onnx.load_from_string((tiny_bundle / "person_mask.onnx").read_bytes())
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "batch"
    replace_graph(tiny_bundle, model.SerializeToString())
    with pytest.raises(BundleError, match="no fixed shape"):
        Bundle.load(tiny_bundle)


def test_a_function_of_ours_with_a_standard_body_is_welcome(tiny_bundle: Path) -> None:
    node = helper.make_node("Soften", ["image"], ["mask"], domain="lookglass")
    model = onnx.load_from_string(one_node_model(node, functions=[function("lookglass")]))
    model.graph.output[0].type.tensor_type.shape.dim[1].dim_value = 1
    replace_graph(tiny_bundle, model.SerializeToString())
    assert Bundle.load(tiny_bundle).size_bytes > 0
