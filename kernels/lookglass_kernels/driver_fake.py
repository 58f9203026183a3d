"""A `libcuda.so.1` over the emulator: for tests of launchers and operator where there is no GPU."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from lookglass_kernels import build

_SOURCES = ("device.cc", "memory.cc", "execution.cc")


def build_fake_driver(sources: Iterable[Path] | None = None) -> Path:
    """Compile the fake driver over the emulator.

    Args:
        sources: CUDA sources of the kernels that it has, by default of all.

    Returns:
        The path of a library named libcuda.so.1, alone in its folder.

    Raises:
        BuildError: g++ is missing or failed.
    """
    emulator = build.build_emulator(sources=sources)
    own = [build.ROOT / "emulator/fake_driver" / name for name in _SOURCES]
    objects = [build._compile(source, (*build._HOST_FLAGS, "-O1")) for source in own]
    parts = [str(part) for part in (*objects, emulator)]
    folder = build.BUILD / f"fake_driver-{hashlib.sha256(' '.join(parts).encode()).hexdigest()[:16]}"
    # No soname: loaded by its path, it must not answer for the real driver elsewhere in the process.
    flags = ["-shared", f"-Wl,-rpath,{emulator.parent}"]
    return build._run([build._tool("g++"), *flags, *parts], folder / "libcuda.so.1")


def stand_in_image() -> Path:
    """A file that begins as a fatbin does: the fake driver looks at no more, it holds the kernels itself."""
    path = build.BUILD / "stand_in.fatbin"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x50\xed\x55\xba" + bytes(64))
    return path
