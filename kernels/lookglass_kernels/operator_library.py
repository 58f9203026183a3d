"""Builds and finds the ONNX Runtime operator library; see `operator/README.md`."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from lookglass_kernels import build

MANIFEST = build.BUILD / "operator.json"
_SOURCES = ("library.cc", "operator.cc", "cross_attention_cpu.cc")
_CUDA_SOURCES = ("cuda_driver.cc", "cuda_attention.cc")
# Not -ffast-math: it would make every thread of the process flush denormals.
_FLAGS = ("-O3", "-fno-math-errno")


def build_operator(images: Mapping[str, Path] | None = None) -> Path:
    """Compile the library.

    Args:
        images: the fatbins of cross_attention and convert; without them the library has CPU kernels alone.

    Returns:
        The path to give to `SessionOptions.register_custom_ops_library`.

    Raises:
        BuildError: g++ is missing or failed.
    """
    flags = [*build._HOST_FLAGS, *_FLAGS]
    if images:
        flags.append("-DLOOKGLASS_CUDA")
        flags += [f'-DLOOKGLASS_{name.upper()}_FATBIN="{path}"' for name, path in sorted(images.items())]
    names = _SOURCES + (_CUDA_SOURCES if images else ())
    objects = [build._compile(build.ROOT / "operator" / name, flags) for name in names]
    return build._link("operator", objects, folder=build.BUILD, flags=["-ldl"])


def record_operator(path: Path) -> None:
    """Make a library in the build folder the one that `find_operator` finds."""
    entry = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    MANIFEST.write_text(json.dumps(entry, indent=2) + "\n")


def find_operator() -> Path:
    """The library with CUDA kernels that `make kernels` built, unchanged since then.

    Raises:
        BuildError: not built, or changed since.
    """
    if not MANIFEST.exists():
        raise build.BuildError("no operator library is built; run `make kernels` where nvcc and g++ are")
    entry = json.loads(MANIFEST.read_text())
    path = build.BUILD / str(entry["file"])
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
        raise build.BuildError(f"{path} is not what {MANIFEST} says; run `make kernels` again")
    return path


def main() -> None:
    """What `make kernels` runs once the fatbins are there."""
    fatbins = build.build_fatbins()
    path = build_operator({name: fatbins[name] for name in ("cross_attention", "convert")})
    record_operator(path)
    print(f"operator: {path.relative_to(build.ROOT.parent)}, {path.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
