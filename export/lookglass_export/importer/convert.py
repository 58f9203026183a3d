"""TFLite to ONNX: the float operators that MediaPipe's person models use.

Tensors of rank 4 are NCHW in ONNX and NHWC in TFLite; all others keep their layout.
"""

import onnx

from lookglass_export.importer.graph import GraphBuilder
from lookglass_export.importer.lowering import LOWERINGS, Lowering
from lookglass_export.importer.tflite_file import Operator, TfliteFile


def convert(
    data: bytes, *, name: str, input_name: str, outputs: dict[str, tuple[str, tuple[int, ...]]]
) -> onnx.ModelProto:
    """Convert a TFLite model with one input, keeping only what the wanted outputs need.

    Args:
        data: the .tflite file.
        name: name of the ONNX graph.
        input_name: name for its input, (1, C, H, W) float32.
        outputs: for each ONNX output the name of the TFLite output and the shape to give it.

    Returns:
        A checked ONNX model with static shapes.

    Raises:
        NotImplementedError: the model uses an operator or a fused activation that has no lowering.
    """
    source = TfliteFile(data)
    lowering = Lowering(source, GraphBuilder())
    lowering.names[source.inputs[0]] = input_name
    for op in _needed(source, [source.outputs[wanted] for wanted, _ in outputs.values()]):
        if op.kind not in LOWERINGS:
            raise NotImplementedError(f"{name}: the importer has no lowering for the operator {op.kind}")
        LOWERINGS[op.kind](lowering, op)
    for new_name, (wanted, shape) in outputs.items():
        lowering.output(source.outputs[wanted], new_name, shape)
    return lowering.graph.build(
        name,
        inputs={input_name: lowering.shape(source.inputs[0])},
        outputs={new_name: shape for new_name, (_, shape) in outputs.items()},
    )


def _needed(source: TfliteFile, wanted: list[int]) -> list[Operator]:
    """The operators that the wanted tensors depend on, in execution order."""
    needed, kept = set(wanted), []
    for op in reversed(source.operators):
        if op.output in needed:
            needed.update(op.inputs)
            kept.append(op)
    return kept[::-1]
