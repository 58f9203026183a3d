"""One function per TFLite operator: what it is in ONNX."""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import tflite

from lookglass_export.importer.graph import GraphBuilder
from lookglass_export.importer.tflite_file import Operator, TfliteFile


class Lowering:
    """State of a conversion: where each TFLite tensor went.

    Attributes:
        source: the file that is read.
        graph: the graph that is written.
        names: TFLite tensor index to ONNX value name.
    """

    def __init__(self, source: TfliteFile, graph: GraphBuilder) -> None:
        self.source, self.graph = source, graph
        self.names: dict[int, str] = {}

    def shape(self, index: int) -> tuple[int, ...]:
        """Shape of a tensor in ONNX: NCHW for rank 4."""
        shape = self.source.shapes[index]
        return (shape[0], shape[3], shape[1], shape[2]) if len(shape) == 4 else shape

    def value(self, index: int) -> str:
        """ONNX name of an operand; a constant is stored on first use, channels first."""
        if index not in self.names:
            constant = self.source.constants[index]
            constant = constant.transpose(0, 3, 1, 2) if constant.ndim == 4 else constant
            self.names[index] = self.graph.constant(f"constant_{index}", constant)
        return self.names[index]

    def emit(self, op: Operator, kind: str, inputs: list[str], **attributes: Any) -> None:
        """Append the node for a TFLite operator, and a node for its fused activation."""
        name = f"{kind.lower()}_{op.output}"
        self.graph.add(kind, inputs, name, **attributes)
        activation = getattr(op.options, "FusedActivationFunction", int)()
        if activation == tflite.ActivationFunctionType.RELU:
            name = self.graph.add("Relu", [name], f"relu_{op.output}")
        elif activation == tflite.ActivationFunctionType.RELU6:
            limits = [self.graph.constant(n, np.float32(v)) for n, v in (("zero", 0), ("six", 6))]
            name = self.graph.add("Clip", [name, *limits], f"relu6_{op.output}")
        elif activation != tflite.ActivationFunctionType.NONE:
            raise NotImplementedError(f"the importer has no lowering for the fused activation {activation}")
        self.names[op.output] = name

    def weights(self, op: Operator, layout: tuple[int, int, int, int]) -> list[str]:
        """Weight and bias of a convolution as constants, the weight's axes permuted."""
        weight = self.source.constants[op.inputs[1]].transpose(layout)
        bias = self.source.constants[op.inputs[2]]
        return [
            self.graph.constant(f"weight_{op.output}", weight),
            self.graph.constant(f"bias_{op.output}", bias),
        ]

    def output(self, index: int, name: str, shape: tuple[int, ...]) -> None:
        """Give a tensor its public name and shape."""
        target = self.graph.constant(f"{name}_shape", np.array(shape, np.int64))
        self.graph.add("Reshape", [self.value(index), target], name)


def _convolution(lowering: Lowering, op: Operator) -> None:
    depthwise, options = op.kind == "DEPTHWISE_CONV_2D", op.options
    kernel = lowering.source.shapes[op.inputs[1]][1:3]
    strides = (options.StrideH(), options.StrideW())
    dilations = (options.DilationHFactor(), options.DilationWFactor())
    channels = lowering.source.shapes[op.inputs[0]][3]
    weights = lowering.weights(op, (3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
    lowering.emit(
        op,
        "Conv",
        [lowering.value(op.inputs[0]), *weights],
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        pads=_pads(lowering, op, kernel, strides, dilations),
        group=channels if depthwise else 1,
    )


def _transposed_convolution(lowering: Lowering, op: Operator) -> None:
    """MediaPipe's own operator; its options are TfLiteTransposeConvParams: padding, stride width, height."""
    _, stride_x, stride_y = struct.unpack_from("<3i", op.options)
    before, kernel = lowering.shape(op.inputs[0])[2:], lowering.source.shapes[op.inputs[1]][1:3]
    after, strides = lowering.shape(op.output)[2:], (stride_y, stride_x)
    surplus = [(b - 1) * s + k - a for b, s, k, a in zip(before, strides, kernel, after, strict=True)]
    lowering.emit(
        op,
        "ConvTranspose",
        [lowering.value(op.inputs[0]), *lowering.weights(op, (3, 0, 1, 2))],
        kernel_shape=kernel,
        strides=strides,
        pads=[s // 2 for s in surplus] + [s - s // 2 for s in surplus],
    )


def _pool(lowering: Lowering, op: Operator) -> None:
    kernel = (op.options.FilterHeight(), op.options.FilterWidth())
    strides = (op.options.StrideH(), op.options.StrideW())
    pads = _pads(lowering, op, kernel, strides, (1, 1))
    kind = "AveragePool" if op.kind == "AVERAGE_POOL_2D" else "MaxPool"
    operand = lowering.value(op.inputs[0])
    if kind == "AveragePool" and kernel == lowering.shape(op.inputs[0])[2:]:
        lowering.emit(op, "GlobalAveragePool", [operand])
    else:
        lowering.emit(op, kind, [operand], kernel_shape=kernel, strides=strides, pads=pads)


def _pads(
    lowering: Lowering,
    op: Operator,
    kernel: tuple[int, ...],
    strides: tuple[int, int],
    dilations: tuple[int, int],
) -> list[int]:
    """Explicit padding, top, left, bottom, right: TensorFlow's SAME depends on the input's size."""
    if op.options.Padding() == tflite.Padding.VALID:
        return [0, 0, 0, 0]
    totals = [
        max((-(-size // stride) - 1) * stride + (k - 1) * dilation + 1 - size, 0)
        for size, k, stride, dilation in zip(
            lowering.shape(op.inputs[0])[2:], kernel, strides, dilations, strict=True
        )
    ]
    return [t // 2 for t in totals] + [t - t // 2 for t in totals]


def _resize(lowering: Lowering, op: Operator) -> None:
    if op.options.AlignCorners():
        mode = "align_corners"
    else:
        mode = "half_pixel" if op.options.HalfPixelCenters() else "asymmetric"
    sizes = lowering.graph.constant(f"size_{op.output}", np.array(lowering.shape(op.output), np.int64))
    inputs = [lowering.value(op.inputs[0]), "", "", sizes]
    lowering.emit(op, "Resize", inputs, mode="linear", coordinate_transformation_mode=mode)


def _pad(lowering: Lowering, op: Operator) -> None:
    pads = lowering.source.constants[op.inputs[1]].astype(np.int64)
    pads = pads[[0, 3, 1, 2]] if len(pads) == 4 else pads
    amounts = lowering.graph.constant(f"pads_{op.output}", pads.T.reshape(-1))
    lowering.emit(op, "Pad", [lowering.value(op.inputs[0]), amounts])


def _depth_to_space(lowering: Lowering, op: Operator) -> None:
    operand = lowering.value(op.inputs[0])
    lowering.emit(op, "DepthToSpace", [operand], blocksize=op.options.BlockSize(), mode="DCR")


def _reshape(lowering: Lowering, op: Operator) -> None:
    """Reshape in TFLite's order of elements; a result of rank 4 does not occur."""
    operand, shape = lowering.value(op.inputs[0]), lowering.source.shapes[op.output]
    if len(lowering.source.shapes[op.inputs[0]]) == 4:
        operand = lowering.graph.add("Transpose", [operand], f"transpose_{op.output}", perm=[0, 2, 3, 1])
    if len(shape) == 4:
        raise NotImplementedError("the importer has no lowering for RESHAPE to rank 4")
    target = lowering.graph.constant(f"shape_{op.output}", np.array(shape, np.int64))
    lowering.emit(op, "Reshape", [operand, target])


def _concatenation(lowering: Lowering, op: Operator) -> None:
    rank = len(lowering.source.shapes[op.output])
    axis = op.options.Axis() % rank
    axis = [0, 2, 3, 1][axis] if rank == 4 else axis
    lowering.emit(op, "Concat", [lowering.value(i) for i in op.inputs], axis=axis)


def _elementwise(kind: str) -> Callable[[Lowering, Operator], None]:
    def lower(lowering: Lowering, op: Operator) -> None:
        lowering.emit(op, kind, [lowering.value(i) for i in op.inputs])

    return lower


LOWERINGS: dict[str, Callable[[Lowering, Operator], None]] = {
    "ADD": _elementwise("Add"),
    "AVERAGE_POOL_2D": _pool,
    "CONCATENATION": _concatenation,
    "CONV_2D": _convolution,
    "Convolution2DTransposeBias": _transposed_convolution,
    "DEPTHWISE_CONV_2D": _convolution,
    "DEPTH_TO_SPACE": _depth_to_space,
    "HARD_SWISH": _elementwise("HardSwish"),
    "LOGISTIC": _elementwise("Sigmoid"),
    "MAX_POOL_2D": _pool,
    "MUL": _elementwise("Mul"),
    "PAD": _pad,
    "RELU": _elementwise("Relu"),
    "RESHAPE": _reshape,
    "RESIZE_BILINEAR": _resize,
}
"""TFLite operator to its lowering."""
