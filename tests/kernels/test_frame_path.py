"""Frames through our kernels in the product: right where they are used.

There is no CUDA here: the driver is the fake one, whose device memory is this process's, so that a real CPU
session of the try-on graph reads the picture that `preprocess` cut "on the device".
"""

import ctypes
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from mutate import whole_source

from lookglass import TryOn, frame_golden, pictures
from lookglass.bundle import Bundle
from lookglass.cli import main
from lookglass.compose import draw, overlay
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.engine import DeviceArray, Engine, kernels, providers
from lookglass.engine.devices import open_session
from lookglass.engine.providers import PROVIDERS
from lookglass.errors import DeviceError
from lookglass.finish import finish
from lookglass.frame_path import Choice, choose
from lookglass.mipmap import mipmap
from lookglass.outfit import Garments
from lookglass.stream import Stream
from lookglass.types import U8, Crop, EncodedGarment, Frame
from lookglass_kernels import build
from lookglass_kernels.driver import Driver
from lookglass_kernels.driver_fake import build_fake_driver, stand_in_image
from lookglass_kernels.frame_device import FrameDevice


def load(driver: Path, kind: type[FrameDevice] = FrameDevice) -> FrameDevice:
    """The kernels of a fake driver."""
    image = stand_in_image().read_bytes()
    return kind(Driver(library=str(driver)), dict.fromkeys(FrameDevice.KERNELS, image))


@pytest.fixture(scope="module")
def fake() -> Path:
    return build_fake_driver()


@pytest.fixture(scope="module")
def chosen(engine: Engine, fake: Path) -> Choice:
    """What the engine chooses where the kernels are as they should be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "open_frame_device", partial(load, fake))
        return choose(engine)


@pytest.fixture(scope="module")
def cpu() -> TryOn:
    return TryOn.load(device="cpu")


@pytest.fixture(scope="module")
def shirt(cpu: TryOn) -> EncodedGarment:
    return cpu.garment(GARMENTS / "tee_white.jpg")


@pytest.fixture(scope="module")
def mirror(bundle: Bundle, engine: Engine, chosen: Choice) -> TryOn:
    """On the fake device."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lookglass.tryon.choose", lambda _engine: chosen)
        return TryOn(bundle, engine)


def small(name: str, height: int) -> U8:
    picture = pictures.read(PEOPLE / name)
    width = round(picture.shape[1] * height / len(picture))
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def test_kernels_that_agree_are_taken(chosen: Choice) -> None:
    assert chosen.device is not None
    assert chosen.words == "our kernels cut and draw the frames on the device, within 1 of 255 of the CPU's"


def test_a_photo_is_dressed_as_by_the_cpu(mirror: TryOn, cpu: TryOn, shirt: EncodedGarment) -> None:
    photo = small("studio_man.png", 360)
    there, here = mirror(photo, shirt), cpu(photo, shirt)
    assert (here != photo).any(-1).mean() > 0.1
    assert np.abs(there.astype(int) - here).max() <= 2


def test_the_command_for_photos_draws_on_the_device(
    mirror: TryOn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`lookglass tryon` takes the way that the API takes: no pixel is composed by the CPU."""
    photo, out = small("studio_man.png", 300), tmp_path / "dressed.png"
    pictures.write(tmp_path / "photo.png", photo)
    monkeypatch.setattr("lookglass.compose.overlay", lambda *_: pytest.fail("the CPU composed"))
    monkeypatch.setattr("lookglass.TryOn.load", lambda *_, **__: mirror)
    given = [str(tmp_path / "photo.png"), str(GARMENTS / "tee_white.jpg"), "-o", str(out)]
    assert main(["tryon", *given, "--layers", str(tmp_path / "layers")]) == 0
    dressed = pictures.read(out)
    assert (dressed != photo).any()
    assert np.array_equal(dressed, mirror(photo, mirror.garment(GARMENTS / "tee_white.jpg")))


def test_a_stream_changes_frames_garments_and_threads(
    mirror: TryOn, cpu: TryOn, shirt: EncodedGarment
) -> None:
    """The driver's context is per thread, memory per frame size, the photo on the device per garment.

    An outfit goes there twice, the second time as it was drawn. The trousers are a shirt that claims to be.
    """
    blue = cpu.garment(GARMENTS / "shirt_blue.jpg")
    trousers = EncodedGarment(replace(blue.garment, category="lower"), blue.tensors)
    steps: list[tuple[int, Garments]] = [(240, shirt), (240, blue), (240, blue), (200, blue), (200, shirt)]
    steps += [(200, [trousers, shirt]), (200, trousers)]
    frames = [
        Frame(small("studio_man.png", height), i, i * 33_000_000) for i, (height, _) in enumerate(steps)
    ]

    def run(stream: Stream) -> list[U8]:
        pairs = zip(frames, steps, strict=True)
        return [stream.step(frame, garment).image for frame, (_, garment) in pairs]

    with ThreadPoolExecutor(1) as elsewhere:
        there = elsewhere.submit(run, mirror.stream()).result()
    for frame, one, other in zip(frames, there, run(cpu.stream()), strict=True):
        assert (other != frame.image).any()
        # The network sees a crop that may differ by 1 of 255, and a look-up may fall on an edge's other side.
        off = np.abs(one.astype(int) - other)
        assert (off > 2).sum() <= 3 and off.max() <= 8


def test_pixels_without_alpha_are_the_camera_s(chosen: Choice, cpu: TryOn, shirt: EncodedGarment) -> None:
    photo = small("studio_man.png", 240)
    person = cpu.person(photo)
    finished = finish(cpu.layers(person, shirt), person, shirt.garment)
    hidden = replace(finished, coverage=np.zeros_like(finished.coverage))
    chosen.device.cut(photo, person.crop)
    assert np.array_equal(chosen.device.draw([shirt.garment.texture], hidden), photo)


def crossed(fake: Path) -> np.ndarray:
    """Bytes that have gone to the device and come from it."""
    counts = ctypes.CDLL(str(fake)).lookglass_fake_driver_crossed
    counts.restype = ctypes.POINTER(ctypes.c_uint64)
    return np.array(counts()[:2])


def test_only_what_the_crop_shows_crosses_the_bus(
    chosen: Choice, cpu: TryOn, shirt: EncodedGarment, fake: Path
) -> None:
    """The figures of ADR 14: of the frame a part, once up and once down, and the finished layers."""
    frame = np.full((720, 1280, 3), 200, np.uint8)
    frame[120:, 500:835] = small("studio_man.png", 600)
    person = cpu.person(frame)
    finished = finish(cpu.layers(person, shirt), person, shirt.garment)
    levels = mipmap(shirt.garment.texture).levels
    for _ in range(2):  # the second time the garment's photo is there
        before = crossed(fake)
        chosen.device.cut(frame, person.crop)
        drawn = chosen.device.draw(levels, finished)
    up, down = crossed(fake) - before
    assert (drawn != frame).any()
    layers = sum(getattr(finished, name).nbytes for name in finished.__slots__)
    side = 256 / person.crop.scale + 7  # the reach of averaging, and whole pixels
    print(f"frame {down / 1e6:.2f} MB up and down, finished layers {layers / 1e6:.2f} MB up")
    assert up - layers == down <= 3 * side**2 < frame.nbytes / 3


def broken(folder: Path, kernel: str, old: str, new: str) -> Path:
    """A fake driver one of whose kernels is not right."""
    sources = {name: build.source_of(name) for name in FrameDevice.KERNELS}
    text = whole_source(kernel)
    assert text.count(old) == 1
    sources[kernel] = folder / f"{kernel}.cu"
    sources[kernel].write_text(text.replace(old, new))
    return build_fake_driver(sources.values())


@pytest.mark.parametrize(
    ("kernel", "old", "new", "words"),
    [
        ("preprocess", "const int channel = 2 - i;", "const int channel = i;", "the crop is off by"),
        ("warp_composite", "kPainted + 2 - c", "kPainted + c", "the drawing is off by"),
    ],
)
def test_a_wrong_kernel_is_not_used(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kernel: str,
    old: str,
    new: str,
    words: str,
) -> None:
    driver = broken(tmp_path, kernel, old, new)
    monkeypatch.setattr(kernels, "open_frame_device", lambda: load(driver))
    found = choose(engine)
    assert found.device is None
    assert found.words.startswith("the CPU cuts and draws the frames; our kernels are not in use: ")
    assert words in found.words and "of 255 from the CPU's" in found.words
    assert [record.getMessage() for record in caplog.records] == [f"on cuda {found.words}"]


def test_a_session_that_reads_elsewhere_is_not_used(chosen: Choice, fake: Path) -> None:
    class Elsewhere(FrameDevice):
        def cut(self, frame: U8, crop: Crop) -> DeviceArray:
            found = super().cut(frame, crop)
            self.other = self._driver.upload(np.zeros(found.shape, np.float32))
            return replace(found, address=self.other.address)

    with pytest.raises(DeviceError, match="of a frame cut on the device is off by"):
        frame_golden.prove(load(fake, Elsewhere), chosen.tryon)


def test_a_session_that_refuses_what_was_cut_is_told_in_words(fake: Path, bundle: Bundle) -> None:
    session = open_session(bundle.model("person_mask"))
    with pytest.raises(DeviceError, match="the try-on graph cannot read what they cut: the graph takes"):
        frame_golden.prove(load(fake), session)


def test_the_cpu_touches_none_of_this() -> None:
    program = f"""
import sys
import lookglass
from lookglass import pictures
mirror = lookglass.TryOn.load(device="cpu")
shirt = mirror.garment({str(GARMENTS / "tee_white.jpg")!r})
mirror(pictures.read({str(PEOPLE / "studio_man.png")!r}), shirt)
assert not any(name.startswith("lookglass_kernels") for name in sys.modules)
assert "libcuda" not in open("/proc/self/maps").read()
print(mirror.kernels)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("; the CPU cuts and draws the frames\n")


@pytest.mark.gpu
def test_on_the_device(
    bundle: Bundle, cpu: TryOn, shirt: EncodedGarment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The built kernels are taken, and draw a person as the CPU draws the same layers."""
    monkeypatch.setitem(PROVIDERS, "cuda", ("CUDAExecutionProvider", providers.cuda))
    engine = Engine(bundle, device="cuda")
    try:
        engine.session("person_mask")
    except DeviceError as missing:
        pytest.skip(str(missing))
    chosen = choose(engine)
    assert chosen.device is not None, chosen.words
    photo = small("studio_man.png", 720)
    person = cpu.person(photo)
    finished = finish(cpu.layers(person, shirt), person, shirt.garment)
    here = overlay(photo, draw(photo.shape[:2], person.crop, shirt.garment, finished))
    chosen.device.cut(photo, person.crop)
    there = chosen.device.draw(mipmap(shirt.garment.texture).levels, finished)
    assert np.abs(there.astype(int) - here).max() <= 2
    whole = TryOn(bundle, engine)(photo, shirt).astype(int)
    assert np.abs(whole - cpu(photo, shirt)).mean() < 1
