"""Runs cross_attention on random inputs against float64; also a program for child processes.

`python attention_check.py LIBRARY SEED` runs the cases that see every barrier, wait, swizzle and
fragment, and exits with 1 at the first that is wrong.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from lookglass_kernels import reference
from lookglass_kernels.abi import CrossAttentionParams, plan_cross_attention
from lookglass_kernels.emulator import Emulator, EmulatorError

F16 = npt.NDArray[np.float16]
H100_MULTIPROCESSORS = 132
OUT_RELATIVE, EXTRA_ABSOLUTE, LSE_ABSOLUTE = 5e-4, 1e-4, 1e-5


@dataclass(frozen=True)
class Case:
    """Sizes of one attention; `warps` and `splits` 0 leave the choice to the plan."""

    heads: int
    queries: int
    keys: int
    dk: int
    dv: int
    extra: int = 0
    warps: int = 0
    splits: int = 0

    def __str__(self) -> str:
        tile = f"-w{self.warps}" if self.warps else ""
        return (
            f"{self.queries}x{self.keys}x{self.heads}x{self.dk}-{self.dv}-e{self.extra}{tile}-s{self.splits}"
        )


@dataclass(frozen=True)
class Inputs:
    """(H, Nq, Dk), (H, Nk, Dk), (H, Nk, Dv), (Nk, E) float16."""

    q: F16
    k: F16
    v: F16
    extra: F16


@dataclass(frozen=True)
class Outputs:
    """(H, Nq, Dv) float16, (H, Nq, E) float32, (H, Nq) float32."""

    out: F16
    extra: npt.NDArray[np.float32]
    lse: npt.NDArray[np.float32]


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike, fill: float = np.nan) -> npt.NDArray[np.generic]:
    """A 16-byte aligned array, as device memory is."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + 16, np.uint8)
    start = -raw.ctypes.data % 16
    array = raw[start : start + size].view(dtype).reshape(shape)
    array[...] = fill
    return array


def draw(case: Case, rng: np.random.Generator, sharpness: float = 1.0) -> Inputs:
    """Normal q, k and v with scores of about `sharpness` standard deviation; coordinates in [-1, 1]."""
    shapes = {
        "q": (case.heads, case.queries, case.dk),
        "k": (case.heads, case.keys, case.dk),
        "v": (case.heads, case.keys, case.dv),
    }
    drawn = {name: aligned(shape, np.float16) for name, shape in shapes.items()}
    for name, array in drawn.items():
        array[...] = rng.standard_normal(array.shape) * (sharpness * case.dk**-0.5 if name == "q" else 1)
    extra = aligned((case.keys, case.extra), np.float16)
    extra[...] = rng.uniform(-1, 1, extra.shape)
    return Inputs(extra=extra, **drawn)


def run(emulator: Emulator, case: Case, inputs: Inputs, **options: int) -> Outputs:
    """Launch with poisoned outputs."""
    outputs = Outputs(
        aligned((case.heads, case.queries, case.dv), np.float16),
        aligned((case.heads, case.queries, case.extra), np.float32),
        aligned((case.heads, case.queries), np.float32),
    )
    params = CrossAttentionParams(
        q=inputs.q.ctypes.data, k=inputs.k.ctypes.data, v=inputs.v.ctypes.data,
        extra=inputs.extra.ctypes.data, out=outputs.out.ctypes.data, extra_out=outputs.extra.ctypes.data,
        lse=outputs.lse.ctypes.data,
        heads=case.heads, queries=case.queries, keys=case.keys,
        key_width=case.dk, value_width=case.dv, extra_width=case.extra,
    )  # fmt: skip
    plan = plan_cross_attention(
        params, multiprocessors=H100_MULTIPROCESSORS, warps=case.warps, splits=case.splits
    )
    workspace = aligned((plan.workspace_bytes,), np.uint8, 0)
    params.workspace = workspace.ctypes.data
    emulator.launch(plan, params, **options)
    return outputs


def faults(inputs: Inputs, outputs: Outputs) -> list[str]:
    """What is further from float64 than allowed."""
    out, extra, lse = reference.cross_attention(inputs.q, inputs.k, inputs.v, inputs.extra)
    measured = {
        "out": (np.linalg.norm(outputs.out - out) / np.linalg.norm(out), OUT_RELATIVE),
        "extra_out": (np.abs(outputs.extra - extra).max(initial=0), EXTRA_ABSOLUTE),
        "lse": (np.abs(outputs.lse - lse).max(), LSE_ABSOLUTE),
    }
    return [
        f"{name} is off by {error:.2e}" for name, (error, limit) in measured.items() if not error <= limit
    ]


SENSITIVE = (
    Case(2, 37, 300, 64, 32, extra=8, warps=2, splits=1),
    Case(2, 61, 333, 32, 16, extra=5, warps=2, splits=3),
    Case(1, 256, 2, 32, 16, extra=8, warps=2),
)
"""Small, and together they go through every line: three tiles and more, ragged, split, both extra paths,
and so few keys that the weights' rounding does not average out."""


def main() -> None:
    emulator, seed = Emulator(Path(sys.argv[1])), int(sys.argv[2])
    for i, case in enumerate(SENSITIVE):
        inputs = draw(case, np.random.default_rng([seed, i]))
        # What goes wrong between blocks shows in about one interleaving of three.
        shuffled = range(seed + 1, seed + (25 if case.splits > 1 else 5))
        for schedule, deferred in ((0, False), (0, True), *((order, True) for order in shuffled)):
            try:
                found = faults(inputs, run(emulator, case, inputs, seed=schedule, deferred_copies=deferred))
            except EmulatorError as error:
                found = [str(error)]
            if not found and emulator.bank_conflicts:
                found = [f"{emulator.bank_conflicts} bank conflicts"]
            if found:
                print(case, *found, sep="; ")
                sys.exit(1)


if __name__ == "__main__":
    main()
