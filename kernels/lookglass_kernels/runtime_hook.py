"""All that the runtime asks of the kernels; it imports this alone, and only when it is asked for CUDA."""

from pathlib import Path

from lookglass.errors import DeviceError
from lookglass_kernels import operator_library
from lookglass_kernels.build import BuildError
from lookglass_kernels.launch_doctor import findings

__all__ = ["find_library", "findings"]


def find_library() -> Path:
    """The operator library with CUDA kernels, unchanged since `make kernels` built it.

    Raises:
        DeviceError: there is none.
    """
    try:
        return operator_library.find_operator()
    except BuildError as missing:
        raise DeviceError(str(missing)) from missing
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeviceError(
            f"{operator_library.MANIFEST} cannot be read ({error}); run `make kernels` again"
        ) from error
