"""What our kernels must beat: the libraries' attention and sampling at the same shapes.

A rival gives microseconds, or the reason why there is no figure. None of them computes extra columns or hands
out the log-sum-exp, so theirs is the easier work.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from attention_check import Case

Figure = float | str
Rivals = Callable[[int], dict[str, Figure]]
"""Given the number of sets of tensors to use in turn, every rival's figure."""

_REPEATS = 30


def attention_rivals(case: Case) -> Rivals:
    """Every library's attention at this shape."""

    def run(sets: int) -> dict[str, Figure]:
        figures = {
            f"torch {name}": figure(partial(_torch_attention, name, case, sets))
            for name in ("flash", "cuDNN", "efficient", "Triton")
        }
        return {**figures, "onnxruntime MultiHeadAttention": figure(partial(_ort_attention, case))}

    return run


def sampling_rivals(channels: int, height: int, width: int) -> Rivals:
    """A bilinear sampling of this size in float32: a part of what our kernel does in one launch."""

    def run(sets: int) -> dict[str, Figure]:
        shapes = {"x": (1, channels, height, width), "grid": (1, height, width, 2)}
        return {
            "torch grid_sample alone": figure(partial(_torch_sampling, shapes, sets)),
            "onnxruntime GridSample alone": figure(partial(_ort_sampling, shapes)),
        }

    return run


def figure(measure: Callable[[], float]) -> Figure:
    """What a rival measures, or what its library says instead."""
    try:
        return measure()
    except Exception as error:  # noqa: BLE001 - whatever a library fails with is this rival's result
        return (str(error).splitlines() or [type(error).__name__])[0]


def _torch_attention(name: str, case: Case, sets: int) -> float:
    """v is as wide as q: flash and cuDNN know no other."""
    torch = _torch_with_cuda()
    rows = case.queries, case.keys, case.keys
    make = partial(torch.randn, device="cuda", dtype=torch.float16)
    tensors = [tuple(make(1, case.heads, count, case.dk) for count in rows) for _ in range(sets)]
    return _time_torch(torch, _torch_function(torch, name), tensors)


def _torch_sampling(shapes: dict[str, tuple[int, ...]], sets: int) -> float:
    torch = _torch_with_cuda()
    function = partial(torch.nn.functional.grid_sample, mode="bilinear", align_corners=False)
    tensors = [tuple(torch.rand(shape, device="cuda") for shape in shapes.values()) for _ in range(sets)]
    return _time_torch(torch, function, tensors)


def _torch_with_cuda() -> Any:
    import torch

    if not torch.cuda.is_available():
        raise RuntimeError(f"torch {torch.__version__} sees no CUDA device")
    return torch


def _torch_function(torch: Any, name: str) -> Callable[..., Any]:
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.nn.attention.flex_attention import flex_attention

    if name == "Triton":
        return torch.compile(flex_attention, dynamic=False)
    backend = SDPBackend.__members__[f"{name.upper()}_ATTENTION"]

    def attend(q: Any, k: Any, v: Any) -> Any:
        with sdpa_kernel(backend):
            return torch.nn.functional.scaled_dot_product_attention(q, k, v)

    return attend


def _time_torch(torch: Any, function: Callable[..., Any], tensors: Sequence[tuple[Any, ...]]) -> float:
    """Median microseconds of a call when all are replayed as one CUDA graph."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        for _ in range(3):
            function(*tensors[0])
    stream.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        for arguments in tensors:
            function(*arguments)
    times = []
    for _ in range(_REPEATS):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        start.record()
        graph.replay()
        end.record()
        end.synchronize()
        times.append(start.elapsed_time(end))
    return 1000 * statistics.median(times) / len(tensors)


def _ort_attention(case: Case) -> float:
    """One node, keys and values in the layout that needs no transposition."""
    from onnx import helper

    shapes = {"q": (1, case.queries, case.heads * case.dk)}
    shapes |= {name: (1, case.heads, case.keys, case.dk) for name in ("k", "v")}
    node = helper.make_node(
        "MultiHeadAttention", list(shapes), ["y"], domain="com.microsoft", num_heads=case.heads
    )
    return _time_ort(node, shapes, shapes["q"], np.float16)


def _ort_sampling(shapes: dict[str, tuple[int, ...]]) -> float:
    from onnx import helper

    node = helper.make_node("GridSample", list(shapes), ["y"], mode="linear", padding_mode="zeros")
    return _time_ort(node, shapes, shapes["x"], np.float32)


def _time_ort(
    node: Any, inputs: dict[str, tuple[int, ...]], output: tuple[int, ...], dtype: type[np.floating[Any]]
) -> float:
    """Median microseconds of a whole run of a session with this one node, as a CUDA graph."""
    from onnxruntime import (
        InferenceSession,
        OrtValue,
        SessionOptions,
        get_available_providers,
        preload_dlls,
    )

    if "CUDAExecutionProvider" not in get_available_providers():
        raise RuntimeError("this onnxruntime has no CUDA provider")
    preload_dlls()  # CUDA and cuDNN as torch's packages bring them
    options = SessionOptions()
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    provider = ("CUDAExecutionProvider", {"enable_cuda_graph": "1"})
    model = _one_node_model(node, inputs, output, dtype)
    session = InferenceSession(model, options, providers=[provider], enable_fallback=0)
    binding = session.io_binding()
    for name, shape in inputs.items():
        array = np.random.default_rng().standard_normal(shape).astype(dtype)
        binding.bind_ortvalue_input(name, OrtValue.ortvalue_from_numpy(array, "cuda", 0))
    binding.bind_ortvalue_output("y", OrtValue.ortvalue_from_shape_and_type(output, dtype, "cuda", 0))
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        session.run_with_iobinding(binding)
        binding.synchronize_outputs()
        times.append(time.perf_counter() - start)
    return 1e6 * statistics.median(times)


def _one_node_model(
    node: Any, inputs: dict[str, tuple[int, ...]], output: tuple[int, ...], dtype: type[np.floating[Any]]
) -> bytes:
    from onnx import helper

    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    describe = helper.make_tensor_value_info
    values = [describe(name, element, shape) for name, shape in inputs.items()]
    graph = helper.make_graph([node], "rival", values, [describe("y", element, output)])
    opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString())
