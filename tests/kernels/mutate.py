"""Breaks a kernel's source in one place and asks whether its check notices."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lookglass_kernels.build import AMPERE, ROOT, build_emulator, source_of

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Mutation:
    """Replace `old` by `new`: the one number `which` of the `of` places where it occurs."""

    name: str
    old: str
    new: str = ""
    architecture: int = AMPERE
    which: int = 0
    of: int = 1

    def __str__(self) -> str:
        return self.name if self.architecture == AMPERE else f"{self.name}, Turing"

    def apply(self, source: str) -> str:
        """The broken source."""
        parts = source.split(self.old)
        assert len(parts) == self.of + 1, f"{self.name}: {self.old!r} occurs {len(parts) - 1} times"
        head, tail = parts[: self.which + 1], parts[self.which + 1 :]
        return self.old.join(head) + self.new + self.old.join(tail)


def removals(source: str, statement: str, architecture: int = AMPERE) -> Iterator[Mutation]:
    """A statement taken out wherever it stands, once here and once there: none can be forgotten."""
    count = source.count(statement)
    for i in range(count):
        yield Mutation(f"{statement} {i + 1} of {count} removed", statement, "", architecture, i, count)


def whole_source(kernel: str) -> str:
    """A kernel as one text: its own .cuh headers stand where they are first included."""
    seen: set[str] = set()

    def read(path: Path) -> str:
        text = path.read_text().replace("#pragma once\n", "")
        return re.sub(rf'#include "({kernel}/\w+\.cuh)"\n', read_once, text)

    def read_once(include: re.Match[str]) -> str:
        if include[1] in seen:
            return ""
        seen.add(include[1])
        return read(ROOT / include[1])

    return read(source_of(kernel))


def attention_source() -> str:
    """cross_attention with only the two entry points that its check runs."""
    whole = whole_source("cross_attention")
    head = whole[: whole.index("CROSS_ATTENTION_ALL(64, 64)")]
    return f"{head}CROSS_ATTENTION(64, 32, 2)\nCROSS_ATTENTION(32, 16, 2)\n"


def survives(source: str, check: str, seed: int, folder: Path, architecture: int = AMPERE) -> str | None:
    """None if the check (a program beside this file) finds fault with a source, else what it printed."""
    path = folder / "mutant.cu"
    path.write_text(source)
    library = build_emulator(
        architecture=architecture,
        sources=[path],
        flags=("-O0", "-Wno-error"),
        folder=folder,
    )
    done = subprocess.run(
        [sys.executable, str(TESTS / check), str(library), str(seed)], capture_output=True, text=True
    )
    return None if done.returncode else done.stdout or "all cases passed"
