"""All graphs of a bundle on one device: the one asked for, or the best that works."""

from lookglass.bundle import Bundle
from lookglass.engine import onnxruntime
from lookglass.engine.providers import PROVIDERS, default_threads, session_options
from lookglass.engine.session import Session
from lookglass.errors import DeviceError

DEVICES = ("auto", *PROVIDERS)
# TensorRT builds its engines for minutes: it is taken when asked for, never behind the user's back.
_AUTO = ("cuda", "openvino", "cpu")


class Engine:
    """The sessions of a bundle, built on one device and checked to run there.

    Attributes:
        device: "cpu", "openvino", "cuda" or "tensorrt".
        passed_over: for `auto`, why each better device was not taken: name -> reason.
        threads: threads per graph on the CPU.
        graphs: the sessions by graph name.
    """

    def __init__(
        self, device: str, passed_over: dict[str, str], threads: int, graphs: dict[str, Session]
    ) -> None:
        self.device = device
        self.passed_over = passed_over
        self.threads = threads
        self.graphs = graphs

    @classmethod
    def open(cls, bundle: Bundle, *, device: str = "auto", threads: int | None = None) -> "Engine":
        """Build every session of a bundle.

        Args:
            bundle: the checked bundle.
            device: one of `DEVICES`; "auto" takes the best that works and keeps why others did not.
            threads: threads per graph; measured to be best at 2, or the number of cores if fewer.

        Raises:
            DeviceError: the device cannot run the bundle here; says what is missing.
        """
        if device not in DEVICES:
            raise DeviceError(f"there is no device {device!r}: choose one of {', '.join(DEVICES)}")
        threads = threads or default_threads()
        passed_over: dict[str, str] = {}
        for name in _AUTO if device == "auto" else (device,):
            try:
                return cls(name, passed_over, threads, _sessions(bundle, name, threads))
            except DeviceError as error:
                if name == device or name == _AUTO[-1]:
                    raise
                passed_over[name] = str(error)
        raise AssertionError("the last device either works or raises")

    def __getitem__(self, graph: str) -> Session:
        return self.graphs[graph]


def _sessions(bundle: Bundle, device: str, threads: int) -> dict[str, Session]:
    return {
        graph: open_session(bundle.model(graph), device=device, threads=threads)
        for graph in bundle.manifest.graphs
    }


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
