"""The tables of kernels/README.md: what they are computed from."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lookglass_kernels import roofline, sass, static_evidence
from lookglass_kernels.abi import LaunchPlan
from lookglass_kernels.build import ARCHITECTURES, ROOT, BuildError, find_nvcc, source_of


def test_finds_the_loop_that_multiplies() -> None:
    lines = [
        (0x00, "MOV R1, c[0x0][0x28]"),
        (0x10, "FADD R1, R1, R2"),
        (0x20, "@P0 BRA 0x10"),
        (0x30, "LDSM.16.M88.4 R4, [R8]"),
        (0x40, "HMMA.16816.F32 R12, R4, R6, R12"),
        (0x50, "@!P1 BRA 0x30"),
        (0x60, "EXIT"),
    ]
    assert sass.matrix_loop(lines) == {"all": 3, "HMMA": 1, "LDSM": 1}


@pytest.mark.parametrize(
    ("architecture", "registers", "shared_bytes", "warps"),
    [(80, 158, 34816, 12), (86, 158, 34816, 8), (75, 250, 34816, 4), (90, 32, 0, 64)],
)
def test_occupancy_is_what_registers_and_shared_memory_leave(
    architecture, registers, shared_bytes, warps
) -> None:
    """NVIDIA's rules: 256 registers a granule, warps in fours, 1 kB of shared memory reserved a block."""
    plan = LaunchPlan(b"", (1, 1, 1), (128, 1, 1), shared_bytes)
    code = sass.Code("", architecture, registers, 0, sass.Counter(), 0)
    assert static_evidence.occupancy(plan, code) == warps


def test_work_of_a_known_shape() -> None:
    """768x1024, 8 heads of 64: 3.69 MB with the log-sum-exp, 1.611 GFLOP, 6.29 M exponentials."""
    moved, flops, exps = roofline.Attention(768, 1024, 8, 64, 64, 0).work()
    assert moved == pytest.approx(3.69e6, rel=1e-2)
    assert flops == pytest.approx(1.611e9, rel=1e-3)
    assert exps == pytest.approx(6.29e6, rel=1e-3)


def test_rooflines_of_the_frame_s_kernels() -> None:
    """768x1024: 8.65 MB of frame, photo and grain, 3.42 of layers; 720p: 1.56 MB in, 0.79 of floats out."""
    composite, preprocess = roofline.pictures()
    assert composite.moved == pytest.approx(12.07e6, rel=2e-3)
    assert preprocess.moved == pytest.approx(2.34e6, rel=2e-3)
    assert composite.times_us(roofline.CHIPS[0])["mem"] == pytest.approx(3.60, abs=0.01)


def test_readme_holds_every_shape_chip_and_architecture() -> None:
    text = (ROOT / "README.md").read_text()
    table = text.split(static_evidence.BEGIN)[1].split(static_evidence.END)[0]
    for shape in roofline.ATTENTIONS:
        assert all(f"| {shape} | {chip.name} |" in table for chip in roofline.CHIPS)
    for kernel in ("warp_composite_prepare", "warp_composite_draw", "preprocess"):
        assert all(f"| {kernel} | sm_{architecture} |" in table for architecture in ARCHITECTURES)
    assert all(f"| {made} |" in table for made in roofline.pictures())


def test_readme_is_of_the_sources_as_they_are() -> None:
    words = "run `python -m lookglass_kernels.static_evidence` on a machine with nvcc"
    assert f"from sources {static_evidence.sources()}:" in (ROOT / "README.md").read_text(), words


def test_reads_what_nvcc_wrote(tmp_path: Path) -> None:
    try:
        nvcc = find_nvcc()
        sass._tools()
    except BuildError as missing:
        pytest.skip(str(missing))
    if shutil.which("g++") is None:
        pytest.skip("nvcc needs g++")
    fatbin = tmp_path / "preprocess.fatbin"
    command = [nvcc, "-fatbin", "-std=c++17", "-O3", "-gencode=arch=compute_86,code=sm_86", f"-I{ROOT}"]
    subprocess.run([*command, str(source_of("preprocess")), "-o", str(fatbin)], check=True)
    (code,) = sass.read_code(fatbin)
    assert (code.name, code.architecture, code.local_bytes) == ("preprocess", 86, 0)
    assert 0 < code.registers < 64 and code.instructions > 100
