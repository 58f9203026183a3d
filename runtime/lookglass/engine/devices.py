"""A bundle on one device: the one asked for, or the best that works."""

import logging
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from lookglass.bundle import Bundle
from lookglass.engine import kernels, onnxruntime
from lookglass.engine.kernels import Kernels
from lookglass.engine.providers import PROVIDERS, default_threads, on_stream, session_options
from lookglass.engine.session import Session
from lookglass.errors import DeviceError

DEVICES = ("auto", *PROVIDERS)
# TensorRT builds its engines for minutes: it is taken when asked for, never behind the user's back.
_AUTO = ("cuda", "openvino", "cpu")


class Engine:
    """Builds the sessions of a bundle on one device and checks that they run there.

    Args:
        bundle: the checked bundle.
        device: one of `DEVICES`; "auto" takes the best that works and keeps why others did not.
        threads: threads per graph on the CPU; if not given, as `default_threads` counts them.

    Attributes:
        device: "cpu", "openvino", "cuda" or "tensorrt".
        passed_over: for "auto", device -> why it was not taken.
        threads: threads per graph.
        kernels: what runs the operators of our own domain, and why; decided on first use.

    Raises:
        DeviceError: the device cannot run the bundle here; says what is missing.

    Example:
        >>> engine = Engine(Bundle.load(), device="cpu")
        >>> engine.session("person_mask").inputs
        {'image': (1, 3, 256, 256)}
    """

    def __init__(self, bundle: Bundle, *, device: str = "auto", threads: int | None = None) -> None:
        if device not in DEVICES:
            raise DeviceError(f"there is no device {device!r}: choose one of {', '.join(DEVICES)}")
        self.threads = threads or default_threads()
        self.device = device
        self.passed_over: Mapping[str, str] = {}
        self._bundle = bundle
        if device == "auto":
            self.device, self.passed_over = self._choose()

    def session(self, graph: str, *, stream: int = 0) -> Session:
        """Build a session of its own for one graph of the bundle.

        Args:
            graph: its name.
            stream: handle of the CUDA stream to run on; 0 for one of the session's own.
        """
        model = self._bundle.model(graph)
        library = self.kernels.library if kernels.uses_own_operators(model) else None
        return open_session(model, device=self.device, threads=self.threads, library=library, stream=stream)

    @cached_property
    def kernels(self) -> Kernels:
        """Our own where they run at all and agree with the CPU on this very bundle."""
        if self.device != "cuda":
            return kernels.without(f"they are for cuda, this is {self.device}")
        check_device(self.device)
        chosen = choose_kernels(self._bundle, device=self.device, threads=self.threads)
        if chosen.library is None:
            logging.getLogger(__name__).warning("on cuda runs %s", chosen.words)
        return chosen

    def _choose(self) -> tuple[str, dict[str, str]]:
        """The first device that takes the try-on graph; the CPU takes whatever ONNX Runtime can."""
        passed_over: dict[str, str] = {}
        for device in _AUTO[:-1]:
            try:
                open_session(self._bundle.model("tryon"), device=device, threads=self.threads)
            except DeviceError as error:
                passed_over[device] = str(error)
            else:
                return device, passed_over
        return _AUTO[-1], passed_over


def choose_kernels(bundle: Bundle, *, device: str = "cuda", threads: int = 1) -> Kernels:
    """Our kernels, if every graph that has operators of ours agrees with the CPU under them.

    Args:
        bundle: whose graphs.
        device: where our kernels are to run.
        threads: threads per graph on the CPU.
    """
    graphs = [name for name in bundle.manifest.graphs if kernels.uses_own_operators(bundle.model(name))]
    if not graphs:
        return kernels.without("no graph of the bundle has operators of ours")
    try:
        library = kernels.find_library()
        off = max(_prove(bundle, name, library, device=device, threads=threads) for name in graphs)
    except DeviceError as error:
        return kernels.without(str(error))
    return Kernels(library, f"our attention kernel ({library.name}), within {off:.1g} of the CPU")


def _prove(bundle: Bundle, graph: str, library: Path, *, device: str, threads: int) -> float:
    """The largest difference between a graph with our kernels and the same on the CPU without."""
    ours = open_session(bundle.model(graph), device=device, threads=threads, library=library)
    reference = open_session(bundle.model(graph), threads=threads)
    makers = [open_session(bundle.model(name), threads=threads) for name in kernels.MAKERS if name != graph]
    return kernels.compare(ours, reference, kernels.golden_inputs(ours.inputs, makers))


def check_device(device: str) -> None:
    """Look whether a device is there at all.

    Raises:
        DeviceError: it is not; says what is missing.
    """
    ort = onnxruntime.load()
    PROVIDERS[device][1](ort, session_options(ort, 1), 1)


def open_session(
    model: bytes,
    *,
    device: str = "cpu",
    threads: int = 1,
    library: Path | None = None,
    stream: int = 0,
) -> Session:
    """Build one session, which runs on that device and nowhere else.

    Args:
        model: the graph.
        device: one of `DEVICES` without "auto".
        threads: threads on the CPU.
        library: of operators that the graph has, to run them with its kernels.
        stream: handle of the CUDA stream to run on; 0 for one of the session's own.

    Raises:
        DeviceError: the device is not there, or cannot take the whole graph.
    """
    ort = onnxruntime.load()
    provider, configure = PROVIDERS[device]
    options = session_options(ort, threads, library)
    providers = configure(ort, options, threads)
    if stream:
        providers = on_stream(providers, stream)
    try:  # ONNX Runtime's errors share no base below Exception.
        session = Session(
            ort.InferenceSession(model, options, providers=providers or None, enable_fallback=0)
        )
    except Exception as error:
        raise DeviceError(f"{provider} cannot run the graph: {error}") from error
    if session.providers[0] != provider:
        raise DeviceError(f"{provider} was asked for, but ONNX Runtime chose {session.providers[0]}")
    return session
