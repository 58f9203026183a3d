"""Where our kernels cannot be had, the CPU cuts and draws the frames, and words say why."""

import sys
from functools import partial
from pathlib import Path

import pytest

from lookglass.doctor import examine
from lookglass.engine import Engine
from lookglass.frame_path import choose
from lookglass_kernels import build, runtime_hook
from lookglass_kernels.driver import Driver

NO_FATBINS = "no kernels are built; run `make kernels`"


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build folder without fatbins."""
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "fatbins.json")
    return tmp_path


@pytest.fixture
def built(empty: Path) -> Path:
    """A build folder with stand-ins for all fatbins."""
    image = empty / "stand_in.fatbin"
    image.write_bytes(b"\x50\xed\x55\xba" + bytes(64))
    build.record_fatbins(dict.fromkeys(build.KERNELS, image), compiler="none", architectures=[])
    return image


def reason_of(engine: Engine) -> str:
    found = choose(engine)
    assert found.device is None and found.tryon.inputs["person"] == (1, 3, 256, 192)
    return found.words


def test_without_fatbins(engine: Engine, empty: Path) -> None:
    assert NO_FATBINS in reason_of(engine)


def test_a_fatbin_changed_since_it_was_built(engine: Engine, built: Path) -> None:
    built.write_bytes(built.read_bytes() + b"changed")
    assert "run `make kernels` again" in reason_of(engine)


def test_a_fatbin_of_other_sources(engine: Engine, built: Path) -> None:
    """Its params would be another struct."""
    text = build.MANIFEST.read_text()
    digest = build._digest([build.source_of("preprocess")], ())
    build.MANIFEST.write_text(text.replace(digest, "0" * 16))
    assert "the sources of preprocess have changed since it was built" in reason_of(engine)


def test_a_changed_header_is_another_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels lie in several files: a binary of an old header would be as wrong as one of an old source."""
    header = tmp_path / "kernel" / "part.cuh"
    header.parent.mkdir()
    header.write_text("")
    monkeypatch.setattr(build, "ROOT", tmp_path)
    before = build._digest([], ())
    header.write_text("// changed\n")
    assert build._digest([], ()) != before


def test_a_manifest_that_cannot_be_read(engine: Engine, built: Path) -> None:
    build.MANIFEST.write_text("{")
    assert "fatbins.json cannot be read" in reason_of(engine)


def test_without_a_driver(engine: Engine, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime_hook, "Driver", partial(Driver, library="libno_such_driver.so.1"))
    assert "no NVIDIA driver" in reason_of(engine)


def test_without_the_kernels_package(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lookglass_kernels.runtime_hook", None)
    assert "lookglass_kernels cannot be imported" in reason_of(engine)


def test_doctor_says_what_draws_the_frames(engine: Engine, empty: Path) -> None:
    (cuda,) = (finding for finding in examine() if finding.subject == "device cuda")
    assert cuda.works
    assert f"the CPU cuts and draws the frames; our kernels are not in use: {NO_FATBINS}" in cuda.words
