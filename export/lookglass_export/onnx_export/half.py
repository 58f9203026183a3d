"""Weights stored as float16, cast back when a session folds its constants: half the file, same arithmetic."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

SMALLEST = 64
"""Tensors with fewer elements (scales, shapes, biases of heads) stay float32."""


def fold_and_round(module: nn.Module) -> nn.Module:
    """Fold batch norms into their convolutions and round what will be stored as float16, in place.

    Scores and parity are held against this module: it computes exactly what the bundle does.
    """
    module.eval()
    _fold(module)
    for tensor in (*module.parameters(), *module.buffers()):
        if tensor.is_floating_point() and tensor.numel() >= SMALLEST:
            tensor.data = tensor.data.half().float()
    return module


def _fold(module: nn.Module) -> None:
    if isinstance(module, nn.Sequential):
        _fold_pairs(module)
    for child in module.children():
        _fold(child)


def _fold_pairs(block: nn.Sequential) -> None:
    for i in range(len(block) - 1):
        if isinstance(block[i], nn.Conv2d) and isinstance(block[i + 1], nn.BatchNorm2d):
            block[i] = fuse_conv_bn_eval(block[i], block[i + 1])
            block[i + 1] = nn.Identity()


def store_as_half(model: onnx.ModelProto) -> None:
    """Replace large float32 initializers by float16 ones and a Cast each, in place."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < SMALLEST:
            continue
        name, values = tensor.name, numpy_helper.to_array(tensor)
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_f16"))
        casts.append(helper.make_node("Cast", [tensor.name], [name], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        model.graph.node.insert(0, cast)
