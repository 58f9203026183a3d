"""Reading a TFLite flatbuffer: tensors, operators, constants."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tflite

from lookglass_export.importer.sparse import densify

_KINDS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}
_OPTIONS = {code: name for name, code in vars(tflite.BuiltinOptions).items() if isinstance(code, int)}
_DTYPES = {
    tflite.TensorType.FLOAT32: np.float32,
    tflite.TensorType.FLOAT16: np.float16,
    tflite.TensorType.INT32: np.int32,
}


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes:
        kind: TFLite's name, for a custom operator its own name.
        inputs: tensor indices, -1 where an optional input is absent.
        output: index of its first output.
        options: its flatbuffer options, for a custom operator the raw bytes.
    """

    kind: str
    inputs: tuple[int, ...]
    output: int
    options: Any


class TfliteFile:
    """The main graph of a TFLite file; weights that only pass through DEQUANTIZE or DENSIFY are constants.

    Attributes:
        shapes: shape of every tensor, NHWC.
        constants: value of every constant tensor, in its stored precision.
        operators: the operators that compute something, in execution order.
        inputs: indices of the graph's inputs.
        outputs: name to index of the graph's outputs.
    """

    def __init__(self, data: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(data, 0)
        graph = self._model.Subgraphs(0)
        tensors = [graph.Tensors(i) for i in range(graph.TensorsLength())]
        self.shapes = [tuple(t.ShapeAsNumpy().tolist()) if t.ShapeLength() else () for t in tensors]
        self.constants = {i: value for i, t in enumerate(tensors) if (value := self._constant(t)) is not None}
        self.operators: list[Operator] = []
        self.inputs = graph.InputsAsNumpy().tolist()
        self.outputs = {tensors[i].Name().decode(): i for i in graph.OutputsAsNumpy().tolist()}
        for i in range(graph.OperatorsLength()):
            self._add(self._operator(graph.Operators(i)))

    def _constant(self, tensor: Any) -> npt.NDArray[Any] | None:
        buffer = self._model.Buffers(tensor.Buffer())
        if buffer.DataIsNone():
            return None
        values = np.frombuffer(buffer.DataAsNumpy().tobytes(), _DTYPES[tensor.Type()])
        shape = tuple(tensor.ShapeAsNumpy().tolist()) if tensor.ShapeLength() else ()
        sparsity = tensor.Sparsity()
        return values.reshape(shape) if sparsity is None else densify(values, shape, sparsity)

    def _operator(self, op: Any) -> Operator:
        code = self._model.OperatorCodes(op.OpcodeIndex())
        kind = _KINDS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind == "CUSTOM":
            kind, options = code.CustomCode().decode(), op.CustomOptionsAsNumpy().tobytes()
        else:
            options = _builtin_options(op)
        return Operator(kind, tuple(op.InputsAsNumpy().tolist()), op.Outputs(0), options)

    def _add(self, op: Operator) -> None:
        # Half-precision and sparse weights are widened at load time; the importer keeps them as stored.
        if op.kind in ("DEQUANTIZE", "DENSIFY") and op.inputs[0] in self.constants:
            self.constants[op.output] = self.constants[op.inputs[0]]
        else:
            self.operators.append(op)


def _builtin_options(op: Any) -> Any:
    table = op.BuiltinOptions()
    if table is None:
        return None
    options = getattr(tflite, _OPTIONS[op.BuiltinOptionsType()])()
    options.Init(table.Bytes, table.Pos)
    return options
