"""Reads the machine code of built fatbins with NVIDIA's disassembler."""

import re
import shutil
import site
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lookglass_kernels.build import BuildError


@dataclass(frozen=True)
class Code:
    """One function of one fatbin on one architecture."""

    name: str
    architecture: int
    registers: int
    local_bytes: int
    loop: Counter[str]
    """Instructions of the loop that multiplies matrices; empty where there is none."""
    instructions: int


def read_code(fatbin: Path) -> list[Code]:
    """Disassemble every function of a fatbin.

    Raises:
        BuildError: the disassembler is not installed.
    """
    usage = dict(_usage(fatbin))
    codes = []
    for (architecture, name), lines in _functions(fatbin):
        registers, local = usage[architecture, name]
        codes.append(Code(name, architecture, registers, local, matrix_loop(lines), len(lines)))
    return codes


def matrix_loop(lines: list[tuple[int, str]]) -> Counter[str]:
    """Instructions of the innermost loop with the most matrix multiplications.

    Args:
        lines: address and text of each instruction, in order.

    Example:
        >>> body = [(0, "MOV R1, R2"), (16, "HMMA.1688 R0"), (32, "MUFU.EX2 R1"), (48, "@P0 BRA 0x10")]
        >>> sorted(matrix_loop(body).items())
        [('HMMA', 1), ('MUFU.EX2', 1), ('all', 3)]
    """
    best: Counter[str] = Counter()
    for end, text in lines:
        target = re.search(r"\bBRA\b.* 0x([0-9a-f]+)", text)
        if not target or (start := int(target[1], 16)) >= end:
            continue
        loop = Counter(_kind(text) for address, text in lines if start <= address <= end)
        if (loop["HMMA"], -loop.total()) > (best["HMMA"], -best["all"]):
            best = Counter({"all": loop.total(), **{kind: n for kind, n in loop.items() if kind != "other"}})
    return best


def _kind(text: str) -> str:
    operation = re.sub(r"^@!?U?P\w+\s+", "", text).split()[0]
    for kind in ("HMMA", "LDSM", "MUFU.EX2", "LDGSTS", "LDG", "STS", "LDS", "BAR", "SHFL"):
        if operation.startswith(kind):
            return kind
    return "float" if operation[:4] in ("FFMA", "FADD", "FMUL", "FMNM", "F2FP", "HADD", "FSEL") else "other"


def _tools() -> tuple[Path, dict[str, str]]:
    folders = [Path(path) / "nvidia/cu13/bin" for path in site.getsitepackages()]
    found = shutil.which("cuobjdump", path=":".join(map(str, folders))) or shutil.which("cuobjdump")
    if found is None:
        raise BuildError(
            "cuobjdump is missing; `pip install nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm`, version 13"
        )
    return Path(found), {"PATH": f"{Path(found).parent}:/usr/bin:/bin"}


def _dump(fatbin: Path, option: str) -> list[str]:
    tool, environment = _tools()
    command = [str(tool), option, str(fatbin)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return done.stdout.splitlines()


def _usage(fatbin: Path) -> Iterator[tuple[tuple[int, str], tuple[int, int]]]:
    architecture, name = 0, ""
    for line in _dump(fatbin, "-res-usage"):
        if found := re.search(r"arch = sm_(\d+)", line):
            architecture = int(found[1])
        elif found := re.search(r"Function (\w+):", line):
            name = found[1]
        elif found := re.search(r"REG:(\d+) STACK:(\d+) .*LOCAL:(\d+)", line):
            yield (architecture, name), (int(found[1]), int(found[2]) + int(found[3]))


def _functions(fatbin: Path) -> Iterator[tuple[tuple[int, str], list[tuple[int, str]]]]:
    architecture, name = 0, ""
    lines: list[tuple[int, str]] = []
    for line in _dump(fatbin, "-sass"):
        if found := re.search(r"arch = sm_(\d+)", line):
            architecture = int(found[1])
        elif found := re.search(r"Function : (\w+)", line):
            name, lines = found[1], []
        elif found := re.match(r"\s+/\*([0-9a-f]{4,})\*/\s+(.*?);", line):
            lines.append((int(found[1], 16), found[2]))
        elif name and line.strip(" \t").startswith("....."):
            yield (architecture, name), lines
            name = ""
