"""Dressing one photo from what was typed: taken in, put on, compared, written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from lookglass import pictures
from lookglass.comparison import comparison
from lookglass.correspondence import correspondence
from lookglass.errors import LookglassError
from lookglass.fidelity import Fidelity, fidelity
from lookglass.layer_pictures import write_layers
from lookglass.outfit import Dressed, outfit
from lookglass.tryon import TryOn
from lookglass.types import EncodedGarment


@dataclass(frozen=True, slots=True)
class Order:
    """What to wear, and what to write.

    Attributes:
        person: photo of a person.
        garments: product photos, one or two.
        out: the picture to write.
        categories: of the garments, in their order; guessed where there is none.
        text: how to wear the first of them, as for `TryOn.restyle`.
        compare: write person, garments and result side by side, and tell what is left of them.
        layers: folder for every layer as a picture.
        point: x and y in the photo, whose attention is drawn among the layers of the one garment.
    """

    person: Path
    garments: Sequence[Path]
    out: Path
    categories: Sequence[str] = ()
    text: str = ""
    compare: bool = False
    layers: Path | None = None
    point: tuple[float, float] | None = None


def dress_photo(
    order: Order, *, load: Callable[[], TryOn], warn: Callable[[str], None]
) -> list[tuple[str, Fidelity]]:
    """Dress a photo.

    Args:
        order: what to wear, and what to write.
        load: loads the try-on.
        warn: told what of the text or of the layers is left out.

    Returns:
        If a comparison was asked, the garments' names and what is left of them, as they were put on.

    Raises:
        LookglassError: something cannot be read, worn or written.
    """
    _check(order)
    photo = pictures.read(order.person)
    mirror = load()
    garments = _take_in(mirror, order, warn)
    person = mirror.person(photo, outfit(garments)[0].garment.category)
    found = []
    for dressed in mirror.put_on(photo, person, garments):
        picture, worn = dressed.image, dressed.garment.garment
        if order.compare:
            found.append((worn.name, fidelity(picture, dressed.person, worn, dressed.layers)))
        if order.layers:
            folder = order.layers / worn.category if len(garments) > 1 else order.layers
            _write_layers(folder, mirror, dressed, order, warn)
    if order.compare:
        shown = [pictures.read(file, alpha=True) for file in order.garments]
        if mirror.read(order.text).colour is not None:
            shown[0] = garments[0].garment.texture
        picture = comparison(photo, shown, picture, Fidelity.mean([share for _, share in found]))
    pictures.write(order.out, picture)
    return found


def _check(order: Order) -> None:
    if order.point and not (order.layers and len(order.garments) == 1):
        raise LookglassError("--point says what --layers is to draw of a garment: give both, and one garment")
    if len(order.categories) > len(order.garments):
        raise LookglassError("--category is given more often than there are garments")


def _take_in(mirror: TryOn, order: Order, warn: Callable[[str], None]) -> list[EncodedGarment]:
    taken = [
        mirror.garment(file, category=category)
        for file, category in zip_longest(order.garments, order.categories)
    ]
    first = taken[0].garment
    if mirror.read(order.text, first.category).for_tops:
        warn(f"{first.name} is no top: of the text it takes the colour alone")
    return [mirror.restyle(taken[0], order.text), *taken[1:]]


def _write_layers(
    folder: Path, mirror: TryOn, dressed: Dressed, order: Order, warn: Callable[[str], None]
) -> None:
    seen = correspondence(mirror.bundle, dressed.person, dressed.garment, order.point)
    write_layers(folder, dressed.person, dressed.garment.garment, dressed.layers, seen)
    if seen is None:
        warn("no attention.png: the bundle's flow is not made by attention")
