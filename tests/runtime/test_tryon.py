"""The facade on the bundle that ships, real photos and real frames."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import lookglass
from lookglass import pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.layer_pictures import layer_pictures, write_layers
from lookglass.network import person_inputs
from lookglass.person.crop import crop_matrix

PERSON = pictures.read(PEOPLE / "studio_man.png")


@pytest.fixture(scope="module")
def mirror() -> lookglass.TryOn:
    return lookglass.TryOn.load(device="cpu")


@pytest.fixture(scope="module")
def shirt(mirror: lookglass.TryOn) -> lookglass.EncodedGarment:
    return mirror.garment(GARMENTS / "tee_white.jpg")


def test_import_is_light_and_telemetry_is_off() -> None:
    """In a process of its own: neither numpy, OpenCV nor ONNX Runtime is imported until it is needed."""
    program = """
import os, sys, time
start = time.perf_counter()
import lookglass
took = time.perf_counter() - start
assert took < 0.5, took
assert not {"numpy", "cv2", "onnxruntime"} & sys.modules.keys()
assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"
assert lookglass.TryOn.__name__ in dir(lookglass) and lookglass.Frame
heavy = {"torch", "onnx", "PIL", "scipy", "lookglass_export"} & sys.modules.keys()
assert not heavy, heavy
try:
    lookglass.nothing
except AttributeError as error:
    assert "nothing" in str(error)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_photo_is_dressed_and_exact_elsewhere(
    mirror: lookglass.TryOn, shirt: lookglass.EncodedGarment
) -> None:
    before = PERSON.copy()
    dressed = mirror(PERSON, shirt)
    assert dressed.shape == PERSON.shape and dressed.dtype == np.uint8 and dressed is not PERSON
    assert np.array_equal(PERSON, before)
    changed = np.argwhere((dressed != PERSON).any(2))
    corners = crop_matrix(mirror.person(PERSON).crop)
    y, x = changed.mean(0)
    x, y = corners[:, :2] @ [x, y] + corners[:, 2]
    assert 32 < x < 224 and 0 < y < 256
    assert np.array_equal(mirror(PERSON, shirt), dressed)


def test_a_garment_may_come_as_an_array_or_a_file(
    mirror: lookglass.TryOn, shirt: lookglass.EncodedGarment
) -> None:
    array = mirror.garment(cv2.imread(str(GARMENTS / "tee_white.jpg")), name="tee")
    assert array.garment.name == "tee" and shirt.garment.name == "tee_white"
    for name, tensor in shirt.tensors.items():
        assert np.array_equal(tensor, array.tensors[name]) and not tensor.flags.writeable


def test_what_cannot_be_dressed_is_said(mirror: lookglass.TryOn, shirt: lookglass.EncodedGarment) -> None:
    with pytest.raises(lookglass.PersonNotFoundError, match="nobody was found"):
        mirror(np.full((480, 640, 3), 127, np.uint8), shirt)
    for image in (PERSON[..., 0], PERSON.astype(np.float32), PERSON[:8, :8]):
        with pytest.raises(lookglass.PictureError, match="a picture"):
            mirror(image, shirt)


def test_person_inputs_lie_in_the_model_crop(mirror: lookglass.TryOn) -> None:
    """Independent check: the nose's pixel in the frame has the colour that the network sees at the nose."""
    person = mirror.person(PERSON)
    inputs = person_inputs(person)
    assert {n: a.shape for n, a in inputs.items()} == {
        "person": (1, 3, 256, 192),
        "mask": (1, 1, 256, 192),
        "landmarks": (1, 33, 5),
        "tone": (1, 3),
    }
    assert all(array.dtype == np.float32 for array in inputs.values())
    for mark in (0, 11, 12):
        column, row = np.round(inputs["landmarks"][0, mark, :2]).astype(int)
        # The frame pixel under the middle of that crop pixel; the crop is 256 px, its model columns 192.
        middle = np.array([column + 32, row]) - 127.5
        x, y = np.round(person.crop.center + middle / person.crop.scale).astype(int)
        assert np.hypot(*(person.landmarks[mark, :2] - (x, y))) < 1 / person.crop.scale
        block = PERSON[y - 1 : y + 3, x - 1 : x + 3].mean((0, 1))[::-1] / 255
        assert np.allclose(inputs["person"][0, :, row, column], block, atol=0.08)


def test_a_stream_follows_times_and_passes_through(
    mirror: lookglass.TryOn, shirt: lookglass.EncodedGarment
) -> None:
    stream, empty = mirror.stream(), np.full((480, 640, 3), 90, np.uint8)
    views = [empty, PERSON, PERSON, PERSON]
    worn = [shirt, shirt, shirt, None]
    steps = [
        stream.step(lookglass.Frame(view, n, n * 33_000_000), garment)
        for n, (view, garment) in enumerate(zip(views, worn, strict=True))
    ]
    assert steps[0].image is empty and steps[0].person is None and "tryon" not in steps[0].stage_ms
    assert steps[3].image is PERSON and steps[3].person is not None
    assert (steps[2].image != PERSON).any()
    assert steps[1].stage_ms.keys() == {
        "detector",
        "landmarks",
        "mask",
        "crop",
        "plate",
        "inputs",
        "tryon",
        "compose",
    }
    assert "detector" not in steps[2].stage_ms
    assert all(took_ms > 0 for took_ms in steps[2].stage_ms.values())


def test_layers_as_pictures(mirror: lookglass.TryOn, shirt: lookglass.EncodedGarment, tmp_path: Path) -> None:
    person = mirror.person(PERSON)
    layers = mirror.layers(person, shirt)
    drawn = layer_pictures(person, layers)
    assert all(picture.dtype == np.uint8 and picture.shape[2] == 3 for picture in drawn.values())
    red = np.rint(layers.skin[0] * 255)
    assert np.abs(drawn["skin"][..., 2] - red).max() <= 1
    write_layers(tmp_path / "layers", person, shirt.garment, layers)
    assert {file.stem for file in (tmp_path / "layers").iterdir()} == {*drawn, "garment"}
    with pytest.raises(lookglass.PictureError, match="cannot be made"):
        (tmp_path / "file").touch()
        write_layers(tmp_path / "file", person, shirt.garment, layers)


def test_another_bundle(tiny_bundle: Path) -> None:
    """A bundle with trackers of another shape loads: nothing but the manifest decides."""
    assert lookglass.TryOn.load(tiny_bundle, device="cpu", threads=1).engine.threads == 1
