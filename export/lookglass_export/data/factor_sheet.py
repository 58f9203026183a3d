"""A picture of one factor of the rendered scenes: a line of examples for each of its values."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lookglass import pictures
from lookglass_export.data.errors import DataError

U8 = npt.NDArray[np.uint8]
_TILE = (132, 176)
_LABEL_WIDTH, _INK, _PAPER = 120, (40, 40, 40), 245


def factor_sheet(folder: Path, target: Path, factor: str, *, columns: int = 8) -> None:
    """Write a picture with a line for each value of a factor.

    Args:
        folder: of rendered scenes; each is shown once in a line at most.
        target: PNG or JPEG file.
        factor: a scene's ("pose", "framing", "hair", "light", "tone", ...), or a garment's ("kind", "fabric",
            "collar", ...), which is shown with its product photo.
        columns: scenes in a line.

    Raises:
        DataError: no scene has such a factor.
        PictureError: the file cannot be written.
    """
    lines: dict[str, list[U8]] = {}
    for path in sorted(folder.glob("scene_*.npz")):
        with np.load(path) as sample:
            factors = json.loads(str(sample["factors"]))
            for value, garment in _garment_of_value(factors, factor).items():
                line = lines.setdefault(value, [])
                if len(line) < columns:
                    line.append(_tile(sample, garment, with_product=factor not in factors))
    if not lines:
        raise DataError(f"No scene in {folder} has a factor {factor!r}; pose, hair, light and kind are some.")
    width = max(tile.shape[1] for line in lines.values() for tile in line) * columns
    picture = np.vstack([_labelled(value, lines[value], width) for value in sorted(lines)])
    pictures.write(target, np.ascontiguousarray(picture[..., ::-1]))


def _garment_of_value(factors: Mapping[str, Any], factor: str) -> dict[str, int]:
    """The values that a factor has in a scene, and which of its garments shows each."""
    if factor in factors:
        return {str(factors[factor]): 0}
    garments = factors["garments"]
    return {str(garments[k][factor]): k for k in range(len(garments)) if factor in garments[k]}


def _tile(sample: Mapping[str, npt.NDArray[np.generic]], garment: int, *, with_product: bool) -> U8:
    """The camera's frame, and the product photo on white if that is what it is about."""
    frame = np.full_like(sample["frames"][garment], _PAPER)
    x0, y0, x1, y1 = sample["valid"]
    frame[y0:y1, x0:x1] = sample["frames"][garment][y0:y1, x0:x1]
    tile = cv2.resize(frame, _TILE, interpolation=cv2.INTER_AREA)
    if not with_product:
        return np.asarray(tile, np.uint8)
    product = sample["products"][garment].astype(np.float32)
    alpha = product[..., 3:] / 255
    photo = cv2.resize(
        product[..., :3] * alpha + 255 * (1 - alpha), (_TILE[0],) * 2, interpolation=cv2.INTER_AREA
    )
    margin = (_TILE[1] - _TILE[0]) // 2
    photo = np.pad(photo, ((margin, margin), (0, 0), (0, 0)), constant_values=255)
    return np.hstack([tile, photo.astype(np.uint8)])


def _labelled(value: str, tiles: list[U8], width: int) -> U8:
    label = np.full((_TILE[1], _LABEL_WIDTH, 3), _PAPER, np.uint8)
    cv2.putText(label, value, (8, _TILE[1] // 2), cv2.FONT_HERSHEY_SIMPLEX, 0.42, _INK, 1, cv2.LINE_AA)
    line = np.hstack([label, *tiles])
    rest = width + _LABEL_WIDTH - line.shape[1]
    return np.pad(line, ((0, 0), (0, rest), (0, 0)), constant_values=_PAPER)
