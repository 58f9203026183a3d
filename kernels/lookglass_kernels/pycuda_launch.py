"""The same launches through PyCUDA, for programs that already hold their data there.

PyCUDA comes as source: `PATH=$CUDA_HOME/bin:$PATH pip install pycuda` compiles it. Where the toolkit
has no cuRAND, a line `CUDA_ENABLE_CURAND = False` in ~/.aksetup-defaults.py leaves that out.

PyCUDA works on the device's primary context here, not on one of its own: ONNX Runtime, PyTorch and
`lookglass_kernels.driver` share memory and modules with it.
"""

import warnings
from collections.abc import Sequence
from ctypes import Structure
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lookglass.errors import DeviceError
from lookglass_kernels.driver import Array, Size


class PycudaDriver:
    """One GPU through PyCUDA; the counterpart of `lookglass_kernels.driver.Driver`.

    Attributes:
        name: the device's name.
        compute_capability: such as (8, 6).
        multiprocessors: how many there are.

    Example:
        with PycudaDriver() as gpu:
            code = gpu.load(Path("cross_attention.fatbin").read_bytes())
    """

    def __init__(self, *, device: int = 0) -> None:
        """Retain the primary context and make it current in this thread.

        Raises:
            DeviceError: PyCUDA is not installed, or finds no such device.
        """
        self._cuda = _pycuda()
        try:
            self._cuda.init()
            found = self._cuda.Device(device)
            self._context = found.retain_primary_context()
        except self._cuda.Error as error:
            raise DeviceError(f"PyCUDA cannot open device {device}: {error}") from error
        self._context.push()
        self.name = str(found.name())
        self.compute_capability: tuple[int, int] = found.compute_capability()
        self.multiprocessors = int(found.multiprocessor_count)
        self._streams: dict[int, Any] = {0: None}

    def __enter__(self) -> "PycudaDriver":
        return self

    def __exit__(self, *_: object) -> None:
        self._context.pop()
        self._context.detach()

    def allocate(self, size: int) -> "PycudaBuffer":
        """Device memory of `size` bytes, its content undefined."""
        return PycudaBuffer(self, size)

    def load(self, image: bytes) -> "PycudaModule":
        """Load a cubin, fatbin or PTX."""
        return PycudaModule(self, image)

    def stream(self) -> int:
        """A new stream, by its handle; it lives as long as this object."""
        stream = self._cuda.Stream()
        self._streams[stream.handle] = stream
        return int(stream.handle)

    def synchronize(self) -> None:
        """Wait for everything that runs in the context."""
        self._context.synchronize()


class PycudaBuffer:
    """A piece of device memory that PyCUDA allocated.

    Attributes:
        address: where it lies on the device.
        size: bytes.
        allocation: PyCUDA's object.
    """

    def __init__(self, driver: PycudaDriver, size: int) -> None:
        self._driver = driver
        self.size = size
        self.allocation = driver._cuda.mem_alloc(max(size, 1))
        self.address = int(self.allocation)

    def free(self) -> None:
        """Give the memory back; waits for the device."""
        self.allocation.free()

    def fill(self, byte: int) -> None:
        """Set every byte."""
        self._driver._cuda.memset_d8(self.address, byte, self.size)

    def upload(self, array: Array, *, stream: int = 0) -> None:
        """Copy an array in; done when this returns."""
        source = np.ascontiguousarray(array)
        self._check(source.nbytes)
        if source.nbytes:
            self._driver._cuda.memcpy_htod_async(self.address, source, self._driver._streams[stream])
        self._wait(stream)

    def download(self, shape: Sequence[int], dtype: npt.DTypeLike, *, stream: int = 0) -> Array:
        """A copy of the first bytes as an array, once the stream has got there."""
        target = np.empty(shape, dtype)
        self._check(target.nbytes)
        if target.nbytes:
            self._driver._cuda.memcpy_dtoh_async(target, self.address, self._driver._streams[stream])
        self._wait(stream)
        return target

    def _wait(self, stream: int) -> None:
        held = self._driver._streams[stream]
        held.synchronize() if held else self._driver.synchronize()

    def _check(self, size: int) -> None:
        if size > self.size:
            raise ValueError(f"{size} bytes do not fit into a buffer of {self.size}")


class PycudaModule:
    """Loaded device code."""

    def __init__(self, driver: PycudaDriver, image: bytes) -> None:
        self._driver = driver
        try:
            self._module = driver._cuda.module_from_buffer(image)
        except driver._cuda.Error as error:
            raise DeviceError(f"PyCUDA cannot load the kernels: {error}") from error

    def function(self, name: str) -> "PycudaFunction":
        """A `__global__` function by its C name.

        Raises:
            DeviceError: the module has no such function.
        """
        try:
            return PycudaFunction(self._driver, self._module.get_function(name))
        except self._driver._cuda.Error as error:
            raise DeviceError(f"PyCUDA finds no kernel {name}: {error}") from error


class PycudaFunction:
    """A kernel, launched by calling it with its params structure."""

    def __init__(self, driver: PycudaDriver, function: Any) -> None:
        self._driver = driver
        self._function = function

    def __call__(
        self, params: Structure, *, grid: Size, block: Size, shared_bytes: int = 0, stream: int = 0
    ) -> None:
        """Queue one launch; see `lookglass_kernels.driver.Function`."""
        try:
            self._function(
                np.frombuffer(bytes(params), np.uint8),  # an array is passed by value
                grid=grid,
                block=block,
                shared=shared_bytes,
                stream=self._driver._streams[stream],
            )
        except self._driver._cuda.Error as error:
            raise DeviceError(f"PyCUDA cannot launch: {error}") from error


def _pycuda() -> ModuleType:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyCUDA warns of what it then raises
            return import_module("pycuda.driver")
    except ImportError as error:
        raise DeviceError(
            f"PyCUDA cannot be imported ({error}): `pip install 'lookglass[pycuda]'` compiles it against the "
            "CUDA toolkit; lookglass_kernels.driver needs the NVIDIA driver alone"
        ) from error
