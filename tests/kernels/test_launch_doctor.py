"""What is missing is said in words, and what is there is found."""

from pathlib import Path

import pytest

from lookglass.errors import DeviceError
from lookglass_kernels import build, operator_library
from lookglass_kernels.build import BuildError
from lookglass_kernels.driver import Driver
from lookglass_kernels.launch_doctor import findings
from lookglass_kernels.operator_library import build_operator, find_operator, record_operator


@pytest.fixture
def empty_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was built."""
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "fatbins.json")
    monkeypatch.setattr(operator_library, "MANIFEST", tmp_path / "operator.json")
    return tmp_path


def has_device() -> bool:
    try:
        Driver()
    except DeviceError:
        return False
    return True


def test_a_plain_install_says_what_is_missing(empty_build: Path) -> None:
    found = {subject: (works, words) for subject, works, words in findings()}
    assert found["CUDA kernels"] == (
        False,
        "no kernels are built; run `make kernels` on a machine with nvcc and g++",
    )
    assert found["operator library"][0] is False
    assert "make kernels" in found["operator library"][1]


@pytest.mark.skipif(has_device(), reason="this machine has an NVIDIA GPU")
def test_without_a_gpu_the_driver_is_missing() -> None:
    found = {subject: (works, words) for subject, works, words in findings()}
    assert found["NVIDIA driver"][0] is False
    assert "no NVIDIA driver" in found["NVIDIA driver"][1]
    assert found["PyCUDA"][0] is False


def test_the_operator_library_is_found_as_it_was_made(empty_build: Path) -> None:
    library = build_operator()
    record_operator(library)
    assert find_operator() == library
    library.write_bytes(library.read_bytes() + b"changed")
    with pytest.raises(BuildError, match="run `make kernels` again"):
        find_operator()
