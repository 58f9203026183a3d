"""The kernels' checks under AddressSanitizer and UndefinedBehaviorSanitizer, and on the portable fibers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from mutate import TESTS, attention_source

from lookglass_kernels.build import SANITIZERS, TURING, build_emulator, source_of

CHECKS = ("attention_check.py", "composite_check.py", "preprocess_check.py")


@pytest.fixture(scope="module")
def attention(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("attention") / "attention.cu"
    path.write_text(attention_source())
    return path


def check(program: str, library: Path, seed: int, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TESTS / program), str(library), str(seed)]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})


@pytest.fixture(scope="module")
def sanitized() -> dict[str, str]:
    """Environment of a sanitized child: the sanitizer before all else, and the C++ runtime that it hooks."""
    find = [["g++", f"-print-file-name={name}"] for name in ("libasan.so", "libstdc++.so.6")]
    paths = [subprocess.run(one, capture_output=True, text=True, check=True).stdout.strip() for one in find]
    return {
        "LD_PRELOAD": " ".join(paths),
        "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }


@pytest.mark.parametrize("program", CHECKS)
def test_no_stray_access_and_nothing_undefined(
    attention, tmp_path: Path, seed: int, sanitized, program
) -> None:
    sources = [attention, source_of("warp_composite"), source_of("preprocess")]
    source = sources[CHECKS.index(program)]
    library = build_emulator(flags=SANITIZERS, sources=[source], folder=tmp_path)
    done = check(program, library, seed, **sanitized)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]


def test_sanitizers_see_an_access_beyond_a_tensor(tmp_path: Path, seed: int, sanitized) -> None:
    broken = attention_source().replace("row < rows ? load_global", "row < rows + 64 ? load_global")
    path = tmp_path / "broken.cu"
    path.write_text(broken)
    library = build_emulator(flags=SANITIZERS, sources=[path], folder=tmp_path)
    done = check("attention_check.py", library, seed, **sanitized)
    assert "AddressSanitizer: heap-buffer-overflow" in done.stderr


def test_the_portable_fibers_give_the_same(attention: Path, tmp_path: Path, seed: int) -> None:
    flags = ("-O1", "-DLOOKGLASS_UCONTEXT")
    library = build_emulator(architecture=TURING, flags=flags, sources=[attention], folder=tmp_path)
    done = check("attention_check.py", library, seed)
    assert done.returncode == 0, done.stdout + done.stderr
