"""Look into an ONNX file without running it and without the onnx package.

Reads the protobuf wire format far enough to answer what a loader must know before it hands a file to native
code: which operators, functions and opsets it uses, what goes in and out, and whether it asks for data
outside itself. Field numbers are those of onnx.proto3.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lookglass.errors import BundleError

MAX_NODES = 50_000
MAX_DEPTH = 8
DTYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16"}
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_EXTERNAL = 1

Signature = tuple[tuple[int | None, ...], str]
"""Shape (None where it is not fixed) and dtype of an input or output."""


@dataclass(slots=True)
class ModelFacts:
    """What an ONNX file holds.

    Attributes:
        ir_version: ONNX IR version.
        opsets: operator-set version of each imported domain, "" for ONNX itself.
        operators: (domain, name) of every node of the graph and its subgraphs.
        functions: (domain, name) of every model-local function.
        body_operators: (domain, name) of every node in a function's body.
        inputs: name -> (shape, dtype); initializers are not listed.
        outputs: name -> (shape, dtype).
        node_count: nodes in the graph, its subgraphs and functions.
        external_data: some tensor lies outside the file.
    """

    ir_version: int = 0
    opsets: dict[str, int] = field(default_factory=dict)
    operators: set[tuple[str, str]] = field(default_factory=set)
    functions: set[tuple[str, str]] = field(default_factory=set)
    body_operators: set[tuple[str, str]] = field(default_factory=set)
    inputs: dict[str, Signature] = field(default_factory=dict)
    outputs: dict[str, Signature] = field(default_factory=dict)
    node_count: int = 0
    external_data: bool = False


def scan(model: bytes) -> ModelFacts:
    """Read the facts out of a serialized ONNX model.

    Raises:
        BundleError: the bytes are no ONNX model, or nest or branch beyond the limits.

    Example:
        >>> scan(bytes([0x08, 10, 0x3A, 0])).ir_version
        10
    """
    facts, has_graph = ModelFacts(), False
    for number, value in _fields(memoryview(model)):
        if number == 1:
            facts.ir_version = _integer(value)
        elif number == 7:
            has_graph = True
            _scan_graph(_message(value), facts, depth=0)
        elif number == 8:
            opset = dict(_fields(_message(value)))
            facts.opsets[_text(opset.get(1, b""))] = _integer(opset.get(2, 0))
        elif number == 25:
            _scan_function(_message(value), facts)
    if not has_graph or not facts.ir_version:
        raise BundleError("the file is not an ONNX model")
    return facts


def _scan_graph(graph: memoryview, facts: ModelFacts, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BundleError(f"the model nests graphs more than {MAX_DEPTH} deep")
    for number, value in _fields(graph):
        if number == 1:
            _scan_node(_message(value), facts, depth)
        elif number == 5:
            _scan_tensor(_message(value), facts)
        elif number == 15:
            _scan_sparse(_message(value), facts)
        elif number in (11, 12) and depth == 0:
            name, signature = _signature(_message(value))
            (facts.inputs if number == 11 else facts.outputs)[name] = signature


def _scan_function(function: memoryview, facts: ModelFacts) -> None:
    name = domain = ""
    body = replace(facts, operators=facts.body_operators)
    for number, value in _fields(function):
        if number == 1:
            name = _text(value)
        elif number == 10:
            domain = _text(value)
        elif number == 7:
            _scan_node(_message(value), body, depth=0)
        elif number == 11:
            _scan_attribute(_message(value), body, depth=0)
    facts.functions.add((domain, name))
    facts.node_count = body.node_count
    facts.external_data = body.external_data


def _scan_node(node: memoryview, facts: ModelFacts, depth: int) -> None:
    facts.node_count += 1
    if facts.node_count > MAX_NODES:
        raise BundleError(f"the model has more than {MAX_NODES} nodes")
    operator = domain = ""
    for number, value in _fields(node):
        if number == 4:
            operator = _text(value)
        elif number == 7:
            domain = _text(value)
        elif number == 5:
            _scan_attribute(_message(value), facts, depth)
    facts.operators.add((domain, operator))


def _scan_attribute(attribute: memoryview, facts: ModelFacts, depth: int) -> None:
    for number, value in _fields(attribute):
        if number in (5, 10):
            _scan_tensor(_message(value), facts)
        elif number in (6, 11):
            _scan_graph(_message(value), facts, depth=depth + 1)
        elif number in (22, 23):
            _scan_sparse(_message(value), facts)


def _scan_sparse(sparse: memoryview, facts: ModelFacts) -> None:
    for number, value in _fields(sparse):
        if number in (1, 2):
            _scan_tensor(_message(value), facts)


def _scan_tensor(tensor: memoryview, facts: ModelFacts) -> None:
    for number, value in _fields(tensor):
        if number == 13 or (number == 14 and value == _EXTERNAL):
            facts.external_data = True


def _signature(value_info: memoryview) -> tuple[str, Signature]:
    """ValueInfoProto: name 1, type 2; TypeProto: tensor 1; tensor: element type 1, shape 2; shape: dim 1."""
    info = dict(_fields(value_info))
    kind = dict(_fields(_message(info.get(2, b""))))
    tensor = dict(_fields(_message(kind.get(1, b""))))
    shape: list[int | None] = []
    for _, dimension in _fields(_message(tensor.get(2, b""))):
        size = dict(_fields(_message(dimension))).get(1)
        shape.append(None if size is None else _integer(size))
    dtype = DTYPES.get(_integer(tensor.get(1, 0)), "unknown")
    return _text(info.get(1, b"")), (tuple(shape), dtype)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of a message; fixed-width values are skipped, nothing here needs them."""
    position, end = 0, len(message)
    while position < end:
        key, position = _varint(message, position)
        wire_type = key & 7
        if wire_type == _VARINT:
            value, position = _varint(message, position)
            yield key >> 3, value
            continue
        length = {_FIXED64: 8, _FIXED32: 4}.get(wire_type)
        if length is None:
            if wire_type != _BYTES:
                raise BundleError("the file is not an ONNX model")
            length, position = _varint(message, position)
        if length > end - position:
            raise BundleError("the ONNX model is cut short")
        if wire_type == _BYTES:
            yield key >> 3, message[position : position + length]
        position += length


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    result = shift = 0
    while position < len(message) and shift < 70:
        byte = message[position]
        position += 1
        result |= (byte & 0x7F) << shift
        if byte < 0x80:
            return result, position
        shift += 7
    raise BundleError("the ONNX model is cut short")


def _integer(value: int | memoryview | bytes) -> int:
    if not isinstance(value, int):
        raise BundleError("the file is not an ONNX model")
    return value


def _message(value: int | memoryview | bytes) -> memoryview:
    if isinstance(value, int):
        raise BundleError("the file is not an ONNX model")
    return memoryview(value)


def _text(value: int | memoryview | bytes) -> str:
    return str(_message(value), "utf-8", "replace")
