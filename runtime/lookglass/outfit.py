"""Garments worn together: what goes with what, and what is put on first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lookglass.compose import draw
from lookglass.errors import GarmentError
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH, cut
from lookglass.types import F32, U8, Crop, EncodedGarment, FinishedLayers, Layers, Person

Garments = EncodedGarment | Sequence[EncodedGarment]
"""One garment, or several worn together."""


@dataclass(frozen=True, slots=True)
class Dressed:
    """A person with one garment more of an outfit on.

    Attributes:
        image: (H, W, 3) uint8 BGR, with this garment and those put on before.
        person: as this garment's network saw them.
        garment: what was put on.
        layers: what the network drew; overwritten by the next call.
        finished: what was drawn into the picture.
    """

    image: U8
    person: Person
    garment: EncodedGarment
    layers: Layers
    finished: FinishedLayers

    def alpha_in(self, crop: Crop) -> F32:
        """Where another crop shows this garment, (256, 192) in [0, 1]: as drawn for a frame of that size."""
        own, alpha = self.person.crop, np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
        x, y = (crop.scale * (here - there) for here, there in zip(own.center, crop.center, strict=True))
        center = x + (MODEL_WIDTH - 1) / 2, y + (CROP_SIZE - 1) / 2
        drawing = draw(alpha.shape, Crop(own.scale / crop.scale, center), self.garment.garment, self.finished)
        if drawing is not None:
            alpha[drawing.region.slices] = drawing.garment_alpha
        return alpha


def outfit(garments: Garments) -> tuple[EncodedGarment, ...]:
    """The garments in the order in which they are put on: the top first, and trousers under its new hem.

    Its hem stands in front of the trousers, and where that was drawn is known.

    Args:
        garments: one garment of any category, or an upper and a lower one, in any order.

    Raises:
        GarmentError: they cannot be worn together, or there are none.

    Example:
        >>> from lookglass import TryOn
        >>> from lookglass.demo_assets import GARMENTS
        >>> shirt = TryOn.load().garment(GARMENTS / "tee_white.jpg")
        >>> [worn.garment.name for worn in outfit(shirt)]
        ['tee_white']
    """
    if isinstance(garments, EncodedGarment):
        return (garments,)
    categories = sorted(worn.garment.category for worn in garments)
    if len(categories) != 1 and categories != ["lower", "upper"]:
        named = ", ".join(f"{worn.garment.name} ({worn.garment.category})" for worn in garments)
        raise GarmentError(
            f"no outfit: {named or 'nothing'}; wear one garment, or an upper and a lower one together"
        )
    return tuple(sorted(garments, key=lambda worn: worn.garment.category == "lower"))


def seen_in(image: U8, person: Person) -> Person:
    """The person as they are in a picture, (H, W, 3) uint8 BGR, where they wear part of an outfit."""
    return replace(person, picture=cut(image, person.crop))
