"""Builds the ONNX Runtime operator library; see `operator/README.md`."""

from collections.abc import Mapping
from pathlib import Path

from lookglass_kernels import build

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
    return build._link("operator", objects, ["-ldl"])
