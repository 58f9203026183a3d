"""What every launch of a kernel from Python has in common, whichever driver it goes through.

`lookglass_kernels.driver.Driver` and `lookglass_kernels.pycuda_launch.PycudaDriver` are a `Gpu`, and both
work on the device's primary context. `launch_attention` and `launch_frame` hold the kernels.
"""

from collections.abc import Callable, Mapping, Sequence
from ctypes import Structure
from math import prod
from types import MappingProxyType
from typing import Protocol

import numpy as np
import numpy.typing as npt

from lookglass_kernels.abi import LaunchPlan
from lookglass_kernels.driver import Array

Tensor = tuple[Sequence[int], npt.DTypeLike]
"""Shape and type."""


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
    def stream(self) -> int: ...
    def synchronize(self) -> None: ...


class Launch:
    """A kernel with its params, its tensors on the device and its workspace, to be launched many times.

    Attributes:
        plans: the launches, one after another; may be replaced by others that need no more workspace.
        params: the kernel's params; pointers may be set to tensors that lie elsewhere on the device.
        memory: the tensors by the params' names.
    """

    def __init__(
        self,
        gpu: Gpu,
        code: Code,
        plans: Sequence[LaunchPlan],
        params: Structure,
        tensors: Mapping[str, Tensor],
        *,
        lent: Mapping[str, Memory] = MappingProxyType({}),
    ) -> None:
        """Allocate the tensors, and the workspace, which is cleared once.

        Args:
            gpu: the device.
            code: holds the kernels that the plans name.
            plans: from the kernel's plan function.
            params: the same that the plans were made for; gets its pointers here.
            tensors: what the params' pointers point to.
            lent: tensors among them that lie in memory of the caller's.
        """
        self.plans, self.params = plans, params
        self._gpu, self._tensors, self._lent = gpu, dict(tensors), lent
        self._functions = {plan.kernel: code.function(plan.kernel.decode()) for plan in plans}
        self.memory = dict(lent)
        for name, memory in lent.items():
            setattr(params, name, memory.address)
        for name, tensor in tensors.items():
            if name not in lent:
                self.allocate(name, tensor)
        if workspace_bytes := max(plan.workspace_bytes for plan in plans):
            self.allocate("workspace", ((workspace_bytes,), np.uint8))
            self.memory["workspace"].fill(0)
            gpu.synchronize()  # the stream of a later launch does not wait for the one that clears

    def allocate(self, name: str, tensor: Tensor) -> None:
        """Give a tensor new memory of its own, in place of what it had."""
        shape, dtype = self._tensors[name] = tensor
        if name in self.memory:
            self.memory[name].free()
        self.memory[name] = self._gpu.allocate(prod(shape) * np.dtype(dtype).itemsize)
        setattr(self.params, name, self.memory[name].address)

    def __call__(self, *, stream: int = 0) -> None:
        """Queue the launches on a stream."""
        for plan in self.plans:
            self._functions[plan.kernel](
                self.params,
                grid=tuple(plan.grid),
                block=tuple(plan.block),
                shared_bytes=plan.shared_bytes,
                stream=stream,
            )

    def run(self, inputs: Mapping[str, Array], results: Sequence[str]) -> list[Array]:
        """Upload inputs, poison the results' memory, launch, and download the results."""
        for name, array in inputs.items():
            self.memory[name].upload(array)
        for name in results:
            self.memory[name].fill(0xFF)  # what the kernel leaves out comes back as NaN, or as white
        self()
        return [self.memory[name].download(*self._tensors[name]) for name in results]

    def free(self) -> None:
        """Give all device memory back that is not lent."""
        for name, memory in self.memory.items():
            if name not in self._lent:
                memory.free()
