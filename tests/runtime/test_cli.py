"""The command line as a user types it, in a process of its own where that matters."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.cli import main
from lookglass.demo_assets import GARMENTS, PEOPLE

MAN, TEE = str(PEOPLE / "studio_man.png"), str(GARMENTS / "tee_white.jpg")


@pytest.fixture
def walk(tmp_path: Path) -> Path:
    """A second of a person at 640x480 and 30 fps, pushed about by a pixel a frame."""
    still = cv2.resize(pictures.read(MAN), (268, 480))
    writer = cv2.VideoWriter(str(tmp_path / "walk.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 30, (640, 480))
    for number in range(30):
        frame = np.full((480, 640, 3), 200, np.uint8)
        frame[:, 150 + number : 418 + number] = still
        writer.write(frame)
    writer.release()
    return tmp_path / "walk.mp4"


def test_tryon_writes_a_picture_and_its_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "dressed.png"
    assert main(["tryon", MAN, TEE, "-o", str(out), "--layers", str(tmp_path / "layers")]) == 0
    assert pictures.read(out).shape == pictures.read(MAN).shape
    assert (tmp_path / "layers" / "coverage.png").is_file()
    assert (tmp_path / "layers" / "attention.png").is_file()
    captured = capsys.readouterr()
    assert captured.out.strip() == str(out) and "running on" in captured.err


def test_a_point_needs_layers_and_two_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tryon", MAN, TEE, "-o", str(tmp_path / "x.png"), "--point", "3,4"]) == 2
    assert "--layers" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["tryon", MAN, TEE, "-o", str(tmp_path / "x.png"), "--layers", "x", "--point", "3"])


def test_compare_puts_all_side_by_side_with_a_score(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "compared.png"
    assert main(["tryon", MAN, TEE, "-o", str(out), "--compare"]) == 0
    height, width = pictures.read(out).shape[:2]
    assert height == 856 and width > 1.5 * height
    path, score = capsys.readouterr().out.splitlines()
    assert path == str(out)
    assert re.fullmatch(r"garment fidelity \d+%: colour \d+%, pattern \d+%, shape \d+%", score)


def test_words_dye_and_what_is_not_understood_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, dyed = str(tmp_path / "plain.png"), str(tmp_path / "dyed.png")
    assert main(["tryon", MAN, TEE, "-o", plain]) == 0
    assert main(["tryon", MAN, TEE, "-o", dyed, "--text", "in dark green, not red"]) == 0
    assert "colours passed over: not red" in capsys.readouterr().err
    before, after = pictures.read(plain).astype(int), pictures.read(dyed).astype(int)
    drawn = after[(before != after).any(2)].mean(0)
    assert drawn[1] > drawn[0] + 10 and drawn[1] > drawn[2] + 10


def test_run_writes_a_video_of_every_frame_and_a_report(tmp_path: Path, walk: Path) -> None:
    out, report = tmp_path / "out.mp4", tmp_path / "report.json"
    arguments = ["run", "--source", str(walk), "--garment", TEE, "--sink", str(out), "--report", str(report)]
    assert main([*arguments, "--every-frame", "--text", "深绿色"]) == 0
    assert cv2.VideoCapture(str(out)).get(cv2.CAP_PROP_FRAME_COUNT) == 30
    document = json.loads(report.read_text())
    assert document["frames"] == {"grabbed": 30, "presented": 30, "dropped": {}}
    assert {"landmarks", "mask", "crop", "tryon", "compose"} <= document["stage_ms"].keys()
    assert document["device"] in ("cpu", "openvino", "cuda")
    assert "attention" in document["kernels"]


def test_run_at_a_cameras_pace_with_a_wardrobe(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    garments = tmp_path / "wardrobe"
    garments.mkdir()
    (garments / "tee.jpg").write_bytes(Path(TEE).read_bytes())
    (garments / "jeans.jpg").write_bytes((GARMENTS / "jeans.jpg").read_bytes())
    arguments = ["run", "--source", MAN, "--garment", str(garments), "--sink", "null"]
    assert main([*arguments, "--rotate", "180", "--mirror", "--frames", "5", "--report", str(report)]) == 0
    frames = json.loads(report.read_text())["frames"]
    assert frames["presented"] == 5
    assert frames["grabbed"] == 5 + sum(frames["dropped"].values())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tryon", "gone.jpg", TEE, "-o", "OUT.png"], "gone.jpg cannot be read"),
        (["tryon", __file__, TEE, "-o", "OUT.png"], "not a PNG, JPEG or WebP"),
        (["tryon", TEE, TEE, "-o", "OUT.png"], "nobody was found"),
        (["tryon", MAN, MAN, "-o", "OUT.png"], "wears"),
        (["tryon", MAN, TEE, "-o", "OUT.gif"], "cannot be written"),
        (["tryon", MAN, TEE, "-o", "nowhere/OUT.png"], "cannot be written"),
        (["tryon", MAN, TEE, "-o", "OUT.png", "--bundle", "nowhere"], "there is no bundle"),
        (["tryon", MAN, TEE, "-o", "OUT.png", "--device", "tensorrt"], "tensorrt"),
        (["run", "--source", "97", "--garment", TEE, "--sink", "null"], "no camera 97"),
        (["run", "--source", "gone.mp4", "--garment", TEE, "--sink", "null"], "no video gone.mp4"),
        (["run", "--source", MAN, "--garment", "gone.png", "--sink", "null"], "gone.png"),
        (["run", "--source", MAN, "--garment", TEE, "--sink", "nowhere/OUT.mp4"], "cannot be written"),
        (["run", "--source", MAN, "--garment", TEE, "--sink", "window"], "no display here"),
        (["doctor", "--device", "tensorrt"], ""),
        (["demo", "--out", __file__], "cannot be made"),
    ],
)
def test_errors_are_one_sentence_and_leave_nothing(tmp_path: Path, arguments: list[str], words: str) -> None:
    environment = {
        k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
    }
    command = [sys.executable, "-m", "lookglass", *arguments]
    result = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 2
    said = [line for line in result.stderr.splitlines() if line.startswith("lookglass: ")]
    assert len(said) == bool(words) and words.lower() in "".join(said).lower()
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tryon", "gone.jpg", TEE, "-o", "out.png", "--debug"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_doctor_says_what_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for subject in ("lookglass", "onnxruntime", "bundle", "device cpu", "device cuda", "window", "camera 0"):
        assert subject in out


def test_demo_makes_its_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--out", str(tmp_path / "demo")]) == 0
    names = {file.name for file in (tmp_path / "demo").iterdir()}
    # Four people in four tops, and in jeans where the bundle dresses legs and the photo shows them.
    legs = "lower" in Bundle.load().manifest.categories
    assert {"overview.png", "video.mp4", "walker-tee_white.png"} <= names and len(names) == 18 + 3 * legs
    out = capsys.readouterr().out
    assert ("left out:" in out) != legs and "whole frame" in out and "ran on:    " in out


def test_ctrl_c_finishes_the_video_and_the_report(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lookglass", "run", "--source", MAN, "--garment", TEE]
    command += ["--sink", "out.mp4", "--report", "report.json"]
    # A shell starts background jobs with the interrupt ignored, and children inherit that.
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, cwd=tmp_path, preexec_fn=heed)
    deadline = time.monotonic() + 60
    try:
        while not any(file.stat().st_size > 50_000 for file in tmp_path.glob(".out-*.mp4")):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
    assert {file.name for file in tmp_path.iterdir()} == {"out.mp4", "report.json"}
    presented = json.loads((tmp_path / "report.json").read_text())["frames"]["presented"]
    assert cv2.VideoCapture(str(tmp_path / "out.mp4")).get(cv2.CAP_PROP_FRAME_COUNT) >= presented > 0
