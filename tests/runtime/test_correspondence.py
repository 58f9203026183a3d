"""The attention that is drawn is the attention that makes the flow."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

import lookglass
from lookglass import pictures
from lookglass.bundle import Bundle
from lookglass.bundle.onnx_output import inputs_beside, with_output
from lookglass.correspondence import correspondence
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.engine.devices import open_session
from lookglass.errors import PictureError
from lookglass.layer_pictures import write_layers
from lookglass.network import person_inputs
from lookglass.types import EncodedGarment, Person

MAN = pictures.read(PEOPLE / "studio_man.png")
Look = Callable[[tuple[float, float] | None], "lookglass.correspondence.Correspondence"]


@pytest.fixture(scope="module")
def mirror() -> lookglass.TryOn:
    return lookglass.TryOn.load(device="cpu", threads=1)


@pytest.fixture(scope="module")
def shirt(mirror: lookglass.TryOn) -> EncodedGarment:
    return mirror.garment(GARMENTS / "tee_white.jpg")


@pytest.fixture(scope="module")
def man(mirror: lookglass.TryOn) -> Person:
    return mirror.person(MAN)


def test_the_mean_place_is_the_graph_s_own(
    mirror: lookglass.TryOn, man: Person, shirt: EncodedGarment
) -> None:
    """Expected values: the operator's second output, the token coordinates averaged inside the graph."""
    model = onnx.load_from_string(mirror.bundle.model("tryon"))
    (node,) = (node for node in model.graph.node if "flow_k" in node.input)
    model.graph.output.append(onnx.helper.make_tensor_value_info(node.output[1], 1, (1, 3, 768, 8)))
    outputs = open_session(model.SerializeToString())(**person_inputs(man), **shirt.tensors)
    columns = outputs[node.output[1]][0].reshape(3, 32, 24, 8)
    for landmark, part in ((13, 1), (14, 2), (None, 0)):
        point = None if landmark is None else tuple(man.landmarks[landmark, :2].tolist())
        seen = correspondence(mirror.bundle, man, shirt, point)
        column, row = (int((value + 0.5) // 8) for value in seen.point)
        np.testing.assert_allclose(seen.place, columns[seen.part, row, column, :2], atol=1e-4)
        assert seen.weights.sum() == pytest.approx(1, abs=1e-5)
        if landmark is None:
            assert seen.part == part
            assert abs(seen.place[0]) < 0.5


def test_a_point_elsewhere_is_refused(mirror: lookglass.TryOn, man: Person, shirt: EncodedGarment) -> None:
    with pytest.raises(PictureError, match="-900,5 lies outside"):
        correspondence(mirror.bundle, man, shirt, (-900, 5))


def test_a_bundle_without_attention_has_none_to_show(
    tiny_bundle: Path, man: Person, shirt: EncodedGarment
) -> None:
    assert correspondence(Bundle.load(tiny_bundle), man, shirt) is None


def test_one_more_output_changes_no_other(
    mirror: lookglass.TryOn, man: Person, shirt: EncodedGarment
) -> None:
    model = mirror.bundle.model("tryon")
    (names,) = inputs_beside(model, "CrossAttention", "flow_k")
    assert names[1:] == ("flow_k", "flow_v", "garment_extra")
    longer = with_output(model, names[0], (1, 3, 768, 32))
    assert len(longer) - len(model) < 100
    onnx.checker.check_model(onnx.load_from_string(longer))
    inputs = {**person_inputs(man), **shirt.tensors}
    plain, more = (dict(open_session(bytes_)(**inputs)) for bytes_ in (model, longer))
    assert more.keys() - plain.keys() == {names[0]}
    for name, value in plain.items():
        np.testing.assert_allclose(more[name], value, atol=1e-5)


def test_the_picture_shows_where_it_looks(
    mirror: lookglass.TryOn, man: Person, shirt: EncodedGarment, tmp_path: Path
) -> None:
    """Crop and photo side by side; the photo is brightest in red where the weights are largest."""
    seen = correspondence(mirror.bundle, man, shirt)
    write_layers(tmp_path, man, shirt.garment, mirror.layers(man, shirt), seen)
    drawn = pictures.read(tmp_path / "attention.png")
    assert drawn.shape == (512, 896, 3)
    row, column = np.unravel_index(seen.weights.argmax(), seen.weights.shape)
    hot = drawn[row * 32 : row * 32 + 32, 384 + column * 32 : 384 + column * 32 + 32].astype(int)
    assert (hot[..., 2] - hot[..., 0]).mean() > 40
