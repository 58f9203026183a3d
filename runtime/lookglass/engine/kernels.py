"""Our own kernels in ONNX Runtime's CUDA sessions: in use where they are built and prove themselves.

A graph carries the operators of our domain as functions of standard ones, which ONNX Runtime inlines. Where
the operator library of `lookglass_kernels` is registered, its kernels run instead.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from lookglass.bundle.loader import OWN_DOMAIN
from lookglass.bundle.onnx_scan import scan
from lookglass.engine.session import DeviceArray, Session
from lookglass.errors import DeviceError
from lookglass.types import F32, U8, Crop, FinishedLayers, Tensors

TOLERANCE = 2e-3
"""How far any output of a graph may be from the CPU's: a pixel of a 1024-pixel garment photo.

Inputs rounded to float16, as the attention kernel rounds them, move the default bundle's flow by 5e-4; an
attention that is off by 2 % moves it by 2e-2.
"""

MAKERS = ("garment_encoder", "text_null")
"""Graphs whose outputs others take under the same names."""

_SEED = 20


@dataclass(frozen=True, slots=True)
class Kernels:
    """What runs the operators of our own domain.

    Attributes:
        library: the operator library that sessions register; None where the graph's own function runs.
        words: the same for people, with the reason.
    """

    library: Path | None
    words: str


class FrameDevice(Protocol):
    """A camera frame on the GPU; see `lookglass_kernels.frame_device.FrameDevice`."""

    stream: int

    def cut(self, frame: U8, crop: Crop) -> DeviceArray: ...
    def read(self, picture: DeviceArray) -> F32: ...
    def draw(self, levels: Sequence[U8], layers: FinishedLayers) -> U8: ...


def without(reason: str) -> Kernels:
    """The graph's own function, and why."""
    return Kernels(None, f"the graph's own attention function; our kernels are not in use: {reason}")


def uses_own_operators(model: bytes) -> bool:
    """Whether a graph has operators that the library may run."""
    return any(domain == OWN_DOMAIN for domain, _ in scan(model).operators)


def find_library() -> Path:
    """The operator library that `make kernels` built.

    Raises:
        DeviceError: it is not built, was changed since, or its package is not installed.
    """
    return Path(_hook().find_library())


def open_frame_device() -> FrameDevice:
    """The kernels around the try-on graph, on the first GPU.

    Raises:
        DeviceError: they are not built, were changed since, there is no driver, or no package of theirs.
    """
    device: FrameDevice = _hook().open_frame_device()
    return device


def findings() -> Iterator[tuple[str, bool, str]]:
    """Subject, whether it works, and words, of all that our kernels need."""
    try:
        yield from _hook().findings()
    except DeviceError as error:
        yield "own kernels", False, str(error)
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield "own kernels", False, f"what was built is damaged ({error}); run `make kernels` again"


def golden_inputs(shapes: Mapping[str, tuple[int, ...]], makers: Sequence[Session]) -> dict[str, F32]:
    """The same inputs for a graph every time: noise, and what other graphs make of noise.

    Args:
        shapes: of the graph's inputs, by name.
        makers: sessions whose outputs the graph may take under the same names.

    Returns:
        Name -> float32 array.
    """
    noise = np.random.default_rng(_SEED)
    inputs = {name: noise.random(shape, np.float32) for name, shape in shapes.items()}
    if "landmarks" in inputs:  # x, y and depth are pixels of the person's crop
        height, width = shapes["person"][2:]
        inputs["landmarks"] *= np.array((width, height, 1, 1, height / 4), np.float32)
    for maker in makers:
        made = maker(**{name: noise.random(shape, np.float32) for name, shape in maker.inputs.items()})
        inputs |= {name: array for name, array in made.items() if name in inputs}
    return inputs


def compare(ours: Session, reference: Session, inputs: Tensors) -> float:
    """Run two sessions of one graph on the same inputs.

    Returns:
        The largest difference of any output.

    Raises:
        DeviceError: ours fails, or differs by more than `TOLERANCE`, or by something that is no number.
    """
    try:  # ONNX Runtime's errors share no base below Exception.
        found = ours(**inputs)
    except Exception as error:
        raise DeviceError(f"they fail: {error}") from error
    wanted = reference(**inputs)
    off = {name: float(np.abs(found[name] - want).max()) for name, want in wanted.items()}
    for name, difference in off.items():
        if not difference <= TOLERANCE:
            raise DeviceError(f"{name} is off by {difference:.2g} from the CPU's, allowed is {TOLERANCE:g}")
    return max(off.values())


def _hook() -> Any:
    try:
        return import_module("lookglass_kernels.runtime_hook")
    except ImportError as error:
        raise DeviceError(
            f"lookglass_kernels cannot be imported ({error}): install Lookglass again"
        ) from error
