"""A picture on the device of which only a part goes up and comes down."""

from ctypes import Structure, byref, c_int, c_size_t, c_uint64, c_void_p
from typing import ClassVar

import numpy as np

from lookglass.types import U8
from lookglass_kernels.driver import Buffer, Driver

Part = tuple[slice, slice]
"""Rows and columns, both ends given."""

_HOST, _DEVICE = 1, 2


class _End(Structure):
    """Where a copy begins or ends."""

    _fields_: ClassVar = [
        ("x_bytes", c_size_t),
        ("y", c_size_t),
        ("memory", c_int),
        ("host", c_void_p),
        ("device", c_uint64),
        ("array", c_void_p),
        ("pitch", c_size_t),
    ]


class _Copy(Structure):
    """CUDA_MEMCPY2D of the driver's interface."""

    _fields_: ClassVar = [("source", _End), ("target", _End), ("width_bytes", c_size_t), ("height", c_size_t)]


class Picture:
    """(H, W, 3) uint8 on the device.

    Attributes:
        memory: all of it; what no part brought up is undefined.

    Example:
        picture = Picture(driver, (720, 1280))
        picture.upload(frame, (slice(100, 400), slice(500, 700)))
    """

    def __init__(self, driver: Driver, size: tuple[int, int]) -> None:
        self._driver = driver
        self._pitch = 3 * size[1]
        self.memory: Buffer = driver.allocate(size[0] * self._pitch)

    def upload(self, image: U8, part: Part, *, stream: int = 0) -> None:
        """Copy a part of an image, (H, W, 3), in; it must not change before the stream has got there."""
        piece = image[part]
        lines = piece if piece.strides[1:] == (3, 1) and piece.strides[0] > 0 else np.ascontiguousarray(piece)
        self._copy(_lines(lines), self._there(part), lines, stream)
        if lines is not piece:
            self._driver.call("cuStreamSynchronize", c_void_p(stream))

    def download(self, image: U8, part: Part, *, stream: int = 0) -> None:
        """Copy a part into an image, (H, W, 3) and contiguous, once the stream has got there."""
        self._copy(self._there(part), _lines(image[part]), image[part], stream)
        self._driver.call("cuStreamSynchronize", c_void_p(stream))

    def _there(self, part: Part) -> _End:
        rows, columns = part
        return _End(3 * columns.start, rows.start, _DEVICE, None, self.memory.address, None, self._pitch)

    def _copy(self, source: _End, target: _End, lines: U8, stream: int) -> None:
        copy = _Copy(source, target, 3 * lines.shape[1], lines.shape[0])
        self._driver.call("cuMemcpy2DAsync_v2", byref(copy), c_void_p(stream))


def _lines(lines: U8) -> _End:
    """A part of an array, by its lines."""
    return _End(0, 0, _HOST, lines.ctypes.data, 0, None, lines.strides[0])
