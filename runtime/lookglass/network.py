"""The try-on network around its graphs: what enters, what is cached, what comes out."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from lookglass.categories import as_worn, one_hot
from lookglass.engine.session import DeviceArray
from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, crop_matrix, model_columns
from lookglass.person.graph import Graph, pack
from lookglass.types import F32, EncodedGarment, Garment, Layers, Person, Tensors

_TEXTS_KEPT = 64


def person_inputs(person: Person) -> dict[str, F32]:
    """The person as `tryon` takes them; the same for training and for serving.

    Returns:
        `person` (1, 3, 256, 192) RGB in [0, 1], `mask` (1, 1, 256, 192), `landmarks` (1, 33, 5) with x, y
        and depth in pixels of that crop, `tone` (1, 3) RGB; all float32.
    """
    return {"person": pack(np.asarray(model_columns(person.picture), np.uint8)), **_body_inputs(person)}


def _body_inputs(person: Person) -> dict[str, F32]:
    """All of the person but the picture."""
    matrix = crop_matrix(person.crop)
    landmarks = person.landmarks.copy()
    landmarks[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    landmarks[:, 0] -= (CROP_SIZE - MODEL_WIDTH) // 2
    landmarks[:, 4] *= person.crop.scale
    return {
        "mask": np.ascontiguousarray(model_columns(person.mask), np.float32)[None, None],
        "landmarks": as_worn(landmarks, person.category)[None],
        "tone": person.tone[None],
    }


class Network:
    """Turns a person and an encoded garment into layers.

    Args:
        tryon: graph `tryon`, run per frame.
        encoder: graph `garment_encoder`, run once per garment.
        text_null: graph `text_null`, run once: the text that says nothing.
        text_encoder: graph `text_encoder`, run once per text; None where the bundle reads no words.
    """

    def __init__(
        self,
        *,
        tryon: Callable[..., Tensors],
        encoder: Graph,
        text_null: Graph,
        text_encoder: Callable[..., Tensors] | None = None,
    ) -> None:
        self._tryon = tryon
        self._encoder = encoder
        self._text_encoder = text_encoder
        self._silence = _frozen(text_null())
        self._texts: dict[bytes, Tensors] = {}

    def encode(self, garment: Garment) -> EncodedGarment:
        """Encode a garment, once for any number of frames; it is worn as it comes."""
        inputs = {"pixels": garment.pixels, "category": one_hot(garment.category)}
        return EncodedGarment(garment, {**_frozen(self._encoder(**inputs)), **self._silence})

    def reworded(self, garment: EncodedGarment, ids: npt.NDArray[np.int64]) -> EncodedGarment:
        """The garment worn as words say: their numbers, (1, 32) int64, 0 for none."""
        return replace(garment, tensors={**garment.tensors, **self._text(ids)})

    def _text(self, ids: npt.NDArray[np.int64]) -> Tensors:
        """The tokens of a text; the same arrays each time, so that a session need not take them in again."""
        if self._text_encoder is None or not ids.any():
            return self._silence
        key = ids.tobytes()
        if key not in self._texts:
            self._texts = dict(list(self._texts.items())[1 - _TEXTS_KEPT :])
            self._texts[key] = _frozen(self._text_encoder(ids=ids))
        return self._texts[key]

    def layers(
        self, person: Person, garment: EncodedGarment, *, picture: DeviceArray | None = None
    ) -> Layers:
        """Run the network on one frame; the layers are views of buffers that the next call overwrites.

        Args:
            person: in the frame.
            garment: to put on.
            picture: the graph's `person`, (1, 3, 256, 192), where it was cut on the device.
        """
        inputs = person_inputs(person) if picture is None else {"person": picture, **_body_inputs(person)}
        outputs = self._tryon(**inputs, **garment.tensors)
        outputs = {name: array[0] for name, array in outputs.items()}
        return Layers(
            flow=outputs["flow"],
            coverage=outputs["coverage"],
            occluder=outputs["occluder"],
            shading=outputs["shading"],
            behind=outputs["behind"],
            skin=outputs["skin"],
            bare=outputs["bare"][0],
            painted_alpha=outputs["painted_alpha"][0],
        )


def _frozen(tensors: Tensors) -> dict[str, F32]:
    """Copies that stay as they are, so that a session need not take them in again."""
    frozen = {name: array.copy() for name, array in tensors.items()}
    for array in frozen.values():
        array.flags.writeable = False
    return frozen
