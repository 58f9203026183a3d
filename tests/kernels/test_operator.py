"""The operator library's CPU kernels in real ONNX Runtime sessions.

They prove the wiring and the mathematics; `test_launch` proves the CUDA kernel's host side, and the tests
of the emulator its device code.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import numpy as np
import onnx
import onnxruntime
import pytest
from attention_check import Case, draw
from onnx import TensorProto, helper

import lookglass
from lookglass.errors import DeviceError
from lookglass_export.onnx_export import cross_attention
from lookglass_kernels import reference
from lookglass_kernels.build import BuildError, build_fatbins
from lookglass_kernels.driver import Driver
from lookglass_kernels.driver_fake import stand_in_image
from lookglass_kernels.operator_library import build_operator

BUNDLE = Path(lookglass.__file__).parent / "bundles/default"
NAMES = ("q", "k", "v", "extra")
CASES = [
    Case(4, 192, 256, 32, 32, extra=8),
    Case(3, 768, 256, 32, 16, extra=8),
    Case(2, 61, 113, 64, 32, extra=3),
    Case(1, 1, 1, 64, 64, extra=1),
    Case(5, 7, 3, 24, 40, extra=2),
]
Tensors = Mapping[str, np.ndarray]


@pytest.fixture(scope="module", params=["CPU", "CPU and CUDA"])
def library(request: pytest.FixtureRequest) -> Path:
    """Without and with the CUDA kernels: the second loads here too, where there is no driver."""
    if request.param == "CPU":
        return build_operator()
    return build_operator({"cross_attention": stand_in_image(), "convert": stand_in_image()})


def dims(case: Case) -> list[list[int]]:
    return [
        [1, case.heads, case.queries, case.dk],
        [1, case.heads, case.keys, case.dk],
        [1, case.heads, case.keys, case.dv],
        [1, case.keys, case.extra],
    ]


def model(
    shapes: Sequence[Sequence[int | str]], *, element: int = TensorProto.FLOAT, body: bool = True
) -> bytes:
    """One CrossAttention node, with the function body that every bundle carries."""
    describe = helper.make_tensor_value_info
    inputs = [describe(name, element, shape) for name, shape in zip(NAMES, shapes, strict=True)]
    outputs = [
        describe("out", element, None),
        *(describe(n, TensorProto.FLOAT, None) for n in ("extra_out", "lse")),
    ]
    node = helper.make_node("CrossAttention", NAMES, [o.name for o in outputs], domain="lookglass")
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("lookglass", 1)]
    functions = [cross_attention.function(20)] if body else []
    graph = helper.make_graph([node], "attention", inputs, outputs)
    return helper.make_model(
        graph, opset_imports=opsets, functions=functions, ir_version=10
    ).SerializeToString()


def session(
    model: bytes | Path, library: Path | None, optimized: Path | None = None, provider: str = "CPU"
) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    if optimized:
        options.optimized_model_filepath = str(optimized)
    if library:
        options.register_custom_ops_library(str(library))
    source = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=[f"{provider}ExecutionProvider"])


def feeds(case: Case, rng: np.random.Generator, element: type = np.float32) -> Tensors:
    inputs = draw(case, rng)
    return {name: getattr(inputs, name)[None].astype(element) for name in NAMES}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_equals_the_inlined_function(library: Path, case: Case, rng: np.random.Generator) -> None:
    given, graph = feeds(case, rng), model(dims(case))
    ours, inlined = (session(graph, which).run(None, given) for which in (library, None))
    for a, b in zip(ours, inlined, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_float16_equals_float64(library: Path, case: Case, rng: np.random.Generator) -> None:
    given = feeds(case, rng, np.float16)
    results = session(model(dims(case), element=TensorProto.FLOAT16, body=False), library).run(None, given)
    wanted = reference.cross_attention(*(given[name][0] for name in NAMES))
    assert [result.dtype for result in results] == [np.float16, np.float32, np.float32]
    for result, want, tolerance in zip(results, wanted, (2e-3, 1e-5, 1e-5), strict=True):
        np.testing.assert_allclose(result[0], want, atol=tolerance)


def test_symbolic_sizes_are_taken_as_they_come(library: Path, rng: np.random.Generator) -> None:
    graph = session(model([[1, 2, "nq", 32], [1, 2, "nk", 32], [1, 2, "nk", 16], [1, "nk", 4]]), library)
    for queries, keys in ((9, 5), (3, 70)):
        given = feeds(Case(2, queries, keys, 32, 16, extra=4), rng)
        out, extra_out, lse = graph.run(None, given)
        assert (out.shape, extra_out.shape, lse.shape) == (
            (1, 2, queries, 16),
            (1, 2, queries, 4),
            (1, 2, queries),
        )


def test_shapes_are_inferred(library: Path) -> None:
    graph = session(model(dims(CASES[1])), library)
    assert [output.shape for output in graph.get_outputs()] == [[1, 3, 768, 16], [1, 3, 768, 8], [1, 3, 768]]


def test_the_node_is_kept_with_the_library_and_inlined_without(library: Path, tmp_path: Path) -> None:
    for which, kept in ((library, True), (None, False)):
        session(model(dims(CASES[0])), which, tmp_path / "optimized.onnx")
        nodes = onnx.load(tmp_path / "optimized.onnx").graph.node
        assert any(node.domain == "lookglass" for node in nodes) == kept


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        (((2, 1, 4, 8), (1, 1, 3, 8), (1, 1, 3, 8), (1, 3, 1)), r"q must be .* not \(2, 1, 4, 8\)"),
        (((1, 1, 4, 8), (1, 1, 3, 4), (1, 1, 3, 8), (1, 3, 1)), "k must be .* with q's heads and key width"),
        (((1, 1, 4, 8), (1, 1, 0, 8), (1, 1, 0, 8), (1, 0, 1)), "k must be"),
        (((1, 1, 4, 8), (1, 1, 3, 8), (1, 2, 3, 8), (1, 3, 1)), "v must be .* with k's heads and keys"),
        (((1, 1, 4, 8), (1, 1, 3, 8), (1, 1, 3, 8), (1, 4, 1)), "extra must be .* with k's keys"),
        (((1, 1, 4, 8), (1, 1, 3, 8), (1, 1, 3, 8), (1, 3, 9)), "at most 8"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_in_words(
    library: Path, shapes: Sequence[tuple[int, ...]], reason: str
) -> None:
    ranks = [[f"{name}{i}" for i in range(len(shape))] for name, shape in zip(NAMES, shapes, strict=True)]
    graph = session(model(ranks), library)
    given = {name: np.zeros(shape, np.float32) for name, shape in zip(NAMES, shapes, strict=True)}
    with pytest.raises(onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument, match=reason):
        graph.run(None, given)


def test_the_default_bundle_gives_the_same_layers(library: Path, rng: np.random.Generator) -> None:
    ours, inlined = (session(BUNDLE / "tryon.onnx", which) for which in (library, None))
    given = {i.name: rng.uniform(0, 1, i.shape).astype(np.float32) for i in ours.get_inputs()}
    given["landmarks"] *= np.array([192, 256, 1, 1, 50], np.float32)
    for output, a, b in zip(ours.get_outputs(), ours.run(None, given), inlined.run(None, given), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-3, err_msg=output.name)


@pytest.mark.gpu
@pytest.mark.parametrize("element", [np.float32, np.float16])
@pytest.mark.parametrize("case", CASES[:3], ids=str)
def test_the_cuda_provider_runs_the_cuda_kernel(case: Case, element: type, rng: np.random.Generator) -> None:
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        pytest.skip("this onnxruntime has no CUDA provider: pip install 'lookglass[gpu]'")
    try:
        Driver()
        library = build_operator(build_fatbins())
    except (DeviceError, BuildError) as missing:
        pytest.skip(str(missing))
    onnxruntime.preload_dlls()
    given = feeds(case, rng, element)
    graph = model(dims(case), element=helper.np_dtype_to_tensor_dtype(np.dtype(element)), body=False)
    cuda = session(graph, library, provider="CUDA")
    assert cuda.get_providers()[0] == "CUDAExecutionProvider"
    for ours, want in zip(cuda.run(None, given), session(graph, library).run(None, given), strict=True):
        np.testing.assert_allclose(ours, want, atol=2e-3)
