"""What cameras and models do wrong, and what the mirror makes of it."""

import threading
import time

import pytest

from live_parts import Scripted, Shown, SlowStream, mirror, noise
from lookglass.errors import SinkError, SourceError
from lookglass.live.wardrobe import Wardrobe


def forever() -> None:
    """A read that never comes back, as when a camera is pulled out."""
    threading.Event().wait()


def test_camera_unplugged(wardrobe: Wardrobe) -> None:
    camera = Scripted([noise(n) for n in range(5)])
    with pytest.raises(SourceError, match="camera 9 stopped"):
        mirror(camera, SlowStream(), wardrobe, Shown())
    assert camera.closed.is_set()


def test_camera_hangs_in_read(wardrobe: Wardrobe) -> None:
    """The thread that hangs is left behind, its device with it: closing it would hang, too."""
    camera, sink = Scripted([noise(0), forever]), Shown()
    start = time.monotonic()
    with pytest.raises(SourceError, match="no new picture"):
        mirror(camera, SlowStream(), wardrobe, sink)
    assert time.monotonic() - start < 10 and len(sink.images) == 1
    assert not camera.closed.is_set()


def test_camera_frozen(wardrobe: Wardrobe) -> None:
    """A driver that gives the last picture for ever, as if it were new."""
    picture, sink = noise(0), Shown()

    def again() -> object:
        time.sleep(0.005)
        return picture

    with pytest.raises(SourceError, match="no new picture"):
        mirror(Scripted([again] * 10_000), SlowStream(), wardrobe, sink)
    assert len(sink.images) == 1


def test_camera_driver_raises(wardrobe: Wardrobe) -> None:
    def broken() -> None:
        raise SourceError("the driver gave up")

    with pytest.raises(SourceError, match="gave up"):
        mirror(Scripted([noise(0), broken]), SlowStream(), wardrobe)


def test_model_fails(wardrobe: Wardrobe) -> None:
    class Broken(SlowStream):
        def step(self, frame: object, garment: object) -> object:
            raise MemoryError("no room for the frame")

    with pytest.raises(MemoryError, match="no room"):
        mirror(Scripted([noise(n) for n in range(9)]), Broken(), wardrobe)


def test_sink_fails(wardrobe: Wardrobe) -> None:
    class Full(Shown):
        def show(self, image: object, t_grab_ns: int) -> None:
            raise SinkError("the disk is full")

    camera = Scripted([noise(n) for n in range(9)])
    with pytest.raises(SinkError, match="disk is full"):
        mirror(camera, SlowStream(), wardrobe, Full())
    assert camera.closed.is_set()


def test_slow_model_shows_what_is_new(wardrobe: Wardrobe) -> None:
    """A camera at 100 fps, a model at 10: what is shown is never older than two model times."""

    def grab(n: int):
        return lambda: (time.sleep(0.01), noise(n))[1]

    camera, sink = Scripted([grab(n) for n in range(80)]), Shown()
    with pytest.raises(SourceError, match="stopped"):
        mirror(camera, SlowStream(0.1), wardrobe, sink)
    assert 2 <= len(sink.images) <= 12
