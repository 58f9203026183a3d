"""Launches the kernels from Python, through the CUDA driver or through PyCUDA.

Both `lookglass_kernels.driver.Driver` and `lookglass_kernels.pycuda_launch.PycudaDriver` are a `Gpu`, and
both work on the device's primary context.
"""

from collections.abc import Callable, Sequence
from ctypes import Structure
from math import prod
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lookglass_kernels.abi import CrossAttentionParams, LaunchPlan, plan_cross_attention
from lookglass_kernels.driver import Array


class Memory(Protocol):
    """A piece of device memory; see `lookglass_kernels.driver.Buffer`."""

    address: int
    size: int

    def upload(self, array: Array, *, stream: int = 0) -> None: ...
    def download(self, shape: Sequence[int], dtype: npt.DTypeLike, *, stream: int = 0) -> Array: ...
    def fill(self, byte: int) -> None: ...
    def free(self) -> None: ...


class Code(Protocol):
    """Loaded device code; see `lookglass_kernels.driver.Module`."""

    def function(self, name: str) -> Callable[..., None]: ...


class Gpu(Protocol):
    """A device that launches kernels; see `lookglass_kernels.driver.Driver`."""

    name: str
    compute_capability: tuple[int, int]
    multiprocessors: int

    def allocate(self, size: int) -> Memory: ...
    def load(self, image: bytes) -> Code: ...
    def synchronize(self) -> None: ...


class Launch:
    """One planned launch, which can be repeated: kernel, params and workspace are kept.

    Attributes:
        plan: how it is launched.
        params: the kernel's params; pointers may be changed between calls.
    """

    def __init__(self, gpu: Gpu, code: Code, plan: LaunchPlan, params: Structure) -> None:
        """Allocate the workspace and clear it once.

        Args:
            gpu: the device.
            code: holds the kernel that the plan names.
            plan: from the kernel's plan function.
            params: the same that the plan was made for.
        """
        self.plan, self.params = plan, params
        self._function = code.function(plan.kernel.decode())
        self._workspace: Memory | None = None
        if plan.workspace_bytes:
            self._workspace = gpu.allocate(plan.workspace_bytes)
            self._workspace.fill(0)
            params.workspace = self._workspace.address

    def __call__(self, *, stream: int = 0) -> None:
        """Queue the launch on a stream."""
        plan = self.plan
        self._function(
            self.params,
            grid=tuple(plan.grid),
            block=tuple(plan.block),
            shared_bytes=plan.shared_bytes,
            stream=stream,
        )

    def free(self) -> None:
        """Give the workspace back."""
        if self._workspace:
            self._workspace.free()


class CrossAttention:
    """`cross_attention` with device memory for one set of sizes.

    Attributes:
        launch: the planned launch.
        memory: device memory by the params' names: q, k, v, extra, out, extra_out, lse.

    Example:
        attention = CrossAttention(gpu, code, q.shape, v.shape, extra.shape)
        out, extra_out, lse = attention(q, k, v, extra)
    """

    def __init__(
        self,
        gpu: Gpu,
        code: Code,
        q: tuple[int, int, int],
        v: tuple[int, int, int],
        extra: tuple[int, int],
        *,
        splits: int = 0,
    ) -> None:
        """Plan and allocate.

        Args:
            gpu: the device.
            code: the kernel's image, loaded.
            q: (heads, queries, key width).
            v: (heads, keys, value width).
            extra: (keys, at most 8).
            splits: force a split of the keys; 0 lets the plan choose.

        Raises:
            ValueError: there is no kernel for these sizes.
        """
        (*rows, key_width), (heads, keys, value_width), extra_width = q, v, extra[1]
        inputs = {"q": q, "k": (heads, keys, key_width), "v": v, "extra": extra}
        self._results: dict[str, tuple[list[int], type[np.generic]]] = {
            "out": ([*rows, value_width], np.float16),
            "extra_out": ([*rows, extra_width], np.float32),
            "lse": (rows, np.float32),
        }
        tensors = {name: (shape, np.float16) for name, shape in inputs.items()} | self._results
        params = CrossAttentionParams(
            heads=heads, queries=rows[1], keys=keys,
            key_width=key_width, value_width=value_width, extra_width=extra_width,
        )  # fmt: skip
        plan = plan_cross_attention(params, multiprocessors=gpu.multiprocessors, splits=splits)
        self.memory = {
            name: gpu.allocate(prod(shape) * np.dtype(dtype).itemsize)
            for name, (shape, dtype) in tensors.items()
        }
        for name, memory in self.memory.items():
            setattr(params, name, memory.address)
        self.launch = Launch(gpu, code, plan, params)

    def __call__(self, q: Array, k: Array, v: Array, extra: Array) -> tuple[Array, Array, Array]:
        """Upload, run and download.

        Args:
            q: (heads, queries, key width) float16; the scale is folded in.
            k: (heads, keys, key width) float16.
            v: (heads, keys, value width) float16.
            extra: (keys, extra width) float16.

        Returns:
            out (heads, queries, value width) float16, extra_out (heads, queries, extra width) float32 and
            lse (heads, queries) float32.
        """
        for name, array in (("q", q), ("k", k), ("v", v), ("extra", extra)):
            self.memory[name].upload(array)
        for name in self._results:
            self.memory[name].fill(0xFF)  # what the kernel leaves out comes back as NaN
        self.launch()
        out, extra_out, lse = (
            self.memory[name].download(shape, dtype) for name, (shape, dtype) in self._results.items()
        )
        return out, extra_out, lse

    def free(self) -> None:
        """Give all device memory back."""
        self.launch.free()
        for memory in self.memory.values():
            memory.free()
