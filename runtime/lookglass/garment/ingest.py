"""Taking a garment in: from a product photo to a `Garment` in the garment frame."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from lookglass.errors import GarmentError
from lookglass.garment.category import guess_category
from lookglass.garment.cutout import cut_out
from lookglass.garment.frame import GarmentFrame, garment_frame
from lookglass.garment.matte import bleed, refine_alpha
from lookglass.garment.parts import encoder_pixels, hide_inner_collar, parse, without_tail
from lookglass.person.graph import Graph
from lookglass.types import CATEGORIES, F32, U8, Garment, Person

FindPerson = Callable[[U8], Person | None]

_MIN_AREA, _MAX_AREA = 0.01, 0.98
# Trackers believe 0.5 to 0.8 in people where shirts lie flat, and 0.95 and more where somebody stands.
_SURE, _LIKELY = 0.97, 0.85


def ingest(
    picture: U8,
    *,
    parser: Graph,
    detector: FindPerson | None = None,
    name: str = "garment",
    category: str | None = None,
    categories: Sequence[str] = CATEGORIES,
) -> Garment:
    """Cut a garment out of its product photo and make it ready for the garment encoder.

    Args:
        picture: (H, W, 3) uint8 BGR on a plain ground, or (H, W, 4) uint8 BGRA already cut out.
        parser: the `garment_parser` graph.
        detector: finds the nearest person in a picture, as `PersonTracker.detect` does; photos of somebody
            wearing the garment are then refused.
        name: what to call the garment on screen.
        category: one of `CATEGORIES` if known, otherwise guessed from the silhouette.
        categories: those that can be worn; others are refused.

    Returns:
        The garment.

    Raises:
        GarmentError: nothing stands out from the ground, somebody wears it, or it is of another category.
    """
    if detector is not None and _is_worn(detector(np.ascontiguousarray(picture[..., :3]))):
        raise GarmentError(f"Somebody wears the garment in {name}; use a photo of the garment alone.")
    mask = _mask(picture)
    if not _MIN_AREA < float(mask.mean()) < _MAX_AREA:
        raise GarmentError(f"No garment stands out in {name}; use a photo of it alone on a plain ground.")
    category = _wearable(name, category or guess_category(mask), categories)
    opaque = _texture(picture, mask, garment_frame(mask, picture.shape[:2]))
    opaque, labels = without_tail(opaque, parse(opaque, parser=parser))
    return Garment(
        name=name,
        category=category,
        texture=hide_inner_collar(opaque, labels),
        parts=labels.argmax(0).astype(np.uint8),
        pixels=encoder_pixels(opaque, labels),
    )


def _wearable(name: str, category: str, categories: Sequence[str]) -> str:
    """The category; an error in words where it cannot be worn."""
    if category not in CATEGORIES:
        raise GarmentError(f"{category!r} is no category of garments; it is one of {', '.join(CATEGORIES)}.")
    if category not in categories:
        shown = "a dress" if category == "dress" else f"a {category} garment"
        raise GarmentError(
            f"{name} shows {shown}; this bundle knows categories {', '.join(categories)} only. Take another "
            "bundle, or say the category if the photo shows something else."
        )
    return category


def _mask(picture: U8) -> F32:
    """The garment at reduced size: the picture's own alpha if it has one, otherwise cut out."""
    if not _is_cut_out(picture):
        return cut_out(np.ascontiguousarray(picture[..., :3]))
    return np.asarray(picture[..., 3] / 255, np.float32)


def _is_cut_out(picture: U8) -> bool:
    return picture.shape[2] == 4 and float((picture[..., 3] < 128).mean()) > 0.01


def _is_worn(person: Person | None) -> bool:
    """True for somebody, false for what the trackers take for a body in a shirt that lies flat."""
    if person is None:
        return False
    red, green, blue = person.tone
    skin = red > 1.05 * green and green > blue
    return person.presence > _SURE or (person.presence > _LIKELY and bool(skin))


def _texture(picture: U8, mask: F32, frame: GarmentFrame) -> U8:
    """The garment in its frame: (N, N, 4) uint8 BGRA, colours bled beyond the edge."""
    full = cv2.resize(mask, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    alpha = np.clip(frame.cut(np.asarray(full, np.float32)), 0, 1)  # Enlarged, it overshoots.
    colours = frame.cut(np.ascontiguousarray(picture[..., :3]))
    if not _is_cut_out(picture):
        alpha = refine_alpha(colours, alpha)
    _clear_rim(alpha)
    return np.dstack([bleed(colours, alpha), np.rint(alpha * 255).astype(np.uint8)])


def _clear_rim(alpha: F32) -> None:
    """Leave no garment on the frame's outermost pixels, so that samples beyond them are transparent."""
    alpha[:1] = alpha[-1:] = 0
    alpha[:, :1] = alpha[:, -1:] = 0
