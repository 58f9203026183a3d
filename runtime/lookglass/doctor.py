"""What works on this machine, what does not, and why."""

import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import lookglass
from lookglass.bundle import Bundle
from lookglass.engine import DEVICES, Engine, kernels, onnxruntime
from lookglass.engine.providers import default_threads
from lookglass.errors import LookglassError
from lookglass.frame_path import choose
from lookglass.live.sinks import WindowSink
from lookglass.live.sources import Camera


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        subject: what was looked at.
        works: whether it works.
        words: what was found, or what to do.
        needed: nothing runs without it.
    """

    subject: str
    works: bool
    words: str
    needed: bool = False

    @property
    def is_fatal(self) -> bool:
        """Needed and not working."""
        return self.needed and not self.works

    @property
    def mark(self) -> str:
        """How it is listed."""
        return "ok" if self.works else "FAIL" if self.needed else "no"


def examine(*, bundle: Path | None = None, device: str = "auto") -> list[Finding]:
    """Look at everything; `device` is needed if it is named."""
    return list(_examine(bundle, device))


def _examine(folder: Path | None, device: str) -> Iterator[Finding]:
    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield Finding("lookglass", True, f"{lookglass.__version__}, {system}, {_cores()}")
    found = ", ".join(f"{name} {version}" for name, version in onnxruntime.installed().items())
    providers = _try("onnxruntime", lambda: ", ".join(onnxruntime.load().get_available_providers()))
    yield Finding("onnxruntime", providers.works, f"{found}: {providers.words}", needed=True)
    checked: list[Bundle] = []
    yield _try("bundle", partial(_bundle, folder, checked), needed=True)
    if checked and providers.works:
        for name in DEVICES[1:]:
            needed = name == device or name == "cpu"
            yield _try(f"device {name}", partial(_device, checked[0], name), needed=needed)
    for subject, works, words in kernels.findings():
        yield Finding(subject, works, words)
    yield _try("window", _window)
    yield _try("camera 0", _camera)


def _try(subject: str, look: Callable[[], str], *, needed: bool = False) -> Finding:
    try:
        return Finding(subject, True, look(), needed)
    except LookglassError as error:
        return Finding(subject, False, str(error), needed)


def _cores() -> str:
    return f"{os.cpu_count()} cores, {default_threads()} thread(s) per graph"


def _bundle(folder: Path | None, checked: list[Bundle]) -> str:
    bundle = Bundle.load(folder)
    checked.append(bundle)
    manifest, size = bundle.manifest, f"{bundle.size_bytes / 1e6:.1f} MB"
    return f"{manifest.name} {manifest.version}, {len(manifest.graphs)} graphs, {size}, hashes hold"


def _device(bundle: Bundle, name: str) -> str:
    engine = Engine(bundle, device=name)
    frames = choose(engine)
    words = f"runs the try-on graph on {frames.tryon.providers[0]}"
    return f"{words} with {engine.kernels.words}; {frames.words}" if name == "cuda" else words


def _window() -> str:
    with WindowSink():
        return "can be opened"


def _camera() -> str:
    camera = Camera(0)
    try:
        image = camera.read()
    finally:
        camera.close()
    if image is None:
        raise lookglass.SourceError("camera 0 opens but gives no picture")
    return f"gives {image.shape[1]}x{image.shape[0]} pictures"
