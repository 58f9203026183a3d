"""The mirror: three threads, one frame in flight, the newest wins.

    capture --slot--> try-on --slot--> sink

The capture thread waits for the source, the try-on thread owns the sessions, the caller's thread owns the
sink, as windows want it. Each slot holds one value; what is replaced in it is counted as dropped.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.errors import SourceError
from lookglass.live.capture import Capture
from lookglass.live.report import Report
from lookglass.live.sinks import Sink
from lookglass.live.slot import Slot
from lookglass.live.sources import Source
from lookglass.live.wardrobe import Wardrobe
from lookglass.stream import Step, Stream
from lookglass.types import U8, Frame

NO_FRAME_PATIENCE_S = 5.0
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Settings:
    """How a run behaves.

    Attributes:
        rotate: clockwise degrees by which the source is turned, 0, 90, 180 or 270.
        mirror: flip what is shown, as a mirror does; tracking and dressing see the source as it is. None
            leaves the choice to whoever knows the source.
        every_frame: wait for every frame to be shown instead of dropping what comes too fast.
        frames: stop after so many presented frames; None to go on until the source ends.
    """

    rotate: int = 0
    mirror: bool | None = None
    every_frame: bool = False
    frames: int | None = None


class Worker(threading.Thread):
    """Dresses the newest frame, and owns the sessions while it lives."""

    def __init__(
        self,
        stream: Stream,
        wardrobe: Wardrobe,
        *,
        inbox: Slot[Frame],
        outbox: Slot[tuple[Frame, Step]],
        report: Report,
        wait: bool,
    ) -> None:
        super().__init__(name="try-on", daemon=True)
        self.error: BaseException | None = None
        self._stream, self._wardrobe, self._report, self._wait = stream, wardrobe, report, wait
        self._inbox, self._outbox = inbox, outbox

    def run(self) -> None:
        """Work until the inbox is closed and empty."""
        try:
            while (frame := self._inbox.take()) is not None:
                step = self._stream.step(frame, self._wardrobe.current())
                if self._outbox.put((frame, step), wait=self._wait):
                    self._report.dropped("unshown")
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits for pictures
            self.error = error
        finally:
            self._outbox.close()


def run(
    source: Source,
    stream: Stream,
    wardrobe: Wardrobe,
    sink: Sink,
    report: Report,
    settings: Settings,
    *,
    patience_s: float = NO_FRAME_PATIENCE_S,
) -> None:
    """Run the mirror until the source ends, enough frames were shown, or the user quits.

    Raises:
        SourceError: the camera stopped, or gave no new frame for `patience_s`.
        SinkError: the sink cannot show or write.
    """
    frames, pictures = Slot[Frame](), Slot[tuple[Frame, Step]]()
    wait = settings.every_frame
    capture = Capture(source, frames, report, rotate=settings.rotate, wait=wait)
    worker = Worker(stream, wardrobe, inbox=frames, outbox=pictures, report=report, wait=wait)
    capture.start()
    worker.start()
    try:
        _present(pictures, sink, wardrobe, report, settings, lambda: _check(source, capture, patience_s))
    finally:
        capture.stop()
        pictures.close()
        worker.join()
    for error in (worker.error, capture.error):
        if error is not None:
            raise error


def _present(
    pictures: Slot[tuple[Frame, Step]],
    sink: Sink,
    wardrobe: Wardrobe,
    report: Report,
    settings: Settings,
    check: Callable[[], None],
) -> None:
    """Show what comes until there is no more, or no more is wanted."""
    while not pictures.finished:
        for command in sink.commands():
            if command == "quit":
                return
            if command == "none":
                wardrobe.take_off()
            else:
                wardrobe.step(1 if command == "next" else -1)
        finished = pictures.take(_POLL_S)
        if finished is None:
            check()
            continue
        frame, step = finished
        sink.show(_flipped(step.image) if settings.mirror else step.image, frame.t_grab_ns)
        report.presented(step, t_grab_ns=frame.t_grab_ns, now_ns=time.monotonic_ns())
        if report.presented_count == settings.frames:
            return


def _check(source: Source, capture: Capture, patience_s: float) -> None:
    """A camera that gives nothing new is worth a word; a file cannot hang."""
    silent_s = (time.monotonic_ns() - capture.last_frame_ns) / 1e9
    if source.is_camera and silent_s > patience_s:
        raise SourceError(
            f"{source.name} gave no new picture for {patience_s:.0f} s: is it covered, unplugged or asleep?"
        )


def _flipped(image: U8) -> U8:
    return np.asarray(cv2.flip(image, 1), np.uint8)
