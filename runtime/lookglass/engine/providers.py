"""What each device needs, and the session options that hold it to its word.

A session is given one provider alone and `session.disable_cpu_ep_fallback`: ONNX Runtime otherwise moves to
the CPU with no more than a log line when a library is missing.
"""

import ctypes
import json
import os
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from lookglass.engine import onnxruntime
from lookglass.errors import DeviceError

Configure = Callable[[ModuleType, Any, int], list[Any]]
"""Check the machine, fill the session options, return the `providers` argument of the session."""


def default_threads() -> int:
    """Threads per graph: half the cores, but two where there are two, and four at most.

    The other half has the camera and the sink. On 2 cores that half is needed: see ADR 9.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, max(2, cores // 2), 4)


def session_options(ort: ModuleType, threads: int, library: Path | None = None) -> Any:
    """Options that every device shares, and a library of operators.

    Raises:
        DeviceError: the library does not load.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Two threads are faster than one only if they spin for each other; between runs they would take the core
    # that the camera and the sink need.
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # What goes wrong is raised in words; the log would only repeat it in red.
    options.log_severity_level = 4
    if library:
        try:  # ONNX Runtime's errors share no base below Exception.
            options.register_custom_ops_library(str(library))
        except Exception as error:
            raise DeviceError(f"the operator library {library} does not load: {error}") from error
    return options


def cpu(_ort: ModuleType, _options: Any, _threads: int) -> list[Any]:
    """The CPU provider, which every build has."""
    return ["CPUExecutionProvider"]


def openvino(ort: ModuleType, options: Any, threads: int) -> list[Any]:
    """OpenVINO on the CPU, through its plugin package; float32 even where the CPU could do less."""
    _register_openvino()
    found = [device for device in ort.get_ep_devices() if device.ep_name == "OpenVINOExecutionProvider"]
    chosen = [device for device in found if device.ep_metadata.get("ov_device") == "CPU"]
    if not chosen:
        raise DeviceError(
            "OpenVINO drives no CPU here: its plugin takes Intel processors only; use --device cpu"
        )
    config = {"CPU": {"INFERENCE_NUM_THREADS": str(threads), "INFERENCE_PRECISION_HINT": "f32"}}
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    options.add_provider_for_devices(chosen, {"load_config": json.dumps(config)})
    return []


def cuda(ort: ModuleType, options: Any, _threads: int) -> list[Any]:
    """The CUDA provider of onnxruntime-gpu."""
    _require_built_in(ort, "CUDAExecutionProvider", "gpu")
    _require_nvidia_driver()
    ort.preload_dlls()
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    return [("CUDAExecutionProvider", {"use_tf32": "0"})]


def tensorrt(ort: ModuleType, options: Any, _threads: int) -> list[Any]:
    """The TensorRT provider of onnxruntime-gpu."""
    _require_built_in(ort, "TensorrtExecutionProvider", "tensorrt")
    _require_nvidia_driver()
    ort.preload_dlls()
    _require_library("libnvinfer.so.10", "TensorRT 10 is not installed", "tensorrt")
    options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
    return ["TensorrtExecutionProvider"]


def on_stream(providers: list[Any], stream: int) -> list[Any]:
    """The same providers; those that have options work on a CUDA stream, given by its handle."""
    return [
        (provider[0], provider[1] | {"user_compute_stream": str(stream)})
        if isinstance(provider, tuple)
        else provider
        for provider in providers
    ]


PROVIDERS: dict[str, tuple[str, Configure]] = {
    "tensorrt": ("TensorrtExecutionProvider", tensorrt),
    "cuda": ("CUDAExecutionProvider", cuda),
    "openvino": ("OpenVINOExecutionProvider", openvino),
    "cpu": ("CPUExecutionProvider", cpu),
}
"""Device name -> the provider its sessions must report, and how to set them up; the best first."""


@cache
def _register_openvino() -> None:
    try:
        plugin = import_module("onnxruntime_ep_openvino")
    except ImportError as error:
        raise DeviceError(
            "the OpenVINO provider is not installed: `pip install 'lookglass[openvino]'`"
        ) from error
    try:
        onnxruntime.load().register_execution_provider_library(
            "lookglass.openvino", plugin.get_library_path()
        )
    except (RuntimeError, FileNotFoundError) as error:
        raise DeviceError(f"the OpenVINO provider does not load: {error}") from error


def _require_built_in(ort: ModuleType, provider: str, extra: str) -> None:
    if provider not in ort.get_available_providers():
        raise DeviceError(
            f"this ONNX Runtime is built without {provider}: `pip uninstall -y onnxruntime`, "
            f"then `pip install 'lookglass[{extra}]'`"
        )


def _require_nvidia_driver() -> None:
    try:
        ctypes.CDLL("libcuda.so.1")
    except OSError as error:
        raise DeviceError(
            "there is no NVIDIA driver here (libcuda.so.1 does not load): install one, or use --device cpu"
        ) from error


def _require_library(library: str, complaint: str, extra: str) -> None:
    try:
        ctypes.CDLL(library)
    except OSError as error:
        raise DeviceError(
            f"{complaint} ({library} does not load): `pip install 'lookglass[{extra}]'`"
        ) from error
