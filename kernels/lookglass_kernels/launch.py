"""Launches the kernels from Python, through the CUDA driver or through PyCUDA.

Both `lookglass_kernels.driver.Driver` and `lookglass_kernels.pycuda_launch.PycudaDriver` are a `Gpu`, and
both work on the device's primary context.
"""

import ctypes
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from lookglass_kernels.abi import CrossAttentionParams, LaunchPlan, plan_cross_attention

Array = npt.NDArray[Any]


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

    def __init__(self, gpu: Gpu, code: Code, plan: LaunchPlan, params: ctypes.Structure) -> None:
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
        warps: int = 0,
        splits: int = 0,
    ) -> None:
        """Plan and allocate.

        Args:
            gpu: the device.
            code: the kernels' image, loaded.
            q: (heads, queries, key width).
            v: (heads, keys, value width).
            extra: (keys, at most 8).
            warps: force a tile; 0 lets the plan choose.
            splits: force a split of the keys; 0 lets the plan choose.

        Raises:
            ValueError: there is no kernel for these sizes.
        """
        heads, queries, width = q
        self._results = ((*q[:2], v[2]), np.float16), ((*q[:2], extra[1]), np.float32), (q[:2], np.float32)
        sizes = {"q": q, "k": (*v[:2], width), "v": v, "extra": extra}
        halves = {name: int(np.prod(shape)) * 2 for name, shape in sizes.items()}
        results = {
            name: int(np.prod(shape)) * np.dtype(dtype).itemsize
            for name, (shape, dtype) in zip(("out", "extra_out", "lse"), self._results, strict=True)
        }
        params = CrossAttentionParams(
            heads=heads, queries=queries, keys=v[1], key_width=width, value_width=v[2], extra_width=extra[1]
        )
        plan = plan_cross_attention(params, multiprocessors=gpu.multiprocessors, warps=warps, splits=splits)
        self.memory = {name: gpu.allocate(max(size, 16)) for name, size in (halves | results).items()}
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
        for name in ("out", "extra_out", "lse"):
            self.memory[name].fill(0xFF)
        self.launch()
        out, extra_out, lse = (
            self.memory[name].download(shape, dtype)
            for name, (shape, dtype) in zip(("out", "extra_out", "lse"), self._results, strict=True)
        )
        return out, extra_out, lse

    def free(self) -> None:
        """Give all device memory back."""
        self.launch.free()
        for memory in self.memory.values():
            memory.free()
