"""Garments worn together: what goes with what, and what is put on first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lookglass.errors import GarmentError
from lookglass.person.crop import cut
from lookglass.types import U8, EncodedGarment, Layers, Person

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
    """

    image: U8
    person: Person
    garment: EncodedGarment
    layers: Layers


def outfit(garments: Garments) -> tuple[EncodedGarment, ...]:
    """The garments in the order in which they are put on: the top first, and trousers under its new hem.

    What stands in front of trousers is seen in the picture, the hem of a top, too.

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
