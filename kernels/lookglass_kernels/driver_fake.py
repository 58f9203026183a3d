"""A `libcuda.so.1` over the emulator: launchers and the operator run on it where there is no GPU. For tests."""

import hashlib
from pathlib import Path

from lookglass_kernels import build

_SOURCES = ("device.cc", "memory.cc", "execution.cc")
_OPERATOR_KERNELS = {"convert": build.ROOT / "operator/convert.cu"}


def build_fake_driver() -> Path:
    """Compile the fake driver and the kernels it runs.

    Returns:
        The path of a library named libcuda.so.1, alone in its folder.

    Raises:
        BuildError: g++ is missing or failed.
    """
    emulator = build.build_emulator(kernels=(*build.KERNELS, *_OPERATOR_KERNELS), replaced=_OPERATOR_KERNELS)
    sources = [build.ROOT / "emulator/fake_driver" / name for name in _SOURCES]
    objects = [build._compile(source, (*build._HOST_FLAGS, "-O1")) for source in sources]
    parts = [str(part) for part in (*objects, emulator)]
    folder = build.BUILD / f"fake_driver-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:16]}"
    # No soname: loaded by its path, it must not answer for the real driver elsewhere in the process.
    flags = ["-shared", f"-Wl,-rpath,{emulator.parent}"]
    return build._run([build._tool("g++"), *flags, *parts], folder / "libcuda.so.1")
