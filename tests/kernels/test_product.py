"""Our kernels in the product: in use where they prove themselves, and said in words where they are not.

There is no CUDA here: the operator library's CPU kernels stand where its CUDA kernels will, in real sessions
of the default bundle.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import FunctionProto, NodeProto, TensorProto, helper

from lookglass.bundle import Bundle
from lookglass.cli import main
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.doctor import examine
from lookglass.engine import Engine, kernels
from lookglass.engine.devices import choose_kernels, open_session
from lookglass.engine.providers import PROVIDERS
from lookglass.errors import DeviceError
from lookglass_kernels import build, operator_library
from lookglass_kernels.operator_library import build_operator, record_operator

Edit = Callable[[FunctionProto], None]
Built = Callable[[Path], Path]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load()


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Built:
    """Makes a copy of a file the operator library of an otherwise empty build folder."""

    def put(file: Path) -> Path:
        copy = Path(shutil.copy(file, tmp_path))
        record_operator(copy)
        return copy

    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(build, "MANIFEST", tmp_path / "fatbins.json")
    monkeypatch.setattr(operator_library, "MANIFEST", tmp_path / "operator.json")
    return put


@pytest.fixture(scope="module")
def library() -> Path:
    return build_operator()


def test_a_library_that_agrees_is_taken(bundle: Bundle, library: Path, built: Built) -> None:
    ours = built(library)
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library == ours
    assert chosen.words.startswith(f"our attention kernel ({ours.name}), within ")


def test_without_a_library(bundle: Bundle, built: Built) -> None:
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library is None
    assert chosen.words.startswith("the graph's own attention function; our kernels are not in use: ")
    assert "no operator library is built; run `make kernels`" in chosen.words


def test_a_library_changed_since_it_was_built(bundle: Bundle, library: Path, built: Built) -> None:
    ours = built(library)
    ours.write_bytes(ours.read_bytes() + b"changed")
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library is None and "run `make kernels` again" in chosen.words


@pytest.mark.parametrize("manifest", ["{", "[]", json.dumps({"file": "a.so"})])
def test_a_record_that_cannot_be_read(bundle: Bundle, built: Built, manifest: str) -> None:
    operator_library.MANIFEST.write_text(manifest)
    (build.BUILD / "a.so").touch()
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library is None and "operator.json cannot be read" in chosen.words


def test_a_library_that_does_not_load(bundle: Bundle, built: Built) -> None:
    ours = built(Path(__file__))
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library is None and f"the operator library {ours} does not load" in chosen.words


def test_a_library_that_differs(
    bundle: Bundle, library: Path, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No two orders of summation agree to the last bit."""
    built(library)
    monkeypatch.setattr(kernels, "TOLERANCE", 0.0)
    chosen = choose_kernels(bundle, device="cpu")
    assert chosen.library is None and "from the CPU's, allowed is 0" in chosen.words


def test_a_bundle_without_our_operators(tiny_bundle: Path, library: Path, built: Built) -> None:
    built(library)
    chosen = choose_kernels(Bundle.load(tiny_bundle), device="cpu")
    assert chosen.library is None and "no graph of the bundle has operators of ours" in chosen.words


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions for "cuda" run on the CPU."""
    monkeypatch.setitem(PROVIDERS, "cuda", PROVIDERS["cpu"])


@pytest.mark.usefixtures("cuda")
def test_on_cuda_graphs_with_our_operators_register_the_library(
    bundle: Bundle, library: Path, built: Built, caplog: pytest.LogCaptureFixture
) -> None:
    """With a library that is not there, sessions that register it cannot be opened, and all others can."""
    ours, engine = built(library), Engine(bundle, device="cuda")
    engine.session("tryon")
    assert engine.kernels.library == ours and not caplog.records
    engine.kernels = replace(engine.kernels, library=ours.with_name("gone.so"))
    engine.session("garment_encoder")
    with pytest.raises(DeviceError, match="does not load"):
        engine.session("tryon")


@pytest.mark.usefixtures("cuda")
def test_on_cuda_the_graphs_own_function_runs_under_a_warning(
    bundle: Bundle, built: Built, caplog: pytest.LogCaptureFixture
) -> None:
    engine = Engine(bundle, device="cuda")
    engine.session("tryon")
    engine.session("tryon")
    assert [record.getMessage() for record in caplog.records] == [f"on cuda runs {engine.kernels.words}"]
    assert "no operator library is built" in engine.kernels.words


@pytest.mark.usefixtures("cuda")
def test_doctor_says_which_kernels_run(library: Path, built: Built) -> None:
    built(library)
    (cuda,) = (finding for finding in examine() if finding.subject == "device cuda")
    assert cuda.works
    assert "runs the try-on graph on CPUExecutionProvider with our attention kernel" in cuda.words


@pytest.mark.usefixtures("cuda")
def test_the_mirror_says_which_kernels_run(
    library: Path, built: Built, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    built(library)
    report = tmp_path / "report.json"
    arguments = ["run", "--source", str(PEOPLE / "studio_man.png"), "--sink", "null", "--frames", "1"]
    arguments += ["--garment", str(GARMENTS / "tee_white.jpg"), "--device", "cuda", "--report", str(report)]
    assert main(arguments) == 0
    words = json.loads(report.read_text())["kernels"]
    assert words.startswith("our attention kernel") and f"  with {words}\n" in capsys.readouterr().err


def test_elsewhere_than_on_cuda_nothing_is_asked(bundle: Bundle, caplog: pytest.LogCaptureFixture) -> None:
    """In a process of its own: the kernels' package is not even imported."""
    engine = Engine(bundle, device="cpu")
    assert engine.kernels.library is None
    assert "they are for cuda, this is cpu" in engine.kernels.words
    assert not caplog.records
    program = """
import sys
from lookglass.bundle import Bundle
from lookglass.engine import Engine
Engine(Bundle.load(), device="cpu").session("tryon")
print([name for name in sys.modules if name.startswith("lookglass_kernels")])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def through(function: FunctionProto, name: str, make: Callable[[str, str], list[NodeProto]]) -> None:
    """Put nodes between a tensor of a function and all who read it."""
    after, nodes = f"{name}_after", list(function.node)
    made = [node for node in nodes if name in node.output]
    del function.node[:]
    for node in nodes:
        node.input[:] = [after if read == name else read for read in node.input]
    place = nodes.index(made[0]) + 1 if made else 0
    function.node.extend([*nodes[:place], *make(name, after), *nodes[place:]])


def rounded(function: FunctionProto) -> None:
    """Round to float16 what the kernel rounds, and the probabilities in front of the extra columns, too."""

    def casts(name: str, after: str) -> list[NodeProto]:
        half = helper.make_node("Cast", [name], [f"{name}_half"], to=TensorProto.FLOAT16)
        return [half, helper.make_node("Cast", [f"{name}_half"], [after], to=TensorProto.FLOAT)]

    for name in ("q", "k", "v", "weights"):
        through(function, name, casts)


def shrunk(name: str) -> Edit:
    """Make a tensor 2 % too small."""

    def nodes(before: str, after: str) -> list[NodeProto]:
        factor = helper.make_node("Constant", [], ["factor"], value_float=0.98)
        return [factor, helper.make_node("Mul", [before, "factor"], [after])]

    return lambda function: through(function, name, nodes)


@pytest.fixture(scope="module")
def compared(bundle: Bundle) -> Callable[[Edit], float]:
    """Compares the try-on graph with the same under another attention function."""
    reference, model = open_session(bundle.model("tryon")), bundle.model("tryon")
    makers = [open_session(bundle.model(name)) for name in kernels.MAKERS]
    inputs = kernels.golden_inputs(reference.inputs, makers)

    def compare(edit: Edit) -> float:
        graph = onnx.load_from_string(model)
        edit(graph.functions[0])
        return kernels.compare(open_session(graph.SerializeToString()), reference, inputs)

    return compare


def test_the_tolerance_lets_float16_pass(compared: Callable[[Edit], float]) -> None:
    """With half of it to spare, for what a GPU sums in another order."""
    assert 0 < compared(rounded) < kernels.TOLERANCE / 2


@pytest.mark.parametrize("name", ["q", "k", "v", "weights", "columns"])
def test_the_tolerance_lets_no_fault_pass(compared: Callable[[Edit], float], name: str) -> None:
    with pytest.raises(DeviceError, match="is off by"):
        compared(shrunk(name))


def test_what_is_no_number_differs(compared: Callable[[Edit], float]) -> None:
    def nowhere(function: FunctionProto) -> None:
        through(
            function,
            "weights",
            lambda a, b: [
                helper.make_node("Log", [a], [f"{a}_log"]),
                helper.make_node("Sqrt", [f"{a}_log"], [b]),
            ],
        )

    with pytest.raises(DeviceError, match="is off by nan"):
        compared(nowhere)


def test_golden_inputs_are_the_same_every_time_and_in_range(bundle: Bundle) -> None:
    """The garment's tensors are what the encoder makes; landmarks lie all over the crop."""
    shapes = open_session(bundle.model("tryon")).inputs
    makers = [open_session(bundle.model(name)) for name in kernels.MAKERS]
    first = {name: array.copy() for name, array in kernels.golden_inputs(shapes, makers).items()}
    again = kernels.golden_inputs(shapes, makers)
    assert {name: array.shape for name, array in first.items()} == shapes
    assert all(np.array_equal(first[name], again[name]) for name in shapes)
    assert first["landmarks"][..., 1].max() > 192 > first["landmarks"][..., 0].max() > 96
    assert first["flow_k"].min() < 0


def test_a_session_that_fails_is_told_in_words(bundle: Bundle) -> None:
    session = open_session(bundle.model("text_null"))
    with pytest.raises(DeviceError, match="they fail: the graph takes"):
        kernels.compare(session, session, {"nothing": np.zeros(1, np.float32)})


def test_doctor_says_what_our_kernels_need() -> None:
    found = {finding.subject: finding for finding in examine()}
    assert {"CUDA kernels", "operator library", "PyCUDA", "NVIDIA driver"} <= found.keys()
    assert not any(found[subject].is_fatal for subject in ("CUDA kernels", "operator library", "PyCUDA"))


def test_doctor_without_the_kernels_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lookglass_kernels.runtime_hook", None)
    ((subject, works, words),) = kernels.findings()
    assert (subject, works) == ("own kernels", False)
    assert "lookglass_kernels cannot be imported" in words


def test_doctor_with_a_damaged_build_folder(built: Built) -> None:
    build.MANIFEST.write_text("{")
    *_, (subject, works, words) = kernels.findings()
    assert (subject, works) == ("own kernels", False)
    assert "run `make kernels` again" in words


@pytest.mark.gpu
def test_on_the_device(bundle: Bundle, caplog: pytest.LogCaptureFixture) -> None:
    """The built library is taken by a CUDA engine, or the engine warns in the same words."""
    engine = Engine(bundle, device="cuda")
    try:
        engine.session("tryon")
    except DeviceError as missing:
        pytest.skip(str(missing))
    if engine.kernels.library is None:
        assert engine.kernels.words in caplog.text
        pytest.fail(engine.kernels.words)
