"""Look into an ONNX file without running it and without the onnx package.

Reads the protobuf wire format far enough to answer what a loader must know before it hands a file to native
code: which operators, functions and opsets it uses, what goes in and out, and whether it asks for data
outside itself. Field numbers are those of onnx.proto3.
"""

from dataclasses import dataclass, field, replace

from lookglass.bundle.protobuf import fields, integer, message, text
from lookglass.errors import BundleError

MAX_NODES = 50_000
MAX_DEPTH = 8
DTYPES = {1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16"}
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
    for number, value in fields(memoryview(model)):
        if number == 1:
            facts.ir_version = integer(value)
        elif number == 7:
            has_graph = True
            _scan_graph(message(value), facts, depth=0)
        elif number == 8:
            opset = dict(fields(message(value)))
            facts.opsets[text(opset.get(1, b""))] = integer(opset.get(2, 0))
        elif number == 25:
            _scan_function(message(value), facts)
    if not has_graph or not facts.ir_version:
        raise BundleError("the file is not an ONNX model")
    return facts


def _scan_graph(graph: memoryview, facts: ModelFacts, *, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise BundleError(f"the model nests graphs more than {MAX_DEPTH} deep")
    for number, value in fields(graph):
        if number == 1:
            _scan_node(message(value), facts, depth)
        elif number == 5:
            _scan_tensor(message(value), facts)
        elif number == 15:
            _scan_sparse(message(value), facts)
        elif number in (11, 12) and depth == 0:
            name, signature = _signature(message(value))
            (facts.inputs if number == 11 else facts.outputs)[name] = signature


def _scan_function(function: memoryview, facts: ModelFacts) -> None:
    name = domain = ""
    body = replace(facts, operators=facts.body_operators)
    for number, value in fields(function):
        if number == 1:
            name = text(value)
        elif number == 10:
            domain = text(value)
        elif number == 7:
            _scan_node(message(value), body, depth=0)
        elif number == 11:
            _scan_attribute(message(value), body, depth=0)
    facts.functions.add((domain, name))
    facts.node_count = body.node_count
    facts.external_data = body.external_data


def _scan_node(node: memoryview, facts: ModelFacts, depth: int) -> None:
    facts.node_count += 1
    if facts.node_count > MAX_NODES:
        raise BundleError(f"the model has more than {MAX_NODES} nodes")
    operator = domain = ""
    for number, value in fields(node):
        if number == 4:
            operator = text(value)
        elif number == 7:
            domain = text(value)
        elif number == 5:
            _scan_attribute(message(value), facts, depth)
    facts.operators.add((domain, operator))


def _scan_attribute(attribute: memoryview, facts: ModelFacts, depth: int) -> None:
    for number, value in fields(attribute):
        if number in (5, 10):
            _scan_tensor(message(value), facts)
        elif number in (6, 11):
            _scan_graph(message(value), facts, depth=depth + 1)
        elif number in (22, 23):
            _scan_sparse(message(value), facts)


def _scan_sparse(sparse: memoryview, facts: ModelFacts) -> None:
    for number, value in fields(sparse):
        if number in (1, 2):
            _scan_tensor(message(value), facts)


def _scan_tensor(tensor: memoryview, facts: ModelFacts) -> None:
    for number, value in fields(tensor):
        if number == 13 or (number == 14 and value == _EXTERNAL):
            facts.external_data = True


def _signature(value_info: memoryview) -> tuple[str, Signature]:
    """ValueInfoProto: name 1, type 2; TypeProto: tensor 1; tensor: element type 1, shape 2; shape: dim 1."""
    info = dict(fields(value_info))
    kind = dict(fields(message(info.get(2, b""))))
    tensor = dict(fields(message(kind.get(1, b""))))
    shape: list[int | None] = []
    for _, dimension in fields(message(tensor.get(2, b""))):
        size = dict(fields(message(dimension))).get(1)
        shape.append(None if size is None else integer(size))
    dtype = DTYPES.get(integer(tensor.get(1, 0)), "unknown")
    return text(info.get(1, b"")), (tuple(shape), dtype)
