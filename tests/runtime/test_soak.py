"""A mirror that runs for long: memory stays flat whatever is worn.

`make test-slow` runs it for LOOKGLASS_SOAK_MINUTES, ten unless told.
"""

import itertools
import os
import time
from collections.abc import Iterator

import cv2
import numpy as np
import psutil
import pytest

from lookglass import Frame, TryOn
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.live.report import Report
from lookglass.types import U8

MINUTES = float(os.environ.get("LOOKGLASS_SOAK_MINUTES", "10"))
CHANGE_EVERY = 100
"""Frames after which something else is worn."""
GROWTH_MB_PER_MINUTE = 0.3


def walks() -> Iterator[U8]:
    """The sample video forth and back, and a second of nobody each time."""
    clip = cv2.VideoCapture(str(PEOPLE.parent / "walk.mp4"))
    there = [np.asarray(view, np.uint8) for _, view in iter(clip.read, (False, None))]
    return itertools.cycle([*there, *there[::-1], *[np.zeros_like(there[0])] * 30])


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_memory_stays_flat() -> None:
    """The slope of resident memory over the last two thirds of the run."""
    mirror = TryOn.load(device="cpu")
    shirt, tee, jeans = (mirror.garment(GARMENTS / f"{n}.jpg") for n in ("shirt_blue", "tee_white", "jeans"))
    wardrobe = itertools.cycle([shirt, tee, jeans, (tee, jeans), None])
    stream, report = mirror.stream(), Report(device="cpu", kernels="")
    process, start, worn = psutil.Process(), time.monotonic(), next(wardrobe)
    used: list[tuple[float, float]] = []
    for number, view in enumerate(walks()):
        minutes = (time.monotonic() - start) / 60
        if minutes > MINUTES:
            break
        if number % CHANGE_EVERY == 0:
            worn = next(wardrobe)
            used.append((minutes, process.memory_info().rss / 1e6))
        step = stream.step(Frame(view, number, number * 10**9 // 30), worn)
        report.grabbed()
        report.presented(step, t_grab_ns=0, now_ns=number)
    when, megabytes = np.array(used[len(used) // 3 :]).T
    slope = np.polyfit(when, megabytes, 1)[0]
    print(f"{number} frames, {megabytes[0]:.0f} to {megabytes[-1]:.0f} MB, {slope:+.2f} MB a minute")
    assert slope < GROWTH_MB_PER_MINUTE
