"""Where frames come from: a camera, a video file, a picture."""

import time
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from lookglass import pictures
from lookglass.errors import SourceError
from lookglass.types import U8

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
PICTURE_FPS = 30.0
CAMERA_SIZE = (1280, 720)


class Source(Protocol):
    """Gives one picture after the other, each when it is due.

    Attributes:
        name: what to call it in a message.
        fps: pictures per second it means to give.
        is_camera: a mirror image is expected of it, and it may hang or stop.
        skipped: pictures passed over to keep the pace, before the last one given.
    """

    name: str
    fps: float
    is_camera: bool
    skipped: int

    def read(self) -> U8 | None:
        """The next picture, (H, W, 3) uint8 BGR; waits until it is due; None at the end."""
        ...

    def close(self) -> None:
        """Let go of the device or file."""
        ...


class Camera:
    """A camera by its index. `read` may block for ever when the device is pulled out."""

    is_camera = True
    skipped = 0

    def __init__(self, index: int) -> None:
        self.name = f"camera {index}"
        self._capture = _open(index, f"there is no camera {index}, or another program is using it")
        # Uncompressed 720p exceeds USB 2: without MJPG many cameras fall to 5 fps.
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        for key, value in zip(
            (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT), CAMERA_SIZE, strict=True
        ):
            self._capture.set(key, value)
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or 30.0

    def read(self) -> U8 | None:
        """The next picture of the camera; None when it says that it has gone."""
        done, image = self._capture.read()
        return np.asarray(image, np.uint8) if done else None

    def close(self) -> None:
        """Close the device."""
        self._capture.release()


class Video:
    """A video file that plays at its own pace, as a camera would; or, with `every_frame`, as it is read."""

    is_camera = False

    def __init__(self, path: Path, *, every_frame: bool = False) -> None:
        self.name = str(path)
        self.skipped = 0
        if not path.is_file():
            raise SourceError(f"there is no video {path}")
        self._capture = _open(str(path), f"{path} is not a video that OpenCV can read")
        self.fps = self._capture.get(cv2.CAP_PROP_FPS)
        if not 0 < self.fps < 1000:
            raise SourceError(f"{path} does not say how many frames per second it has")
        self._pace = None if every_frame else Pace(self.fps)

    def read(self) -> U8 | None:
        """The next picture that is due; pictures whose time has passed are counted in `skipped`."""
        self.skipped = 0
        if self._pace is not None:
            while self._pace.late() and self._capture.grab():
                self.skipped += 1
                self._pace.advance()
            self._pace.wait()
        done, image = self._capture.read()
        return np.asarray(image, np.uint8) if done else None

    def close(self) -> None:
        """Close the file."""
        self._capture.release()


class Picture:
    """One picture, over and over, at `PICTURE_FPS`; or, with `every_frame`, as it is taken."""

    fps = PICTURE_FPS
    is_camera = False
    skipped = 0

    def __init__(self, path: Path, *, every_frame: bool = False) -> None:
        self.name = str(path)
        self._image = pictures.read(path)
        self._pace = None if every_frame else Pace(self.fps)

    def read(self) -> U8 | None:
        """The picture, when it is due again."""
        if self._pace is not None:
            self._pace.wait()
        return self._image

    def close(self) -> None:
        """Nothing is held."""


class Pace:
    """A clock that ticks at a source's rate, from the first tick asked for."""

    def __init__(self, fps: float) -> None:
        self._period_s = 1 / fps
        self._due: float | None = None

    def late(self) -> bool:
        """The next tick is over by more than a period."""
        return self._due is not None and time.monotonic() - self._due > self._period_s

    def advance(self) -> None:
        """Leave one tick out."""
        self._due = (self._due or time.monotonic()) + self._period_s

    def wait(self) -> None:
        """Sleep until the next tick."""
        if self._due is not None:
            time.sleep(max(self._due - time.monotonic(), 0))
        self.advance()


def open_source(source: str, *, every_frame: bool = False) -> Source:
    """Open a source by what was typed.

    Args:
        source: a camera's index, or a video or picture file.
        every_frame: give every frame as soon as it is taken, instead of keeping a camera's pace.

    Raises:
        SourceError: there is no such camera or file, or it cannot be read.
        PictureError: the picture cannot be read.
    """
    if source.isdecimal():
        return Camera(int(source))
    if "://" in source:
        raise SourceError(f"{source} is an address; a source is a camera's number or a file")
    path = Path(source)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return Picture(path, every_frame=every_frame)
    return Video(path, every_frame=every_frame)


def _open(what: int | str, complaint: str) -> cv2.VideoCapture:
    """Open a capture device; OpenCV's own warnings would only repeat the complaint."""
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        capture = cv2.VideoCapture(what)
    finally:
        cv2.utils.logging.setLogLevel(level)
    if not capture.isOpened():
        raise SourceError(complaint)
    return capture
