"""The CUDA driver through ctypes: load a fatbin, move memory, launch; no package besides the driver.

It works on the device's primary context, which ONNX Runtime, PyTorch and TensorRT use as well, so that
addresses and streams pass between them and us.
"""

import ctypes
from collections.abc import Sequence
from ctypes import Structure, byref, c_char_p, c_int, c_size_t, c_uint64, c_void_p
from typing import Any

import numpy as np
import numpy.typing as npt

from lookglass.errors import DeviceError

Array = npt.NDArray[Any]
Size = tuple[int, int, int]

_COMPUTE_MAJOR, _COMPUTE_MINOR, _MULTIPROCESSORS, _L2_BYTES = 75, 76, 16, 38
_NON_BLOCKING = 1


class Driver:
    """One GPU, its primary context current in the thread that opened it.

    Attributes:
        name: the device's name.
        compute_capability: such as (8, 6).
        multiprocessors: how many blocks' worth of hardware there is.
        l2_bytes: size of the L2 cache.

    Example:
        with Driver() as driver, driver.upload(np.ones(4, np.float32)) as ones:
            print(driver.name, ones.download((4,), np.float32))
    """

    def __init__(self, *, device: int = 0, library: str = "libcuda.so.1") -> None:
        """Open a device.

        Args:
            device: its number in the driver's order.
            library: file name or path of the driver.

        Raises:
            DeviceError: no driver is installed, or it has no such device.
        """
        try:
            self._library = ctypes.CDLL(library)
        except OSError as error:
            raise DeviceError(f"no NVIDIA driver: {error}; install it, or use --device cpu") from error
        self._context = c_void_p()
        self._device = c_int()
        self.call("cuInit", 0)
        self.call("cuDeviceGet", byref(self._device), device)
        self.call("cuDevicePrimaryCtxRetain", byref(self._context), self._device)
        self.make_current()
        name = ctypes.create_string_buffer(100)
        self.call("cuDeviceGetName", name, len(name), self._device)
        self.name = name.value.decode()
        self.compute_capability = (self._attribute(_COMPUTE_MAJOR), self._attribute(_COMPUTE_MINOR))
        self.multiprocessors = self._attribute(_MULTIPROCESSORS)
        self.l2_bytes = self._attribute(_L2_BYTES)

    def __enter__(self) -> "Driver":
        return self

    def __exit__(self, *_: object) -> None:
        self.call("cuDevicePrimaryCtxRelease_v2", self._device)

    def call(self, function: str, *arguments: Any) -> None:
        """Call a function of the driver API.

        Raises:
            DeviceError: it returned an error; names the function and the driver's words.
        """
        status = getattr(self._library, function)(*arguments)
        if status:
            words = c_char_p()
            self._library.cuGetErrorString(status, byref(words))
            reason = words.value.decode() if words.value else "unknown error"
            raise DeviceError(f"CUDA: {function} failed with {status}: {reason}")

    def make_current(self) -> None:
        """Make the primary context current in the calling thread."""
        self.call("cuCtxSetCurrent", self._context)

    def synchronize(self) -> None:
        """Wait for everything that runs in the context."""
        self.call("cuCtxSynchronize")

    def stream(self) -> int:
        """A new stream, by its handle, as old as the context; it does not wait for the default stream."""
        stream = c_void_p()
        self.call("cuStreamCreate", byref(stream), _NON_BLOCKING)
        return stream.value or 0

    def allocate(self, size: int) -> "Buffer":
        """Device memory of `size` bytes, its content undefined."""
        return Buffer(self, size)

    def upload(self, array: Array) -> "Buffer":
        """Device memory with a copy of an array."""
        buffer = Buffer(self, array.nbytes)
        buffer.upload(array)
        return buffer

    def load(self, image: bytes) -> "Module":
        """Load a cubin, fatbin or PTX.

        Raises:
            DeviceError: it has no code for this device, or is not an image.
        """
        return Module(self, image)

    def _attribute(self, attribute: int) -> int:
        value = c_int()
        self.call("cuDeviceGetAttribute", byref(value), attribute, self._device)
        return value.value


class Buffer:
    """A piece of device memory, freed when its `with` block ends or by `free`.

    Attributes:
        address: where it lies on the device.
        size: bytes.
    """

    def __init__(self, driver: Driver, size: int) -> None:
        self._driver = driver
        self.size = size
        pointer = c_uint64()
        driver.call("cuMemAlloc_v2", byref(pointer), c_size_t(max(size, 1)))
        self.address = pointer.value

    def __enter__(self) -> "Buffer":
        return self

    def __exit__(self, *_: object) -> None:
        self.free()

    def free(self) -> None:
        """Give the memory back; waits for the device."""
        self._driver.call("cuMemFree_v2", c_uint64(self.address))

    def fill(self, byte: int) -> None:
        """Set every byte; 0xFF makes every float a NaN."""
        self._driver.call("cuMemsetD8_v2", c_uint64(self.address), byte, c_size_t(self.size))

    def upload(self, array: Array, *, stream: int = 0) -> None:
        """Copy an array in, which must not change before the stream has passed the copy."""
        source = np.ascontiguousarray(array)
        self._check(source.nbytes)
        self._driver.call(
            "cuMemcpyHtoDAsync_v2",
            c_uint64(self.address),
            c_void_p(source.ctypes.data),
            c_size_t(source.nbytes),
            c_void_p(stream),
        )
        if source is not array:
            self._driver.call("cuStreamSynchronize", c_void_p(stream))

    def download(self, shape: Sequence[int], dtype: npt.DTypeLike, *, stream: int = 0) -> Array:
        """A copy of the first bytes as an array, once the stream has got there."""
        target = np.empty(shape, dtype)
        self._check(target.nbytes)
        self._driver.call(
            "cuMemcpyDtoHAsync_v2",
            c_void_p(target.ctypes.data),
            c_uint64(self.address),
            c_size_t(target.nbytes),
            c_void_p(stream),
        )
        self._driver.call("cuStreamSynchronize", c_void_p(stream))
        return target

    def _check(self, size: int) -> None:
        if size > self.size:
            raise ValueError(f"{size} bytes do not fit into a buffer of {self.size}")


class Module:
    """Loaded device code."""

    def __init__(self, driver: Driver, image: bytes) -> None:
        self._driver = driver
        self._handle = c_void_p()
        driver.call("cuModuleLoadData", byref(self._handle), c_char_p(image))

    def unload(self) -> None:
        """Unload the code; its functions are no longer valid."""
        self._driver.call("cuModuleUnload", self._handle)

    def function(self, name: str) -> "Function":
        """A `__global__` function by its C name.

        Raises:
            DeviceError: the module has no such function.
        """
        handle = c_void_p()
        self._driver.call("cuModuleGetFunction", byref(handle), self._handle, name.encode())
        return Function(self._driver, handle)


class Function:
    """A kernel, launched by calling it."""

    def __init__(self, driver: Driver, handle: c_void_p) -> None:
        self._driver = driver
        self._handle = handle

    def __call__(
        self, params: Structure, *, grid: Size, block: Size, shared_bytes: int = 0, stream: int = 0
    ) -> None:
        """Queue one launch.

        Args:
            params: the kernel's only argument; it is copied.
            grid: blocks in x, y and z.
            block: threads in x, y and z.
            shared_bytes: dynamic shared memory, at most 48 KiB.
            stream: handle of the stream; 0 is the default stream.
        """
        arguments = (c_void_p * 1)(ctypes.addressof(params))
        self._driver.call(
            "cuLaunchKernel", self._handle, *grid, *block, shared_bytes, c_void_p(stream), arguments, None
        )
