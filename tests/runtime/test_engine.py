"""Sessions and devices: what was asked for runs, or says in words why it cannot."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lookglass.bundle import Bundle
from lookglass.engine import DeviceArray, Engine
from lookglass.engine.devices import open_session
from lookglass.engine.providers import default_threads, on_stream
from lookglass.errors import DeviceError

REASONS = {
    "cuda": "built without CUDAExecutionProvider|no NVIDIA driver|cannot run",
    "tensorrt": "built without Tensorrt|no NVIDIA driver|TensorRT 10 is not installed|cannot run",
    "openvino": r"pip install 'lookglass\[openvino\]'|drives no CPU here",
}


@pytest.fixture
def engine(tiny_bundle: Path) -> Engine:
    return Engine(Bundle.load(tiny_bundle), device="cpu")


def test_a_session_computes_by_name_into_its_own_buffers(engine: Engine) -> None:
    """Expected value: the graph fills its outputs with the sum of its inputs' means."""
    session = engine.session("garment_parser")
    first = session(rgba=np.full((1, 4, 128, 128), 0.5, np.float32))
    assert first.keys() == {"labels"} and first["labels"].shape == (1, 6, 128, 128)
    assert np.allclose(first["labels"], 0.5)
    second = session(rgba=np.full((1, 4, 128, 128), 2.0, np.float32))
    assert second["labels"] is first["labels"] and np.allclose(first["labels"], 2.0)


def test_a_writable_input_is_read_again_and_odd_layouts_are_taken(engine: Engine) -> None:
    session, rgba = engine.session("garment_parser"), np.zeros((1, 4, 128, 128), np.float32)
    session(rgba=rgba)
    rgba += 3
    assert np.allclose(session(rgba=rgba)["labels"], 3)
    strided = np.full((1, 128, 128, 4), 4, np.float64).transpose(0, 3, 1, 2)
    assert np.allclose(session(rgba=strided)["labels"], 4)
    for fixed in (5.0, 6.0, 5.0):
        frozen = np.full((1, 4, 128, 128), fixed, np.float32)
        frozen.flags.writeable = False
        assert np.allclose(session(rgba=frozen)["labels"], fixed)


def test_a_graph_without_inputs(engine: Engine) -> None:
    assert np.allclose(engine.session("text_null")()["text_mask"], 0.25)


def test_a_tensor_on_the_device_is_read_where_it_lies(engine: Engine) -> None:
    session, shape = engine.session("person_mask"), (1, 3, 256, 256)
    picture = np.random.default_rng(0).random(shape, np.float32)
    expected = session(image=picture)["mask"].copy()
    lying = np.zeros(shape, np.float32)  # this session's device is the CPU
    session(image=DeviceArray(lying.ctypes.data, shape))
    lying[:] = picture
    assert np.array_equal(session(image=DeviceArray(lying.ctypes.data, shape))["mask"], expected)
    with pytest.raises(ValueError, match=r"input 'image' takes shape \(1, 3, 256, 256\), not \(3, 256\)"):
        session(image=DeviceArray(lying.ctypes.data, (3, 256)))


def test_only_providers_with_options_take_a_stream() -> None:
    cuda = [("CUDAExecutionProvider", {"use_tf32": "0"})]
    assert on_stream(cuda, 77) == [("CUDAExecutionProvider", {"use_tf32": "0", "user_compute_stream": "77"})]
    assert on_stream(["CPUExecutionProvider"], 77) == ["CPUExecutionProvider"]


def test_wrong_names_and_shapes_are_refused(engine: Engine) -> None:
    session = engine.session("garment_parser")
    with pytest.raises(TypeError, match="takes \\['rgba'\\]"):
        session(picture=np.zeros(1, np.float32))
    with pytest.raises(ValueError, match="takes shape"):
        session(rgba=np.zeros((1, 4, 64, 64), np.float32))


def test_cpu_and_auto_say_what_runs(tiny_bundle: Path) -> None:
    engine = Engine(Bundle.load(tiny_bundle), device="auto", threads=1)
    assert engine.session("tryon").providers[0].lower().startswith(engine.device)
    for device, reason in engine.passed_over.items():
        with pytest.raises(DeviceError) as error:
            Engine(Bundle.load(tiny_bundle), device=device).session("tryon")
        assert str(error.value) == reason


@pytest.mark.parametrize("device", REASONS)
def test_a_device_that_is_not_there_fails_in_words(tiny_bundle: Path, device: str) -> None:
    try:
        session = Engine(Bundle.load(tiny_bundle), device=device).session("tryon")
    except DeviceError as error:
        assert re.search(REASONS[device], str(error))
    else:
        assert session.providers[0].lower().startswith(device)


def test_an_unknown_device_and_a_broken_model(tiny_bundle: Path) -> None:
    with pytest.raises(DeviceError, match="no device 'abacus'"):
        Engine(Bundle.load(tiny_bundle), device="abacus")
    with pytest.raises(DeviceError, match="cannot run the graph"):
        open_session(b"nothing")


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        ("sys.modules['onnxruntime'] = None", "lookglass[cpu]"),
        ("metadata('onnxruntime'); metadata('onnxruntime-gpu')", "installed together"),
    ],
)
def test_none_or_two_onnxruntimes(tmp_path: Path, setup: str, words: str) -> None:
    """In a process of its own, with distributions' metadata on the path as pip would leave it."""
    program = f"""
import sys, pathlib
def metadata(name):
    folder = pathlib.Path({str(tmp_path)!r}) / (name.replace("-", "_") + "-1.31.1.dist-info")
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\\nName: {{name}}\\nVersion: 1.31.1\\n")
sys.path.insert(0, {str(tmp_path)!r})
{setup}
import lookglass
from lookglass.engine import onnxruntime
try:
    onnxruntime.load()
except lookglass.errors.DeviceError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert words in result.stdout


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 2), (8, 4), (64, 4)])
def test_threads_leave_half_the_cores_and_use_two(
    monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(cores)), raising=False)
    assert default_threads() == threads
