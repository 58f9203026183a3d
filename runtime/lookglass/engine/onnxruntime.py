"""ONNX Runtime, imported on first use and only if exactly one distribution provides it."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType

from lookglass.errors import DeviceError

DISTRIBUTIONS = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml")
"""They all own the import name `onnxruntime` and overwrite each other's files."""


def installed() -> dict[str, str]:
    """The installed distributions of ONNX Runtime and their versions."""
    found = {}
    for name in DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def load() -> ModuleType:
    """Import ONNX Runtime.

    Raises:
        DeviceError: none is installed, several are, or it does not import.
    """
    found = installed()
    if len(found) > 1:
        names = " and ".join(found)
        raise DeviceError(
            f"{names} are installed together and overwrite each other: "
            f"`pip uninstall -y {' '.join(found)}`, then install one extra, "
            "such as `pip install 'lookglass[cpu]'`"
        )
    try:
        import onnxruntime
    except ImportError as error:
        raise DeviceError(
            f"ONNX Runtime cannot be imported ({error}): `pip install 'lookglass[cpu]'`, "
            "or [gpu], [openvino] or [tensorrt] where the machine has one"
        ) from error
    module: ModuleType = onnxruntime
    return module
