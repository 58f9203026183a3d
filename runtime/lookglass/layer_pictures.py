"""Every layer of a try-on as a picture, to see why a result looks as it does."""

from pathlib import Path

import cv2
import numpy as np

from lookglass import pictures
from lookglass.correspondence import Correspondence
from lookglass.errors import PictureError
from lookglass.person.crop import MODEL_WIDTH, model_columns
from lookglass.types import F32, PARTS, U8, Garment, Layers, Person

SIZE = (384, 512)
"""Width and height of each picture: the 192x256 crop, twice."""

_MARK_BGR = (60, 255, 60)


def write_layers(
    folder: Path, person: Person, garment: Garment, layers: Layers, seen: Correspondence | None = None
) -> None:
    """Write person, garment and layers as PNG files into a folder, which is made if need be.

    Args:
        folder: where to.
        person: who is dressed.
        garment: what in.
        layers: what the network returned.
        seen: what a point of the person sees of the garment, drawn as attention.png.

    Raises:
        PictureError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PictureError(f"the folder {folder} cannot be made: {error.strerror}") from error
    pictures.write(folder / "garment.png", garment.texture)
    for name, picture in layer_pictures(person, layers).items():
        enlarged = cv2.resize(picture, SIZE, interpolation=cv2.INTER_NEAREST)
        pictures.write(folder / f"{name}.png", np.asarray(enlarged, np.uint8))
    if seen is not None:
        pictures.write(folder / "attention.png", attention_picture(person, garment, seen))


def layer_pictures(person: Person, layers: Layers) -> dict[str, U8]:
    """Name -> (h, w, 3) uint8 BGR at the layer's own size.

    Flow is drawn as a checkerboard of the garment frame, 16 fields a side, reddish to the right and greenish
    to the bottom; coverage has torso, left and right sleeve in red, green and blue.
    """
    columns = np.asarray(model_columns(person.picture), np.uint8)
    drawn = {
        "person": columns,
        "mask": _grey(np.asarray(model_columns(person.mask), np.float32)),
        "coverage": _colour(layers.coverage),
        "occluder_torso": _grey(layers.occluder[0]),
        "occluder_sleeves": _grey(layers.occluder[1]),
        "shading": _colour(np.asarray(layers.shading / 2, np.float32)),
        "behind": _colour(layers.behind),
        "skin": _colour(layers.skin),
        "bare": _grey(layers.bare),
        "painted_alpha": _grey(layers.painted_alpha),
    }
    return drawn | {f"flow_{part}": _checker(flow) for part, flow in zip(PARTS, layers.flow, strict=True)}


def attention_picture(person: Person, garment: Garment, seen: Correspondence) -> U8:
    """The person with the point marked; the garment's photo, lit where the point looks, the mean marked.

    Returns:
        (512, 896, 3) uint8 BGR.
    """
    crop = cv2.resize(
        np.asarray(model_columns(person.picture), np.uint8), SIZE, interpolation=cv2.INTER_CUBIC
    )
    side = SIZE[1]
    texture = cv2.resize(garment.texture, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = texture[..., 3:] / 255
    photo = texture[..., :3] * alpha + 255 * (1 - alpha)
    heat = cv2.resize(seen.weights / seen.weights.max(), (side, side), interpolation=cv2.INTER_CUBIC)
    heat = np.clip(heat, 0, 1)[..., None]
    glow = cv2.applyColorMap(_byte(heat), cv2.COLORMAP_INFERNO).astype(np.float32)
    lit = photo * (0.6 * (1 - heat)) + glow * heat + 0.2 * photo * heat
    right = np.clip(lit, 0, 255).astype(np.uint8)
    scale = SIZE[0] / MODEL_WIDTH
    _mark(crop, [(value + 0.5) * scale - 0.5 for value in seen.point])
    _mark(right, [(value + 1) / 2 * side - 0.5 for value in seen.place])
    return np.hstack([np.asarray(crop, np.uint8), right])


def _mark(picture: cv2.typing.MatLike, point: list[float]) -> None:
    """A ring with a dark rim, to be seen on anything."""
    x, y = (round(value) for value in point)
    cv2.circle(picture, (x, y), 9, (0, 0, 0), 5, cv2.LINE_AA)
    cv2.circle(picture, (x, y), 9, _MARK_BGR, 2, cv2.LINE_AA)


def _grey(layer: F32) -> U8:
    return np.asarray(cv2.cvtColor(_byte(layer), cv2.COLOR_GRAY2BGR), np.uint8)


def _colour(layer: F32) -> U8:
    """(3, h, w) RGB in [0, 1] as a BGR picture."""
    return np.ascontiguousarray(_byte(layer)[::-1].transpose(1, 2, 0))


def _checker(flow: F32) -> U8:
    across, down = (flow + 1) / 2
    field = (np.floor(across * 16) + np.floor(down * 16)) % 2
    return _colour(np.stack([across, down, field]).astype(np.float32))


def _byte(layer: F32) -> U8:
    return np.asarray(np.clip(layer * 255 + 0.5, 0, 255), np.uint8)
