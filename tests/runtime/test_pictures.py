"""Pictures in and out of files, on real encoded bytes."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.errors import PictureError
from lookglass.types import U8

SUFFIXES = [".png", ".jpg", ".webp"]


def sample(channels: int = 3) -> U8:
    """A 40 x 60 picture with a bright top-left quarter, which tells every turn apart from the others."""
    image = np.full((40, 60, channels), 60, np.uint8)
    image[:20, :30] = 200
    image[:20, 30:, 0] = 120
    return image


def tiff_orientation(value: int) -> bytes:
    return b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + struct.pack(">H", value) + b"\0\0\0\0\0\0"


def jpeg_with_orientation(image: U8, value: int) -> bytes:
    data = cv2.imencode(".jpg", image)[1].tobytes()
    body = b"Exif\0\0" + tiff_orientation(value)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def png_with_orientation(image: U8, value: int) -> bytes:
    data = cv2.imencode(".png", image)[1].tobytes()
    body = b"eXIf" + tiff_orientation(value)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    at = data.index(b"IDAT") - 4
    return data[:at] + chunk + data[at:]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_round_trip(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a{suffix}"
    pictures.write(file, sample())
    assert np.abs(pictures.read(file).astype(int) - sample()).mean() < 4
    assert [p.name for p in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", [".png", ".webp"])
def test_alpha_is_kept_when_asked_for(tmp_path: Path, suffix: str) -> None:
    image = sample(4)
    image[..., 3] = np.linspace(0, 255, 60, dtype=np.uint8)
    file = tmp_path / f"a{suffix}"
    pictures.write(file, image)
    assert np.array_equal(pictures.read(file, alpha=True)[..., 3], image[..., 3])
    assert pictures.read(file).shape == (40, 60, 3)


def test_no_alpha_in_the_file_gives_three_channels(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    pictures.write(file, sample())
    assert pictures.read(file, alpha=True).shape == (40, 60, 3)


def test_grey_and_sixteen_bit_pictures_become_bgr(tmp_path: Path) -> None:
    grey = np.full((5, 7), 51400, np.uint16)
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", grey)[1].tobytes())
    image = pictures.read(tmp_path / "a.png", alpha=True)
    assert image.shape == (5, 7, 3) and image.dtype == np.uint8 and (image == 200).all()


def test_sixteen_bit_alpha(tmp_path: Path) -> None:
    image = np.full((5, 7, 4), 51400, np.uint16)
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    assert (pictures.read(tmp_path / "a.png", alpha=True) == 200).all()


# EXIF 2.32, 4.6.4: 3 is upside down, 6 wants a quarter turn clockwise, 8 one counter-clockwise.
@pytest.mark.parametrize(("value", "turns"), [(1, 0), (3, 2), (6, -1), (8, 1)])
def test_orientation_is_applied(tmp_path: Path, value: int, turns: int) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg_with_orientation(sample(), value))
    image = pictures.read(tmp_path / "a.jpg")
    expected = np.rot90(sample(), turns)
    assert image.shape == expected.shape
    assert np.abs(image.astype(int) - expected).mean() < 4


@pytest.mark.parametrize(("value", "turns"), [(1, 0), (3, 2), (6, -1), (8, 1)])
def test_orientation_is_applied_to_alpha_too(tmp_path: Path, value: int, turns: int) -> None:
    image = sample(4)
    image[:20, :30, 3] = 255
    (tmp_path / "a.png").write_bytes(png_with_orientation(image, value))
    assert np.array_equal(pictures.read(tmp_path / "a.png", alpha=True), np.rot90(image, turns))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_size_is_known_from_the_header(suffix: str) -> None:
    data = cv2.imencode(suffix, sample())[1].tobytes()
    assert pictures._size(data[:600]) == (60, 40)


def test_size_of_lossless_webp() -> None:
    data = cv2.imencode(".webp", sample(), [cv2.IMWRITE_WEBP_QUALITY, 101])[1].tobytes()
    assert pictures._size(data) == (60, 40)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.png", b"", "not a PNG, JPEG or WebP"),
        ("a.jpg", b"GIF89a" + bytes(40), "not a PNG, JPEG or WebP"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10", "not a PNG, JPEG or WebP"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(4), "not a PNG, JPEG or WebP"),
        ("a.png", cv2.imencode(".png", sample())[1].tobytes()[:60], "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 40_000, 40_000), "40000 x 40000"),
    ],
)
def test_refused_in_words(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PictureError, match=words) as error:
        pictures.read(tmp_path / name)
    assert name in str(error.value)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="No such file"):
        pictures.read(tmp_path / "none.png")
    with pytest.raises(PictureError, match="Is a directory"):
        pictures.read(tmp_path)


def test_too_many_bytes(tmp_path: Path) -> None:
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(pictures.MAX_BYTES + 1)
    with pytest.raises(PictureError, match="over 64 MB"):
        pictures.read(tmp_path / "a.png")


@pytest.mark.parametrize(("name", "words"), [("a.gif", "must end in"), ("no/such/a.png", "No such file")])
def test_unwritable(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        pictures.write(tmp_path / name, sample())
    assert not list(tmp_path.iterdir())
