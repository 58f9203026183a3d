"""Attention is the correspondence: where in the garment photo the network looks for a point of the person."""

from dataclasses import dataclass

import numpy as np

from lookglass.bundle import Bundle
from lookglass.bundle.onnx_output import inputs_beside, with_output
from lookglass.engine.devices import open_session
from lookglass.errors import PictureError
from lookglass.network import person_inputs
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH, crop_matrix
from lookglass.types import F32, EncodedGarment, Person

STRIDE = 8
"""Crop pixels between two queries of the flow's attention."""
_TRUNK, _THIGH = ([11, 12], [23, 24]), ([23], [25])
_DOWN = 0.3


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What one point of the person sees of the garment.

    Attributes:
        point: x and y in pixels of the 256x192 crop.
        part: an index into `PARTS`: which part of the garment is drawn there.
        weights: (16, 16) float32, the attention over the garment frame; they add up to 1.
        place: x and y in [-1, 1] of the garment frame, the mean under the weights: the flow, before it is
            refined.
    """

    point: tuple[float, float]
    part: int
    weights: F32
    place: tuple[float, float]


def correspondence(
    bundle: Bundle, person: Person, garment: EncodedGarment, point: tuple[float, float] | None = None
) -> Correspondence | None:
    """Look into the attention that makes the flow.

    The graph is opened once more, on the CPU, with the queries for an output; the graph of the live loop is
    not touched.

    Args:
        bundle: whose try-on graph.
        person: who is dressed.
        garment: what in, encoded by the same bundle.
        point: x and y in frame pixels; the middle of the chest if not given, or of the left thigh for what
            is worn below the waist.

    Returns:
        What the point sees, or None where the bundle has no attention that makes the flow.

    Raises:
        PictureError: the point lies outside the part of the picture that the network sees.
    """
    model = bundle.model("tryon")
    query = next((names[0] for names in inputs_beside(model, "CrossAttention", "flow_k")), None)
    if query is None:
        return None
    keys, columns = garment.tensors["flow_k"][0], garment.tensors["garment_extra"][0]
    x, y = _in_crop(person, point or _middle(person))
    rows, across = MODEL_HEIGHT // STRIDE, MODEL_WIDTH // STRIDE
    shape = (1, keys.shape[0], rows * across, keys.shape[2])
    tryon = open_session(with_output(model, query, shape))
    outputs = tryon(**person_inputs(person), **garment.tensors)
    part = _part(outputs["coverage"][0], x, y)
    token = int((y + 0.5) // STRIDE) * across + int((x + 0.5) // STRIDE)
    weights = _softmax(keys[part] @ outputs[query][0, part, token])
    side = round(len(weights) ** 0.5)
    place_x, place_y = (float(value) for value in weights @ columns[:, :2])
    return Correspondence((x, y), part, weights.reshape(side, side), (place_x, place_y))


def _middle(person: Person) -> tuple[float, float]:
    """A point that the garment covers, whatever its cut."""
    ends = _THIGH if person.category == "lower" else _TRUNK
    start, end = (person.landmarks[points, :2].mean(0) for points in ends)
    x, y = start + _DOWN * (end - start)
    return float(x), float(y)


def _in_crop(person: Person, point: tuple[float, float]) -> tuple[float, float]:
    matrix = crop_matrix(person.crop)
    x, y = (float(value) for value in matrix[:, :2] @ np.array(point, np.float32) + matrix[:, 2])
    x -= (CROP_SIZE - MODEL_WIDTH) // 2
    if not (-0.5 <= x < MODEL_WIDTH - 0.5 and -0.5 <= y < MODEL_HEIGHT - 0.5):
        raise PictureError(
            f"the point {point[0]:g},{point[1]:g} lies outside the window around the person; choose one on "
            "the person where the garment is worn"
        )
    return x, y


def _part(coverage: F32, x: float, y: float) -> int:
    factor = coverage.shape[1] / MODEL_HEIGHT
    return int(coverage[:, int((y + 0.5) * factor), int((x + 0.5) * factor)].argmax())


def _softmax(scores: F32) -> F32:
    weights = np.exp(scores - scores.max())
    return np.asarray(weights / weights.sum(), np.float32)
