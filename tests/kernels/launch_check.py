"""Runs cross_attention through a launcher and holds it against float64; a program for child processes.

`python launch_check.py driver|pycuda FATBIN SEED` and `python launch_check.py operator LIBRARY SEED` take
the libcuda.so.1 that the loader finds: one process can have the fake driver and the next one the real.
They exit with 1 at the first result that is wrong.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from ctypes import Structure, c_int64, c_void_p
from pathlib import Path
from typing import ClassVar

import numpy as np
from attention_check import Case, Inputs, Outputs, draw, faults

from lookglass_kernels.driver import Driver
from lookglass_kernels.launch import CrossAttention, Gpu
from lookglass_kernels.pycuda_launch import PycudaDriver

CASES = (
    Case(4, 70, 130, 32, 32, extra=8),
    Case(3, 48, 256, 32, 16, extra=8),
    Case(1, 33, 300, 64, 32, extra=3, splits=3),
    Case(2, 1, 1, 64, 64),
)
ELEMENTS = {np.float16: 10, np.float32: 1}
"""ONNX's numbers of the element types."""


class Operands(Structure):
    """See `kernels/operator/operands.h`."""

    _fields_: ClassVar = [
        *((n, c_int64) for n in ("heads", "queries", "keys", "key_width", "value_width", "extra_width")),
        *((n, c_void_p) for n in ("q", "k", "v", "extra", "out", "extra_out", "lse")),
    ]


def through_launcher(gpu: Gpu, fatbin: Path) -> Callable[[Case, Inputs], Outputs]:
    """Launches through `lookglass_kernels.launch`."""
    code = gpu.load(fatbin.read_bytes())

    def run(case: Case, inputs: Inputs) -> Outputs:
        sizes = inputs.q.shape, inputs.v.shape, inputs.extra.shape
        attention = CrossAttention(gpu, code, *sizes, splits=case.splits)
        for _ in range(2):  # the second launch finds the workspace as the first one left it
            results = attention(inputs.q, inputs.k, inputs.v, inputs.extra)
        attention.free()
        return Outputs(*results)

    return run


def through_operator(gpu: Driver, path: Path, element: type) -> Callable[[Case, Inputs], Outputs]:
    """Launches as the operator's CUDA kernel does."""
    library = ctypes.CDLL(str(path))
    library.lookglass_cross_attention_cuda.restype = ctypes.c_char_p

    def run(case: Case, inputs: Inputs) -> Outputs:
        rows = case.heads, case.queries
        results = {
            "out": np.empty((*rows, case.dv), element),
            "extra_out": np.empty((*rows, case.extra), np.float32),
            "lse": np.empty(rows, np.float32),
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


def check(run: Callable[[Case, Inputs], Outputs], seed: int) -> None:
    """Run every case on inputs drawn from the seed."""
    for i, case in enumerate(CASES):
        inputs = draw(case, np.random.default_rng([seed, i]))
        if found := faults(inputs, run(case, inputs)):
            sys.exit(f"{case}: {'; '.join(found)}")


def main() -> None:
    launcher, code, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if launcher == "pycuda":
        sys.setdlopenflags(os.RTLD_LAZY)  # the fake driver has only what is called
    with PycudaDriver() if launcher == "pycuda" else Driver() as gpu:
        if launcher != "operator":
            return check(through_launcher(gpu, code), seed)
        for element in ELEMENTS:
            check(through_operator(gpu, code, element), seed)


if __name__ == "__main__":
    main()
