"""Every layer of a try-on as a picture, to see why a result looks as it does."""

from pathlib import Path

import cv2
import numpy as np

from lookglass import pictures
from lookglass.errors import PictureError
from lookglass.person.crop import model_columns
from lookglass.types import F32, PARTS, U8, Garment, Layers, Person

SIZE = (384, 512)
"""Width and height of each picture: the 192x256 crop, twice."""


def write_layers(folder: Path, person: Person, garment: Garment, layers: Layers) -> None:
    """Write person, garment and layers as PNG files into a folder, which is made if need be.

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
