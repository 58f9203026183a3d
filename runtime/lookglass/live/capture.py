"""The thread that waits for the source, which may never answer."""

import threading
import time

import cv2
import numpy as np

from lookglass.errors import LookglassError, SourceError
from lookglass.live.report import Report
from lookglass.live.slot import Slot
from lookglass.live.sources import Source
from lookglass.types import U8, Frame

ROTATIONS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
CLOSE_PATIENCE_S = 1.0


class Capture(threading.Thread):
    """Reads a source and puts its frames into a slot; a daemon, so that it can be left behind.

    Args:
        source: where frames come from; this thread alone touches it.
        slot: where the newest frame goes.
        report: counts what is grabbed and dropped.
        rotate: clockwise degrees, 0, 90, 180 or 270.
        wait: wait until each frame is taken.

    Attributes:
        error: what ended it, if it was not the source's end.
        last_frame_ns: monotonic time of the last new frame, or of the start.
    """

    def __init__(
        self, source: Source, slot: Slot[Frame], report: Report, *, rotate: int = 0, wait: bool = False
    ) -> None:
        super().__init__(name="capture", daemon=True)
        self.error: Exception | None = None
        self.last_frame_ns = time.monotonic_ns()
        self._source, self._slot, self._report = source, slot, report
        self._rotate, self._wait = rotate, wait
        self._stopping = threading.Event()
        self._glimpse: U8 | None = None

    def run(self) -> None:
        """Read until the source ends or `stop` is called."""
        try:
            count = 0
            while not self._stopping.is_set() and (image := self._source.read()) is not None:
                count += self._take(image, count)
            if self._source.is_camera and not self._stopping.is_set():
                self.error = SourceError(f"{self._source.name} stopped: plug it in again, or choose another")
        except (LookglassError, cv2.error, MemoryError) as error:
            self.error = error
        finally:
            self._slot.close()

    def stop(self) -> None:
        """End the thread and close the source; a thread that hangs in a read is left behind with it."""
        self._stopping.set()
        self._slot.close()
        self.join(CLOSE_PATIENCE_S)
        if not self.is_alive():
            self._source.close()

    def _take(self, image: U8, number: int) -> int:
        """Pass one picture on; returns 1, or 0 where it is the last one again."""
        now_ns = time.monotonic_ns()
        for _ in range(self._source.skipped):
            self._report.grabbed()
            self._report.dropped("behind")
        self._report.grabbed()
        if self._source.is_camera and self._is_repeated(image):
            self._report.dropped("repeated")
            return 0
        self.last_frame_ns = now_ns
        if self._rotate:
            image = np.asarray(cv2.rotate(image, ROTATIONS[self._rotate]), np.uint8)
        if self._slot.put(Frame(image, number, now_ns), wait=self._wait):
            self._report.dropped("stopped" if self._stopping.is_set() else "superseded")
        return 1

    def _is_repeated(self, image: U8) -> bool:
        """A driver that lost its camera may return the last picture for ever; a sensor's noise never does."""
        glimpse, last = image[::16, ::16].copy(), self._glimpse
        self._glimpse = glimpse
        return last is not None and np.array_equal(glimpse, last)
