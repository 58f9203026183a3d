"""The body of `lookglass::CrossAttention` in standard operators, shipped inside every model that uses it."""

import onnx
from onnx import helper

DOMAIN = "lookglass"


def function(opset: int) -> onnx.FunctionProto:
    """The model-local function: every runtime without our operator library inlines it."""
    node = helper.make_node
    nodes = [
        node("Transpose", ["k"], ["kt"], perm=[0, 1, 3, 2]),
        node("MatMul", ["q", "kt"], ["scores"]),
        node("Softmax", ["scores"], ["weights"], axis=-1),
        node("MatMul", ["weights", "v"], ["out"]),
        node("Constant", [], ["head_axis"], value_ints=[1]),
        node("Unsqueeze", ["extra", "head_axis"], ["columns"]),
        node("MatMul", ["weights", "columns"], ["extra_out"]),
        node("Constant", [], ["last_axis"], value_ints=[-1]),
        # The largest weight is exp(largest score - lse). ReduceLogSumExp took a quarter of the graph's time.
        node("ReduceMax", ["scores", "last_axis"], ["largest_score"], keepdims=0),
        node("ReduceMax", ["weights", "last_axis"], ["largest_weight"], keepdims=0),
        node("Log", ["largest_weight"], ["log_weight"]),
        node("Sub", ["largest_score", "log_weight"], ["lse"]),
    ]
    return helper.make_function(
        DOMAIN,
        "CrossAttention",
        inputs=["q", "k", "v", "extra"],
        outputs=["out", "extra_out", "lse"],
        nodes=nodes,
        opset_imports=[helper.make_opsetid("", opset)],
    )
