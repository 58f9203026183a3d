"""A bundle on one device: the one asked for, or the best that works."""

from collections.abc import Mapping

from lookglass.bundle import Bundle
from lookglass.engine import onnxruntime
from lookglass.engine.providers import PROVIDERS, default_threads, session_options
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
        threads: threads per graph on the CPU; half the cores, one to four, if not given.

    Attributes:
        device: "cpu", "openvino", "cuda" or "tensorrt".
        passed_over: for "auto", device -> why it was not taken.
        threads: threads per graph.

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

    def session(self, graph: str) -> Session:
        """Build a session of its own for one graph of the bundle."""
        return open_session(self._bundle.model(graph), device=self.device, threads=self.threads)

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


def open_session(model: bytes, *, device: str = "cpu", threads: int = 1) -> Session:
    """Build one session, which runs on that device and nowhere else.

    Raises:
        DeviceError: the device is not there, or cannot take the whole graph.
    """
    ort = onnxruntime.load()
    provider, configure = PROVIDERS[device]
    options = session_options(ort, threads)
    providers = configure(ort, options, threads)
    try:  # ONNX Runtime's errors share no base below Exception.
        session = Session(
            ort.InferenceSession(model, options, providers=providers or None, enable_fallback=0)
        )
    except Exception as error:
        raise DeviceError(f"{provider} cannot run the graph: {error}") from error
    if session.providers[0] != provider:
        raise DeviceError(f"{provider} was asked for, but ONNX Runtime chose {session.providers[0]}")
    return session
