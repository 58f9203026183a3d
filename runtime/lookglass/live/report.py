"""What a run of the mirror measured."""

import json
import platform
import threading
from collections import Counter, defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import lookglass
from lookglass.engine import onnxruntime
from lookglass.errors import SinkError
from lookglass.files import written_aside
from lookglass.live.percentiles import Latest, summary
from lookglass.stream import Step

WINDOW = 54_000
"""Percentiles are those of the last so many frames, half an hour at 30 fps: memory stays flat for days."""


class Report:
    """Counts frames and collects times while the loop runs; its threads may all write.

    Every grabbed frame is either presented or dropped for a reason:
    "superseded" - a newer frame came before the model took it;
    "unshown" - a newer picture was finished before the sink showed it;
    "behind" - a video file could not be decoded at its own pace;
    "repeated" - the camera gave the same picture again;
    "stopped" - under way when the run ended.

    Of the presented ones, "untouched" counts those that nobody was dressed in, by `Step.untouched`.

    Args:
        device: what the graphs run on.
        kernels: the words of `TryOn.kernels`.
    """

    def __init__(self, *, device: str, kernels: str) -> None:
        self._device = device
        self._kernels = kernels
        self._lock = threading.Lock()
        self._grabbed = 0
        self._dropped: Counter[str] = Counter()
        self._worn: Counter[tuple[str, str]] = Counter()
        self._untouched: Counter[str] = Counter()
        self._age_ms = Latest(WINDOW)
        self._stage_ms: defaultdict[str, Latest] = defaultdict(lambda: Latest(WINDOW))
        self._presented = 0
        self._first_ns = self._last_ns = 0

    def grabbed(self) -> None:
        """A frame left its source."""
        with self._lock:
            self._grabbed += 1

    def dropped(self, reason: str) -> None:
        """A frame will not be shown."""
        with self._lock:
            self._dropped[reason] += 1

    def presented(self, step: Step, *, t_grab_ns: int, now_ns: int) -> None:
        """A picture was handed to the sink's device."""
        with self._lock:
            self._first_ns = self._first_ns if self._presented else now_ns
            self._last_ns = now_ns
            self._presented += 1
            self._age_ms.append((now_ns - t_grab_ns) / 1e6)
            self._worn.update((garment.name, garment.category) for garment in step.worn)
            self._untouched.update([step.untouched] if step.untouched else [])
            for stage, took_ms in step.stage_ms.items():
                self._stage_ms[stage].append(took_ms)

    @property
    def presented_count(self) -> int:
        """Pictures shown so far."""
        return self._presented

    def document(self) -> dict[str, Any]:
        """The report; a percentile without the samples it needs is None."""
        with self._lock:
            under_way = self._grabbed - self._presented - self._dropped.total()
            dropped = self._dropped + Counter(stopped=under_way)
            return {
                "presented_fps": self._fps(),
                "frames": {
                    "grabbed": self._grabbed,
                    "presented": self._presented,
                    "dropped": dict(sorted(dropped.items())),
                },
                "worn": [
                    {"garment": name, "category": category, "frames": frames}
                    for (name, category), frames in self._worn.items()
                ],
                "untouched": dict(sorted(self._untouched.items())),
                "frame_age_ms": summary(self._age_ms, 50, 95, 99),
                "stage_ms": {stage: summary(times, 50, 95) for stage, times in self._stage_ms.items()},
                "device": self._device,
                "kernels": self._kernels,
                "versions": versions(),
            }

    def _fps(self) -> float | None:
        """Pictures per second: N pictures span N - 1 intervals."""
        span_s = (self._last_ns - self._first_ns) / 1e9
        return round((self._presented - 1) / span_s, 2) if span_s else None

    def sentence(self) -> str:
        """The report in one line, for a person."""
        document = self.document()
        frames, age = document["frames"], document["frame_age_ms"]
        dropped = ", ".join(f"{count} {reason}" for reason, count in frames["dropped"].items())
        stages = ", ".join(f"{stage} {times['p50']:.1f}" for stage, times in document["stage_ms"].items())
        return (
            f"{frames['presented']} of {frames['grabbed']} frames presented on {document['device']}, "
            f"{document['presented_fps']} fps; dropped: {dropped or 'none'}; frame age ms: p50 {age['p50']}, "
            f"p95 {age['p95']}; stages p50 ms: {stages}"
        )

    def write(self, path: Path) -> None:
        """Write the report as JSON, aside and then renamed.

        Raises:
            SinkError: the file cannot be written.
        """
        try:
            with written_aside(path) as aside:
                aside.write_text(json.dumps(self.document(), indent=2) + "\n")
        except OSError as error:
            raise SinkError(f"the report {path} cannot be written: {error.strerror}") from error


def versions() -> dict[str, str]:
    """Versions of what ran."""
    found = {"lookglass": lookglass.__version__, "python": platform.python_version()}
    found |= onnxruntime.installed()
    for distribution in ("numpy", "opencv-python-headless", "opencv-python", "pygame-ce"):
        try:
            found[distribution] = version(distribution)
        except PackageNotFoundError:
            continue
    return found
