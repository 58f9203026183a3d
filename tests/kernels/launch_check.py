"""Runs the kernels through a launcher and holds them against float64 and the runtime; for child processes.

`python launch_check.py driver|pycuda built|IMAGE SEED` and `python launch_check.py operator LIBRARY SEED`
take the libcuda.so.1 that the loader finds: one process can have the fake driver and the next one the real.
`built` takes the fatbins of `make kernels`, IMAGE is a stand-in for all. They exit with 1 at the first
result that is wrong.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from ctypes import Structure, c_int64, c_void_p
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from attention_check import Case, Inputs, Outputs, draw, faults
from composite_check import difference, draw_scene

from lookglass.mipmap import Mipmap
from lookglass.person.crop import cut, model_columns
from lookglass.types import Crop
from lookglass_kernels.build import load_fatbin
from lookglass_kernels.driver import Driver
from lookglass_kernels.launch import Code, Gpu
from lookglass_kernels.launch_attention import CrossAttention
from lookglass_kernels.launch_frame import Preprocess, WarpComposite
from lookglass_kernels.pycuda_launch import PycudaDriver

CASES = (
    Case(8, 96, 300, 32, 32, extra=8),
    Case(3, 48, 256, 32, 16, extra=8),
    Case(1, 33, 300, 64, 32, extra=3, splits=3),
    Case(2, 1, 1, 64, 64),
    Case(66, 5, 130, 32, 16, extra=8),
)
"""Split and whole; the last has more tickets than the first, whose rows lie where its tickets will be."""

ELEMENTS = {np.float16: 10, np.float32: 1}
"""ONNX's numbers of the element types."""


class Operands(Structure):
    """See `kernels/operator/operands.h`."""

    _fields_: ClassVar = [
        *((n, c_int64) for n in ("heads", "queries", "keys", "key_width", "value_width", "extra_width")),
        *((n, c_void_p) for n in ("q", "k", "v", "extra", "out", "extra_out", "lse")),
    ]


def image(kernel: str, given: str) -> bytes:
    """A kernel's device code."""
    return load_fatbin(kernel) if given == "built" else Path(given).read_bytes()


def through_launcher(gpu: Gpu, code: Code) -> Callable[[Case, Inputs], Outputs]:
    """Launches through `lookglass_kernels.launch_attention`."""

    def run(case: Case, inputs: Inputs) -> Outputs:
        sizes = inputs.q.shape, inputs.v.shape, inputs.extra.shape
        attention = CrossAttention(gpu, code, *sizes, splits=case.splits)
        for _ in range(2):  # the second launch finds the workspace as the first one left it
            results = attention(inputs.q, inputs.k, inputs.v, inputs.extra)
        attention.launch.free()
        return Outputs(*results)

    return run


def through_operator(gpu: Driver, path: Path, element: type) -> Callable[[Case, Inputs], Outputs]:
    """Launches as the operator's CUDA kernel does."""
    library = ctypes.CDLL(str(path))
    library.lookglass_cross_attention_cuda.restype = ctypes.c_char_p

    def run(case: Case, inputs: Inputs) -> Outputs:
        rows = case.heads, case.queries
        results = {
            "out": np.full((*rows, case.dv), np.nan, element),
            "extra_out": np.full((*rows, case.extra), np.nan, np.float32),
            "lse": np.full(rows, np.nan, np.float32),
        }
        given = {name: getattr(inputs, name).astype(element) for name in ("q", "k", "v", "extra")}
        memory = {name: gpu.upload(array) for name, array in (given | results).items()}
        pointers = {name: buffer.address for name, buffer in memory.items()}
        sizes = case.heads, case.queries, case.keys, case.dk, case.dv, case.extra
        operands = Operands(*sizes, **pointers)
        fault = library.lookglass_cross_attention_cuda(ctypes.byref(operands), ELEMENTS[element], None)
        if fault:
            raise SystemExit(fault.decode())
        downloaded = [memory[name].download(array.shape, array.dtype) for name, array in results.items()]
        for buffer in memory.values():
            buffer.free()
        return Outputs(*downloaded)

    return run


def check_attention(run: Callable[[Case, Inputs], Outputs], seed: int) -> None:
    """Run every case on inputs drawn from the seed."""
    for i, case in enumerate(CASES):
        inputs = draw(case, np.random.default_rng([seed, i]))
        if found := faults(inputs, run(case, inputs)):
            sys.exit(f"{case}: {'; '.join(found)}")


def check_preprocess(gpu: Gpu, code: Code, rng: np.random.Generator) -> None:
    """The model's columns of the runtime's crop, normalised; a crop smaller and one larger than life."""
    frame = rng.integers(0, 256, (150, 200, 3)).astype(np.uint8)
    gain, bias = (2.0, 1.0, 0.5), (-1.0, 0.0, 3.0)
    preprocess = Preprocess(gpu, code, frame.shape[:2], size=(256, 192), left=32, gain=gain, bias=bias)
    for scale in (0.4, 1.7):
        crop = Crop(scale, (101.3, 70.2))
        wanted = model_columns(cut(frame, crop))[..., ::-1] / 255 * gain + bias
        off = np.abs(preprocess(frame, crop) - wanted.transpose(2, 0, 1)).max((1, 2)) / gain * 255
        if not (off <= 1.001).all():
            sys.exit(f"preprocess at scale {scale} is off by {off} of 255")
    preprocess.launch.free()


def check_warp_composite(gpu: Gpu, code: Code, rng: np.random.Generator) -> None:
    """A person far away, then nearer ones on what was left behind: ever more of the grids is enlarged."""
    first, *nearer = (draw_scene(rng, scale=scale) for scale in (2.2, 0.9, 0.3))
    levels = Mipmap(first.texture).levels
    composite = WarpComposite(gpu, code, first.frame.shape[:2], first.layers, levels)
    for scene in (first, *(replace(other, texture=first.texture) for other in nearer)):
        if found := difference(scene, composite(scene.frame, scene.crop, scene.layers)):
            sys.exit(f"warp_composite: {found}")
    composite.launch.free()


def main() -> None:
    launcher, given, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if launcher == "pycuda":
        sys.setdlopenflags(os.RTLD_LAZY)  # the fake driver has only what is called
    with PycudaDriver() if launcher == "pycuda" else Driver() as gpu:
        if launcher == "operator":
            for element in ELEMENTS:
                check_attention(through_operator(gpu, Path(given), element), seed)
            return
        check_attention(through_launcher(gpu, gpu.load(image("cross_attention", given))), seed)
        check_preprocess(gpu, gpu.load(image("preprocess", given)), np.random.default_rng(seed))
        check_warp_composite(gpu, gpu.load(image("warp_composite", given)), np.random.default_rng(seed))


if __name__ == "__main__":
    main()
