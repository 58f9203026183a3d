"""`make bench-gpu` as far as it goes without a GPU: on the fake driver, where figures mean nothing."""

import json
import subprocess
import sys
from pathlib import Path

from lookglass_kernels.driver_fake import build_fake_driver, stand_in_image

BENCH = Path(__file__).parents[2] / "benchmarks/kernels/bench_gpu.py"


def bench(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, BENCH, *map(str, options)], capture_output=True, text=True)


def test_checks_times_and_writes_what_it_found(tmp_path: Path) -> None:
    fake = ("--driver", build_fake_driver(), "--image", stand_in_image(), "--only", "192x256", "preprocess")
    done = bench(*fake, "--sets", "2", "--repeats", "1", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads((tmp_path / "kernels.json").read_text())
    assert f"seed {result['seed']}" in done.stdout
    assert result["device"] == {"name": "Lookglass CPU emulator", "compute_capability": [9, 0]}
    attention, preprocess = result["kernels"]
    assert (attention["kernel"], attention["goal_us"]) == ("cross_attention", 3.5)
    assert (preprocess["kernel"], preprocess["goal_us"]) == ("preprocess", 4.0)
    assert {"torch flash", "torch Triton"} < attention["rivals"].keys()
    for row in result["kernels"]:
        assert (row["faults"], row["sets"]) == ([], 2)
        assert row["us"] > 0
        assert f"{row['kernel']} {row['shape']}" in done.stdout


def test_says_that_there_is_no_driver(tmp_path: Path) -> None:
    done = bench("--driver", "libno_such_driver.so.1", "--out", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("bench-gpu: no NVIDIA driver")
    assert not any(tmp_path.iterdir())
