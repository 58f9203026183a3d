"""Pictures in and out of files: three formats, upright, within limits, never half written."""

import os
from pathlib import Path

import cv2
import numpy as np

from lookglass.errors import PictureError
from lookglass.types import U8

MAX_BYTES = 64 << 20
MAX_PIXELS = 64_000_000
"""Limits checked before anything is decoded; 64 megapixels hold what phones take today."""

_JPEG = b"\xff\xd8\xff"
_Size = tuple[int, int]


def read(path: str | os.PathLike[str], *, alpha: bool = False) -> U8:
    """Read a PNG, JPEG or WebP picture, turned upright as its EXIF orientation says.

    Args:
        path: the file.
        alpha: keep transparency where the file has it.

    Returns:
        (H, W, 3) uint8 BGR; with `alpha` and a transparent file (H, W, 4) uint8 BGRA, straight alpha.

    Raises:
        PictureError: the file is missing, not one of the formats, damaged, or over the limits.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "grey.png"
        >>> write(file, np.full((2, 3, 3), 128, np.uint8))
        >>> read(file).shape
        (2, 3, 3)
    """
    path = Path(path)
    data = _bytes(path)
    _check_size(path, data)
    image = _decode(data, cv2.IMREAD_COLOR)
    if image is None:
        raise PictureError(f"{path} is damaged and cannot be decoded; save it again as PNG or JPEG.")
    return _with_alpha(image, data) if alpha and not data.startswith(_JPEG) else image


def write(path: str | os.PathLike[str], image: U8) -> None:
    """Write a picture beside its place, then rename: no reader ever sees half a file.

    Args:
        path: the file; its suffix (.png, .jpg, .jpeg, .webp) sets the format.
        image: (H, W, 3) uint8 BGR or (H, W, 4) uint8 BGRA.

    Raises:
        PictureError: the suffix is not one of the formats, or the folder cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() not in {".png", ".jpg", ".jpeg", ".webp"}:
        raise PictureError(f"{path} cannot be written: its name must end in .png, .jpg or .webp.")
    encoded = cv2.imencode(path.suffix.lower(), image)[1].tobytes()
    try:
        _replace(path, encoded)
    except OSError as error:
        raise PictureError(f"{path} cannot be written: {error.strerror or error}.") from error


def _replace(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.stem}-{os.getpid()}{path.suffix}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _decode(data: bytes, flags: int) -> U8 | None:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if image is not None and image.dtype == np.uint16:
        image = cv2.convertScaleAbs(image, alpha=255 / 65535)
    return None if image is None else np.asarray(image, np.uint8)


def _with_alpha(image: U8, data: bytes) -> U8:
    """Add the file's alpha, if any, by finding the turn: OpenCV turns upright only pictures without alpha."""
    raw = _decode(data, cv2.IMREAD_UNCHANGED)
    if raw is None or raw.ndim != 3 or raw.shape[2] != 4:
        return image
    turned = (np.rot90(flip, turns) for turns in range(4) for flip in (raw, raw[:, ::-1]))
    upright = next((t for t in turned if np.array_equal(t[..., :3], image)), raw)
    return np.ascontiguousarray(upright)


def _bytes(path: Path) -> bytes:
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise PictureError(
                f"{path} has {size >> 20} MB; over {MAX_BYTES >> 20} MB is too much for a picture."
            )
        return path.read_bytes()
    except OSError as error:
        raise PictureError(f"{path} cannot be read: {error.strerror or error}.") from error


def _check_size(path: Path, data: bytes) -> None:
    """Refuse what is no picture of ours, or would not fit in memory, by its header alone."""
    try:
        size = _size(data)
    except (IndexError, ValueError):
        size = None
    if size is None or min(size) < 1:
        raise PictureError(f"{path} is not a PNG, JPEG or WebP picture.")
    if size[0] * size[1] > MAX_PIXELS:
        limit = f"{MAX_PIXELS // 1_000_000} megapixels"
        raise PictureError(f"{path} has {size[0]} x {size[1]} pixels; make it smaller than {limit}.")


def _size(data: bytes) -> _Size | None:
    """Width and height from the header; None for a format that is not read."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _big(data[16:20]), _big(data[20:24])
    if data.startswith(_JPEG):
        return _jpeg_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    return None


def _jpeg_size(data: bytes) -> _Size:
    """Walk the JPEG segments to the start-of-frame, SOF0 to SOF15 without DHT, JPG and DAC."""
    at = 2
    while True:
        marker = data[at + 1]
        if data[at] != 0xFF:
            raise ValueError("not at a JPEG marker")
        if marker == 0xFF:  # fill byte
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            return _big(data[at + 7 : at + 9]), _big(data[at + 5 : at + 7])
        else:
            at += 2 + _big(data[at + 2 : at + 4])


def _webp_size(data: bytes) -> _Size:
    """Canvas of an extended, lossless or lossy WebP file (RFC 9649, sections 2.5 to 2.7)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return _little(data[24:27]) + 1, _little(data[27:30]) + 1
    if kind == b"VP8L":
        bits = _little(data[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        return _little(data[26:28]) & 0x3FFF, _little(data[28:30]) & 0x3FFF
    raise ValueError("no WebP picture")


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
