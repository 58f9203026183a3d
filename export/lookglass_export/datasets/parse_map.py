"""Parse maps as files: indices, greys or colours, and what each of them needs to be read right."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lookglass import pictures
from lookglass.types import U8
from lookglass_export.datasets.errors import DatasetError
from lookglass_export.datasets.labels import UNKNOWN, Palette

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_COLOUR_TOLERANCE = 2
"""Two roundings of one palette are in circulation, a step apart."""


def read_parse(path: Path, palette: Palette) -> U8:
    """Read a parse map.

    A palette PNG is read by its indices, whatever its colours; a grey picture by its values; a coloured one
    by the palette's colours. A grey JPEG, whatever its suffix, is snapped to the nearest labels.

    Args:
        path: PNG or JPEG file.
        palette: what its values mean.

    Returns:
        (H, W) uint8, an index into `LABELS`.

    Raises:
        DatasetError: a value or colour is none of the palette's.
        PictureError: the file is missing or damaged.
    """
    colours = pictures.read(path)
    data = path.read_bytes()
    if data.startswith(_PNG) and data[25] == 3:
        return _by_value(path, indices(data), palette, palette.table())
    if data.startswith(_PNG) and data[24] != 8:
        raise DatasetError(f"{path} has {data[24]} bits a value; label maps have 8. Save it with 8 bits.")
    if (colours == colours[..., :1]).all():
        table = palette.snapping_table() if is_jpeg(path) else palette.table()
        return _by_value(path, colours[..., 0], palette, table)
    return _by_colour(path, colours[..., ::-1], palette)


def is_jpeg(path: Path) -> bool:
    """Whether the file's content, not its name, is a JPEG: its labels are then uncertain along edges."""
    with path.open("rb") as file:
        return file.read(3) == _JPEG


def indices(data: bytes) -> U8:
    """Indices of a palette PNG: with a ramp of greys in the palette's place, OpenCV decodes them.

    Args:
        data: a PNG file of colour type 3 that can be decoded.

    Returns:
        (H, W) uint8.
    """
    levels = 1 << data[24]
    ramp = np.repeat(np.arange(levels, dtype=np.uint8), 3).tobytes()
    kept, at = [_PNG], 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"PLTE":
            kept.append(
                struct.pack(">I", len(ramp)) + kind + ramp + struct.pack(">I", zlib.crc32(kind + ramp))
            )
        elif kind in (b"IHDR", b"IDAT", b"IEND"):
            kept.append(data[at : at + 12 + length])
        at += 12 + length
    image = cv2.imdecode(np.frombuffer(b"".join(kept), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(image, np.uint8)[..., 0]


def _by_value(path: Path, values: U8, palette: Palette, table: U8) -> U8:
    labels = table[values]
    if (labels == UNKNOWN).any():
        bad = values[labels == UNKNOWN]
        known = ", ".join(str(value) for value in palette.meaning)
        raise DatasetError(
            f"{path} holds the value {bad[0]} ({bad.size} pixels have no known label); {palette.name} labels "
            f"are {known}. Take the map as the data set ships it, or choose another --kind."
        )
    return labels


def _by_colour(path: Path, rgb: U8, palette: Palette) -> U8:
    packed = rgb.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)
    found, where = np.unique(packed, return_inverse=True)
    found_rgb = np.stack([found >> 16, found >> 8 & 255, found & 255], 1)
    values = _nearest(found_rgb, palette.colours)
    if (values < 0).any():
        r, g, b = found_rgb[values < 0][0]
        raise DatasetError(
            f"{path} holds the colour ({r}, {g}, {b}), one of {np.sum(values < 0)} that the {palette.name} "
            "palette does not have. Take the map as the data set ships it, not a resized or JPEG copy."
        )
    return palette.table()[values][where].reshape(packed.shape)


def _nearest(found: npt.NDArray[np.int32], colours: U8) -> npt.NDArray[np.int64]:
    """(N,) value of each colour, or -1 where none is near."""
    if not len(colours):
        return np.full(len(found), -1)
    distance = np.abs(found[:, None] - colours.astype(np.int32)).max(-1)
    return np.where(distance.min(1) <= _COLOUR_TOLERANCE, distance.argmin(1), -1)
