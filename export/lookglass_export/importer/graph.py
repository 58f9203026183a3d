"""An ONNX graph under construction."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 20, 10


class GraphBuilder:
    """Collects nodes and initializers under readable names.

    Half-precision weights are stored as they are and cast in the graph: the file is half as large, and
    ONNX Runtime folds the casts when it opens a session, so that inference is float32 throughout.
    """

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._initializers: dict[str, onnx.TensorProto] = {}

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Append a node; its name is its output's."""
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        """Store a constant once; returns the name of its value (float32 where it was stored as float16)."""
        half = value.dtype == np.float16
        stored = f"{name}_f16" if half else name
        if stored not in self._initializers:
            self._initializers[stored] = numpy_helper.from_array(np.ascontiguousarray(value), stored)
            if half:
                self.add("Cast", [stored], name, to=TensorProto.FLOAT)
        return name

    def build(
        self, name: str, *, inputs: dict[str, tuple[int, ...]], outputs: dict[str, tuple[int, ...]]
    ) -> onnx.ModelProto:
        """The checked model; all inputs and outputs are float32 of static shape."""
        values = [
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in ends.items()]
            for ends in (inputs, outputs)
        ]
        graph = helper.make_graph(self._nodes, name, *values, list(self._initializers.values()))
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
        )
        model.producer_name = "lookglass-export"
        onnx.checker.check_model(model, full_check=True)
        return model
