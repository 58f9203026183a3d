"""Small real parts for tests of the live loop: files, a stream that only takes time, scripted cameras."""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lookglass.errors import GarmentError
from lookglass.live.loop import Settings, run
from lookglass.live.report import Report
from lookglass.live.sinks import NullSink
from lookglass.live.wardrobe import Wardrobe
from lookglass.stream import Step
from lookglass.types import EncodedGarment, Frame, Garment

SIZE = (64, 48)


def write_video(path: Path, *, frames: int, fps: float) -> Path:
    """A video whose frame n is a grey of 2 n."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, SIZE)
    assert writer.isOpened()
    for number in range(frames):
        writer.write(np.full((SIZE[1], SIZE[0], 3), 2 * number, np.uint8))
    writer.release()
    return path


class SlowStream:
    """Takes its time, and passes the frame on."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.worn: list[str | None] = []

    def step(self, frame: Frame, garment: EncodedGarment | None) -> Step:
        time.sleep(self.seconds)
        self.worn.append(garment and garment.garment.name)
        return Step(frame.image, None, {"tryon": self.seconds * 1e3})


class Shown(NullSink):
    """Remembers what was shown, and presses keys after given pictures."""

    def __init__(self, keys: dict[int, str] | None = None) -> None:
        self.images: list[np.ndarray] = []
        self.keys = keys or {}

    def show(self, image: np.ndarray, t_grab_ns: int) -> None:
        self.images.append(image)

    def commands(self) -> list:
        key = self.keys.pop(len(self.images), None)
        return [key] if key else []


class Scripted:
    """A camera that does as it is told: `read` runs the script's next entry."""

    name, fps, is_camera, skipped = "camera 9", 30.0, True, 0

    def __init__(self, script: Iterable[np.ndarray | Callable[[], np.ndarray | None] | None]) -> None:
        self.script = iter(script)
        self.closed = threading.Event()

    def read(self) -> np.ndarray | None:
        entry = next(self.script, None)
        return entry() if callable(entry) else entry

    def close(self) -> None:
        self.closed.set()


def garment(path: Path) -> EncodedGarment:
    """Stands for taking a garment in, which has tests of its own."""
    if "jeans" in path.name:
        raise GarmentError("it shows trousers")
    blank = np.zeros((4, 4, 4), np.uint8)
    pixels = np.zeros((1, 9, 128, 128), np.float32)
    return EncodedGarment(Garment(path.stem, "upper", blank, blank[..., 0], pixels), {})


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)


def mirror(source: Any, stream: Any, wardrobe: Wardrobe, sink: Any = None, **settings: Any) -> dict[str, Any]:
    """Run the loop to its end; whatever happens, every grabbed frame is accounted for."""
    report = Report(device="cpu", kernels="none")
    run(source, stream, wardrobe, sink or NullSink(), report, Settings(**settings), patience_s=1)
    document = report.document()
    frames = document["frames"]
    assert frames["grabbed"] == frames["presented"] + sum(frames["dropped"].values())
    return document
