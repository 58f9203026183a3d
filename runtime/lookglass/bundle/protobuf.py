"""The protobuf wire format, as far as ONNX files need it to be read."""

from collections.abc import Iterator

from lookglass.errors import BundleError

NOT_A_MODEL = "the file is not an ONNX model"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
Value = int | memoryview | bytes
"""A number, or the bytes of a text or a message."""


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of a message; fixed-width values are skipped, nothing here needs them."""
    position, end = 0, len(data)
    while position < end:
        key, position = _varint(data, position)
        wire_type = key & 7
        if wire_type == _VARINT:
            value, position = _varint(data, position)
            yield key >> 3, value
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire_type)
        if length is None:
            if wire_type != _BYTES:
                raise BundleError(NOT_A_MODEL)
            length, position = _varint(data, position)
        if length > end - position:
            raise BundleError("the file is cut short")
        if wire_type == _BYTES:
            yield key >> 3, data[position : position + length]
        position += length


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    result = shift = 0
    while position < len(data) and shift < 70:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
    raise BundleError("the file is cut short")


def integer(value: Value) -> int:
    """A value that must be a number."""
    if not isinstance(value, int):
        raise BundleError(NOT_A_MODEL)
    return value


def message(value: Value) -> memoryview:
    """A value that must be a message or a text, as bytes."""
    if isinstance(value, int):
        raise BundleError(NOT_A_MODEL)
    return memoryview(value)


def text(value: Value) -> str:
    """A value that must be a text."""
    return str(message(value), "utf-8", "replace")
