"""Compiles the kernels: for GPUs with nvcc, for the emulator and the plans with g++.

Results lie in `kernels/build/` under names that hold a hash of everything they were made from, so that a
changed source is never run from an old binary.
"""

import hashlib
import json
import os
import shutil
import site
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
MANIFEST = BUILD / "fatbins.json"
KERNELS = ("cross_attention", "warp_composite", "preprocess", "convert")
ARCHITECTURES = (75, 80, 86, 87, 89, 90, 120)
TURING, AMPERE = 750, 800

_EMULATOR = ("emulator/machine.cc", "emulator/fiber.cc", "emulator/shared_memory.cc")
_WARNINGS = ("-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas")
_HOST_FLAGS = ("-std=c++17", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", *_WARNINGS)
_FAST = ("-O2", "-march=native")
SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined")


class BuildError(Exception):
    """A compiler is missing or refused a source; the message holds what it said."""


def source_of(kernel: str) -> Path:
    """The one CUDA source of a kernel."""
    return ROOT / kernel / f"{kernel}.cu"


def build_emulator(
    *,
    architecture: int = AMPERE,
    flags: Sequence[str] = _FAST,
    sources: Iterable[Path] | None = None,
    folder: Path = BUILD,
) -> Path:
    """Compile kernels for the CPU.

    Args:
        architecture: what the source sees as its architecture; below 800 it takes Turing's path.
        flags: optimisation or sanitizer flags.
        sources: CUDA sources to put in, by default those of all kernels.
        folder: where the library goes; the emulator's own objects stay in `kernels/build/`.

    Returns:
        A shared library with the interface in `emulator/emulator.h`.

    Raises:
        BuildError: g++ is missing or failed.
    """
    flags = (*_HOST_FLAGS, *flags, f"-DLOOKGLASS_ARCH={architecture}", "-DLOOKGLASS_EMULATED")
    if sources is None:
        sources = map(source_of, KERNELS)
    objects = [_compile(ROOT / name, flags) for name in _EMULATOR]
    objects += [_compile(source, flags, folder) for source in sources]
    return _link("emulator", objects, folder, [flag for flag in flags if flag.startswith("-fsanitize")])


def build_plans() -> Path:
    """Compile the launch plans (`common/plans.cc`) as a shared library.

    Raises:
        BuildError: g++ is missing or failed.
    """
    return _link("plans", [_compile(ROOT / "common/plans.cc", (*_HOST_FLAGS, "-O2"))], BUILD, [])


def _compile(source: Path, flags: Sequence[str], folder: Path = BUILD) -> Path:
    target = folder / "objects" / f"{source.stem}-{_digest([source], flags)}.o"
    command = [_tool("g++"), "-x", "c++", *flags, f"-I{ROOT}", "-c", str(source)]
    return _run(command, target)


def _link(name: str, objects: Sequence[Path], folder: Path, flags: Sequence[str]) -> Path:
    digest = hashlib.sha256(" ".join([*map(str, objects), *flags]).encode()).hexdigest()[:16]
    return _run(
        [_tool("g++"), "-shared", *flags, *map(str, objects)], folder / f"liblookglass_{name}-{digest}.so"
    )


def _digest(sources: Iterable[Path], flags: Sequence[str]) -> str:
    """Hash of the sources, of every header they may include, and of the flags."""
    headers = (path for pattern in ("**/*.h", "**/*.cuh") for path in sorted(ROOT.glob(pattern)))
    digest = hashlib.sha256(" ".join(flags).encode())
    for path in (*sources, *headers):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BuildError(f"{name} is not on the PATH; install it to build the kernels")
    return path


def _run(command: Sequence[str], target: Path) -> Path:
    """Run a compiler unless its result is there already; it appears whole or not at all."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    done = subprocess.run([*command, "-o", str(unfinished)], capture_output=True, text=True)
    if done.returncode:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stderr}")
    unfinished.replace(target)
    return target


def build_fatbins(architectures: Sequence[int] = ARCHITECTURES) -> dict[str, Path]:
    """Compile every kernel for GPUs and list the results with their hashes in `build/fatbins.json`.

    A fatbin holds machine code for each architecture and PTX of 9.0 for those that come later.

    Returns:
        Kernel name to fatbin.

    Raises:
        BuildError: no nvcc, or it failed.
    """
    nvcc = find_nvcc()
    targets = [f"-gencode=arch=compute_{a},code=sm_{a}" for a in architectures]
    flags = (
        "-std=c++17",
        "-O3",
        "-fmad=false",  # products are rounded before they are added, as on the emulator; fmaf is not
        "-Xfatbin=-compress-all",
        *targets,
        "-gencode=arch=compute_90,code=compute_90",
        f"-I{ROOT}",
    )
    fatbins = {}
    for kernel in KERNELS:
        source = source_of(kernel)
        fatbins[kernel] = BUILD / f"{kernel}-{_digest([source], (nvcc, *flags))}.fatbin"
        _run([nvcc, "-fatbin", *flags, str(source)], fatbins[kernel])
    record_fatbins(fatbins, compiler=_version(nvcc), architectures=architectures)
    return fatbins


def record_fatbins(fatbins: Mapping[str, Path], *, compiler: str, architectures: Sequence[int]) -> None:
    """Make files in the build folder the fatbins that `load_fatbin` finds."""
    entries = {
        kernel: {
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "sources": _digest([source_of(kernel)], ()),
        }
        for kernel, path in fatbins.items()
    }
    manifest = {"compiler": compiler, "architectures": list(architectures), "kernels": entries}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def load_fatbin(kernel: str) -> bytes:
    """Read a built fatbin, refusing one that is not what `build_fatbins` wrote, or wrote of other sources.

    Raises:
        BuildError: not built, or it or its sources changed since.
    """
    if not MANIFEST.exists():
        raise BuildError("no kernels are built; run `make kernels` on a machine with nvcc and g++")
    entry = json.loads(MANIFEST.read_text())["kernels"].get(kernel)
    if entry is None:
        raise BuildError(f"{MANIFEST} lists no kernel {kernel}; run `make kernels` again")
    data: bytes = (BUILD / entry["file"]).read_bytes()
    if hashlib.sha256(data).hexdigest() != entry["sha256"]:
        raise BuildError(f"{BUILD / entry['file']} is not what {MANIFEST} says; run `make kernels` again")
    if entry.get("sources") != _digest([source_of(kernel)], ()):
        raise BuildError(f"the sources of {kernel} have changed since it was built; run `make kernels` again")
    return data


def find_nvcc() -> str:
    """The machine's nvcc, or the one of the `nvidia-cuda-nvcc` wheel.

    Raises:
        BuildError: there is none.
    """
    wheels = [Path(path) / "nvidia/cu13/bin/nvcc" for path in site.getsitepackages()]
    for candidate in (shutil.which("nvcc"), *wheels):
        if candidate and Path(candidate).exists():
            return str(candidate)
    raise BuildError(
        "nvcc is missing; install the CUDA toolkit, or with pip nvidia-cuda-nvcc, nvidia-cuda-runtime and "
        "nvidia-cuda-cccl, all of version 13"
    )


def _version(nvcc: str) -> str:
    lines = subprocess.run(
        [nvcc, "--version"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return lines[-2] if len(lines) > 1 else lines[0]


def main() -> None:
    """What `make kernels` runs."""
    for kernel, path in build_fatbins().items():
        print(f"{kernel}: {path.relative_to(ROOT.parent)}, {path.stat().st_size / 1024:.0f} kB")
    print(f"plans: {build_plans().relative_to(ROOT.parent)}")


if __name__ == "__main__":
    main()
