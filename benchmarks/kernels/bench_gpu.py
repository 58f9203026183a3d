"""The kernels on this machine's GPU: checked on random data, sanitized, timed against the libraries.

    python benchmarks/kernels/bench_gpu.py --out out/bench

Every figure is one launch out of a CUDA graph of many, each on tensors that the others have pushed out of
the L2 cache. The goals are for an H100. A kernel that the best library beats is to be deleted.
"""

import argparse
import json
import secrets
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests/kernels"))
from attention_check import Case
from ours import Make, attention, measure, preprocess, warp_composite
from rivals import Rivals, attention_rivals, sampling_rivals

from lookglass.errors import DeviceError
from lookglass_kernels.build import BuildError, build_fatbins, load_fatbin
from lookglass_kernels.driver import Driver
from provenance import provenance


@dataclass(frozen=True)
class Entry:
    """One kernel at one shape.

    Attributes:
        kernel: its folder.
        shape: for the table.
        make: makes it, checked.
        rivals: what it must beat.
        goal_us: microseconds to reach on an H100.
    """

    kernel: str
    shape: str
    make: Make
    rivals: Rivals
    goal_us: float | None = None


ATTENTIONS: dict[Case, float | None] = {
    Case(4, 192, 256, 32, 32, extra=8): 3.5,
    Case(3, 768, 256, 32, 16, extra=8): None,
    Case(1, 768, 256, 64, 32, extra=8): None,
    Case(1, 768, 1024, 64, 32, extra=8): 4.0,
    Case(1, 3072, 1024, 64, 32, extra=8): None,
    Case(1, 3072, 1040, 64, 32, extra=8): None,
    Case(8, 768, 1024, 64, 64, extra=8): 7.0,
    Case(8, 3072, 1024, 64, 64, extra=8): 22.0,
}
"""The product's, then those of a larger bundle, with their goals."""

ENTRIES = [
    *(
        Entry("cross_attention", str(case), attention(case), attention_rivals(case), goal)
        for case, goal in ATTENTIONS.items()
    ),
    Entry("preprocess", "1280x720", preprocess(720, 1280), sampling_rivals(3, 256, 256), 4.0),
    Entry("warp_composite", "768x1024", warp_composite(1024, 768), sampling_rivals(4, 1024, 768), 9.0),
]


def main() -> None:
    """Measure, print a table, write `kernels.json`; exit with 1 if a kernel is wrong."""
    options = _options()
    try:
        driver = Driver(library=options.driver)
        if not options.image:
            build_fatbins()
    except (DeviceError, BuildError) as missing:
        sys.exit(f"bench-gpu: {missing}")
    device = {"name": driver.name, "compute_capability": driver.compute_capability}
    print(f"{driver.name}, sm_{driver.compute_capability[0]}{driver.compute_capability[1]}")
    print(f"random inputs of seed {options.seed}\n")
    rows = []
    for entry in ENTRIES:
        if any(text in f"{entry.kernel} {entry.shape}" for text in options.only):
            rows.append(measure_entry(driver, entry, options))
            print(describe(rows[-1]), flush=True)
    sanitizer = sanitize(options.seed)
    about = {"provenance": provenance(), "device": device, "seed": options.seed}
    result = {**about, "sanitizer": sanitizer, "kernels": rows}
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "kernels.json").write_text(json.dumps(result, indent=2) + "\n")
    if any(row["faults"] for row in rows) or "failed" in sanitizer.values():
        sys.exit("bench-gpu: a kernel is wrong on this device; see above")


def measure_entry(driver: Driver, entry: Entry, options: argparse.Namespace) -> dict[str, Any]:
    """Ours, then the rivals with as many sets of tensors."""
    code = driver.load(options.image.read_bytes() if options.image else load_fatbin(entry.kernel))
    repeats = {"seed": options.seed, "sets": options.sets, "repeats": options.repeats}
    ours = measure(driver, code, entry.make, **repeats)
    rivals = {} if ours["faults"] else entry.rivals(ours["sets"])
    return {"kernel": entry.kernel, "shape": entry.shape, "goal_us": entry.goal_us, **ours, "rivals": rivals}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--driver", default="libcuda.so.1", help="the driver's library")
    parser.add_argument("--image", type=Path, help="stands for every fatbin; nothing is compiled")
    parser.add_argument(
        "--sets", type=int, help="sets of tensors used in turn; by default enough for a cold L2"
    )
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--seed", type=int, default=secrets.randbits(31), help="drawn anew if not given")
    parser.add_argument("--only", nargs="+", default=[""], help="kernels and shapes that contain such a text")
    return parser.parse_args()


def describe(row: dict[str, Any]) -> str:
    """The lines of the table about one entry."""
    name = f"{row['kernel']} {row['shape']}"
    if row["faults"]:
        return f"{name:44} WRONG: {'; '.join(row['faults'])}"
    goal = f", goal on an H100 {row['goal_us']:.1f}" if row["goal_us"] else ""
    lines = [f"{name:44} {row['us']:9.2f} us{goal}"]
    for rival, figure in row["rivals"].items():
        lines.append(f"  {rival:42} {figure if isinstance(figure, str) else f'{figure:9.2f} us'}")
    measured = [figure for figure in row["rivals"].values() if not isinstance(figure, str)]
    if measured and min(measured) < row["us"]:
        lines.append("  slower than the best library: delete the kernel or make it faster")
    return "\n".join(lines)


def sanitize(seed: int) -> dict[str, str]:
    """Run small shapes under each tool of compute-sanitizer, where it is installed."""
    tools = ("memcheck", "racecheck", "initcheck", "synccheck")
    sanitizer = shutil.which("compute-sanitizer")
    if sanitizer is None:
        return {tool: "compute-sanitizer is not on the PATH" for tool in tools}
    program = Path(__file__).parents[2] / "tests/kernels/launch_check.py"
    check = [sys.executable, str(program), "driver", "built"]
    found = {}
    for tool in tools:
        command = [sanitizer, "--tool", tool, "--error-exitcode", "9", *check, str(seed)]
        done = subprocess.run(command, capture_output=True, text=True)
        found[tool] = "clean" if done.returncode == 0 else "failed"
        if done.returncode:
            print(f"compute-sanitizer {tool}:\n{done.stdout}{done.stderr}")
    return found


if __name__ == "__main__":
    main()
