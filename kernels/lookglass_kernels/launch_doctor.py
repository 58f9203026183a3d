"""Whether our kernels can run on this machine, and what is missing; `lookglass doctor` prints it."""

import json
from collections.abc import Callable, Iterator

from lookglass.errors import LookglassError
from lookglass_kernels import build, operator_library
from lookglass_kernels.driver import Driver
from lookglass_kernels.pycuda_launch import PycudaDriver


def findings() -> Iterator[tuple[str, bool, str]]:
    """Subject, whether it works, and what was found or is missing.

    Example:
        >>> [subject for subject, works, words in findings()]
        ['NVIDIA driver', 'CUDA kernels', 'operator library', 'PyCUDA']
    """
    for subject, look in _SUBJECTS.items():
        try:
            yield subject, True, look()
        except (LookglassError, build.BuildError) as missing:
            yield subject, False, str(missing)


def _driver() -> str:
    with Driver() as gpu:
        major, minor = gpu.compute_capability
        return f"{gpu.name}, sm_{major}{minor}, {gpu.multiprocessors} multiprocessors"


def _kernels() -> str:
    sizes = {kernel: len(build.load_fatbin(kernel)) // 1024 for kernel in build.KERNELS}
    made_by = json.loads(build.MANIFEST.read_text())["compiler"]
    return f"{', '.join(f'{kernel} {size} kB' for kernel, size in sizes.items())}; {made_by}"


def _operator() -> str:
    return str(operator_library.find_operator())


def _pycuda() -> str:
    with PycudaDriver() as gpu:
        return f"works on {gpu.name}"


_SUBJECTS: dict[str, Callable[[], str]] = {
    "NVIDIA driver": _driver,
    "CUDA kernels": _kernels,
    "operator library": _operator,
    "PyCUDA": _pycuda,
}
