"""A float32 ONNX graph rewritten to compute in float16, its inputs and outputs left as they are."""

import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper, inliner, numpy_helper

FLOAT, HALF = TensorProto.FLOAT, TensorProto.FLOAT16
_STAYS_FLOAT = {"Resize": (1, 2)}
"""Inputs that ONNX wants as float32 whatever the tensor's type is: the region and the scales."""


def half_graph(model: ModelProto) -> ModelProto:
    """Inline the model's functions and turn every float32 tensor between inputs and outputs into float16."""
    model = inliner.inline_local_functions(model)
    graph = model.graph
    del graph.value_info[:]
    kept = {
        node.input[i]
        for node in graph.node
        for i in _STAYS_FLOAT.get(node.op_type, ())
        if i < len(node.input)
    }
    for tensor in graph.initializer:
        if tensor.name not in kept:
            _halve(tensor)
    for node in graph.node:
        if not kept.intersection(node.output):
            _halve_attributes(node)
    _cast_at_the_edges(graph)
    return model


def _halve(tensor: TensorProto) -> None:
    if tensor.data_type == FLOAT:
        values = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def _halve_attributes(node: NodeProto) -> None:
    """Constants become halves, and casts to float32 casts to float16."""
    for attribute in node.attribute:
        if node.op_type == "Cast" and attribute.name == "to" and attribute.i == FLOAT:
            attribute.i = HALF
        elif attribute.type == AttributeProto.TENSOR:
            _halve(attribute.t)
        elif node.op_type == "Constant" and attribute.name in ("value_float", "value_floats"):
            values = np.array(helper.get_attribute_value(attribute), np.float16)
            attribute.CopyFrom(helper.make_attribute("value", numpy_helper.from_array(values)))


def _cast_at_the_edges(graph: GraphProto) -> None:
    inputs = [value.name for value in graph.input if value.type.tensor_type.elem_type == FLOAT]
    outputs = [value.name for value in graph.output if value.type.tensor_type.elem_type == FLOAT]
    renamed = {name: f"{name}_half" for name in (*inputs, *outputs)}
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    before = [helper.make_node("Cast", [name], [renamed[name]], to=HALF) for name in inputs]
    after = [helper.make_node("Cast", [renamed[name]], [name], to=FLOAT) for name in outputs]
    nodes = [*before, *graph.node, *after]
    del graph.node[:]
    graph.node.extend(nodes)
    constant = {tensor.name for tensor in graph.initializer} & set(outputs)
    for tensor in graph.initializer:
        if tensor.name in constant:
            tensor.name = renamed[tensor.name]
