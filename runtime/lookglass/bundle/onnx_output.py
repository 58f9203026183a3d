"""One more output for a graph: a tensor from its inside, without the onnx package.

Messages in the protobuf format merge when they are written one behind the other, so that a few bytes at the
end of a model add an output to it; the rest stays as it was checked.
"""

from collections.abc import Iterator

from lookglass.bundle.protobuf import fields, message, text

_FLOAT = 1


def inputs_beside(model: bytes, operator: str, tensor: str) -> Iterator[tuple[str, ...]]:
    """Names of the inputs of each node of an operator that takes a tensor.

    Args:
        model: a checked ONNX file.
        operator: the nodes' type.
        tensor: name of one of their inputs.
    """
    graphs = (message(value) for number, value in fields(memoryview(model)) if number == 7)
    nodes = (message(value) for graph in graphs for number, value in fields(graph) if number == 1)
    for node in nodes:
        named = [(number, text(value)) for number, value in fields(node) if number in (1, 4)]
        inputs = tuple(name for number, name in named if number == 1)
        if tensor in inputs and (4, operator) in named:
            yield inputs


def with_output(model: bytes, name: str, shape: tuple[int, ...]) -> bytes:
    """The model with a float32 tensor of its inside as its last output.

    Args:
        model: a checked ONNX file.
        name: the tensor.
        shape: of the tensor.
    """
    dimensions = b"".join(_field(1, _number(1, size)) for size in shape)
    tensor = _number(1, _FLOAT) + _field(2, dimensions)
    output = _field(1, name.encode()) + _field(2, _field(1, tensor))
    return model + _field(7, _field(12, output))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])
