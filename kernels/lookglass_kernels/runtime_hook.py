"""All that the runtime asks of the kernels; it imports this alone, and only when it is asked for CUDA."""

from pathlib import Path

from lookglass.errors import DeviceError
from lookglass_kernels import build, operator_library
from lookglass_kernels.build import BuildError
from lookglass_kernels.driver import Driver
from lookglass_kernels.frame_device import FrameDevice
from lookglass_kernels.launch_doctor import findings

__all__ = ["find_library", "findings", "open_frame_device"]


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


def open_frame_device() -> FrameDevice:
    """The kernels that cut and draw frames, loaded onto the first GPU.

    Raises:
        DeviceError: there is no driver, or `make kernels` has not built them from the sources as they are.
    """
    try:
        images = {kernel: build.load_fatbin(kernel) for kernel in FrameDevice.KERNELS}
        build.build_plans()
    except BuildError as missing:
        raise DeviceError(str(missing)) from missing
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeviceError(f"{build.MANIFEST} cannot be read ({error}); run `make kernels` again") from error
    return FrameDevice(Driver(), images)
