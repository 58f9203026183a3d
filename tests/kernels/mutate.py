"""Breaks a kernel's source in one place and asks whether its check notices."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lookglass_kernels.build import AMPERE, build_emulator, source_of

TESTS = Path(__file__).parent


@dataclass(frozen=True)
class Mutation:
    """Replace `old`, which occurs once, by `new`."""

    name: str
    old: str
    new: str = ""
    architecture: int = AMPERE

    def apply(self, source: str) -> str:
        """The broken source."""
        assert source.count(self.old) == 1, f"{self.name}: {self.old!r} occurs {source.count(self.old)} times"
        return source.replace(self.old, self.new)


def attention_source() -> str:
    """cross_attention with only the two entry points that its check runs."""
    whole = source_of("cross_attention").read_text()
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
