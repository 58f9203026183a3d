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
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tests/kernels"))
from attention_check import Case
from ours import measure_attention
from rivals import attention_rivals, grid_sample_rivals

from lookglass.errors import DeviceError
from lookglass_kernels.build import BuildError, build_fatbins
from lookglass_kernels.driver import Driver
from provenance import provenance

GOALS_US: dict[Case, float | None] = {
    Case(4, 192, 256, 32, 32, extra=8): 3.5,
    Case(3, 768, 256, 32, 16, extra=8): None,
    Case(1, 768, 256, 64, 32, extra=8): None,
    Case(1, 768, 1024, 64, 32, extra=8): 4.0,
    Case(1, 3072, 1024, 64, 32, extra=8): None,
    Case(1, 3072, 1040, 64, 32, extra=8): None,
    Case(8, 768, 1024, 64, 64, extra=8): 7.0,
    Case(8, 3072, 1024, 64, 64, extra=8): 22.0,
}
"""The product's attentions, then those of a larger bundle; microseconds to reach on an H100."""


def main() -> None:
    """Measure, print a table, write `kernels.json`; exit with 1 if a kernel is wrong."""
    options = _options()
    try:
        driver = Driver(library=options.driver)
        fatbin = options.fatbin or build_fatbins()["cross_attention"]
    except (DeviceError, BuildError) as missing:
        sys.exit(f"bench-gpu: {missing}")
    result: dict[str, Any] = {
        "provenance": provenance(),
        "device": {"name": driver.name, "compute_capability": driver.compute_capability},
        "sanitizer": sanitize(fatbin),
        "attention": [],
    }
    print(f"{driver.name}, sm_{driver.compute_capability[0]}{driver.compute_capability[1]}\n")
    code = driver.load(fatbin.read_bytes())
    for case, goal in list(GOALS_US.items())[: options.cases]:
        ours = measure_attention(driver, code, case, sets=options.sets, repeats=options.repeats)
        row = {"case": str(case), "goal_us": goal, **ours}
        if not ours["faults"]:
            row["rivals"] = attention_rivals(case, ours["sets"])
        result["attention"].append(row)
        print(describe(row), flush=True)
    result["grid sample, 1024x768"] = grid_sample_rivals(1024, 768)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "kernels.json").write_text(json.dumps(result, indent=2) + "\n")
    if any(row["faults"] for row in result["attention"]) or "failed" in result["sanitizer"].values():
        sys.exit("bench-gpu: a kernel is wrong on this device; see above")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--driver", default="libcuda.so.1", help="the driver's library")
    parser.add_argument("--fatbin", type=Path, help="cross_attention's, instead of compiling it")
    parser.add_argument(
        "--sets", type=int, help="sets of tensors used in turn; by default enough for a cold L2"
    )
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--cases", type=int, help="only the first so many shapes")
    return parser.parse_args()


def describe(row: dict[str, Any]) -> str:
    """The lines of the table about one shape."""
    if row["faults"]:
        return f"{row['case']:32} WRONG: {'; '.join(row['faults'])}"
    goal = f", goal on an H100 {row['goal_us']:.1f}" if row["goal_us"] else ""
    lines = [f"{row['case']:32} {row['us']:9.2f} us{goal}"]
    for name, figure in row["rivals"].items():
        lines.append(f"  {name:30} {figure if isinstance(figure, str) else f'{figure:9.2f} us'}")
    measured = [figure for figure in row["rivals"].values() if not isinstance(figure, str)]
    if measured and min(measured) < row["us"]:
        lines.append("  slower than the best library: delete the kernel or make it faster")
    return "\n".join(lines)


def sanitize(fatbin: Path) -> dict[str, str]:
    """Run small shapes under each tool of compute-sanitizer, where it is installed."""
    tools = ("memcheck", "racecheck", "initcheck", "synccheck")
    sanitizer = shutil.which("compute-sanitizer")
    if sanitizer is None:
        return {tool: "compute-sanitizer is not on the PATH" for tool in tools}
    program = Path(__file__).parents[2] / "tests/kernels/launch_check.py"
    check = [sys.executable, str(program), "driver", str(fatbin)]
    found = {}
    for tool in tools:
        command = [sanitizer, "--tool", tool, "--error-exitcode", "9", *check, str(secrets.randbits(32))]
        done = subprocess.run(command, capture_output=True, text=True)
        found[tool] = "clean" if done.returncode == 0 else "failed"
        if done.returncode:
            print(f"compute-sanitizer {tool}:\n{done.stdout}{done.stderr}")
    return found


if __name__ == "__main__":
    main()
