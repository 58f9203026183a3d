"""Words on their way to the try-on graph: encoded once, told when not understood, refused where unread."""

import hashlib
import json
import logging
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import lookglass
from lookglass.demo_assets import GARMENTS
from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass.types import EncodedGarment, Garment

TEXT = {"text_k": (1, 4, 16, 8), "text_v": (1, 4, 16, 8), "text_mask": (1, 16)}
VOCABULARY = ["oversized", "slim", "sleeves", "rolled", "in", "and"]


def text_encoder() -> bytes:
    """A graph that fills its tokens with the mean of its ids."""
    nodes = [
        helper.make_node("Cast", ["ids"], ["numbers"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["mean"], keepdims=0),
        *(helper.make_node("Expand", ["mean", f"{name}_shape"], [name]) for name in TEXT),
    ]
    shapes = [numpy_helper.from_array(np.array(shape, np.int64), f"{n}_shape") for n, shape in TEXT.items()]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, (1, TEXT_LENGTH))
    tokens = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in TEXT.items()]
    graph = helper.make_graph(nodes, "words", [ids], tokens, initializer=shapes)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    return bytes(model.SerializeToString())


@pytest.fixture
def worded(tiny_bundle: Path) -> lookglass.TryOn:
    """The tiny bundle with an encoder for a few words."""
    model, manifest = text_encoder(), json.loads((tiny_bundle / "bundle.json").read_text())
    (tiny_bundle / "text_encoder.onnx").write_bytes(model)
    outputs = {name: {"shape": list(shape), "dtype": "float32"} for name, shape in TEXT.items()}
    manifest["graphs"]["text_encoder"] = {
        "file": "text_encoder.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "inputs": {"ids": {"shape": [1, TEXT_LENGTH], "dtype": "int64"}},
        "outputs": outputs,
    }
    manifest |= {"modalities": ["garment", "text"], "vocabulary": VOCABULARY}
    (tiny_bundle / "bundle.json").write_text(json.dumps(manifest))
    return lookglass.TryOn.load(tiny_bundle, device="cpu", threads=1)


@pytest.fixture
def shirt() -> EncodedGarment:
    texture = np.full((16, 16, 4), 255, np.uint8)
    garment = Garment(
        "shirt", "upper", texture, np.ones((8, 8), np.uint8), np.zeros((1, 9, 128, 128), np.float32)
    )
    return EncodedGarment(garment, {"g_k": np.zeros((1, 4, 16, 8), np.float32)})


def test_words_become_tokens_once(worded: lookglass.TryOn, shirt: EncodedGarment) -> None:
    loose = worded.restyle(shirt, "Oversized")
    assert loose.tensors.keys() == {"g_k", *TEXT}
    assert np.allclose(loose.tensors["text_k"], 1 / TEXT_LENGTH)
    slim = worded.restyle(loose, "slim and rolled")
    assert np.allclose(slim.tensors["text_v"], (2 + 6 + 4) / TEXT_LENGTH)
    again = worded.restyle(shirt, "oversized")
    for name in TEXT:
        assert again.tensors[name] is loose.tensors[name] and not again.tensors[name].flags.writeable
    assert loose.garment is shirt.garment and shirt.tensors.keys() == {"g_k"}


@pytest.mark.parametrize("text", ["", "in red", "深绿色"])
def test_no_words_are_the_null_text(worded: lookglass.TryOn, shirt: EncodedGarment, text: str) -> None:
    """Of the tiny bundle that is 0.25 everywhere."""
    assert np.all(worded.restyle(shirt, text).tensors["text_mask"] == 0.25)


def test_a_colour_dyes_and_the_rest_is_encoded(worded: lookglass.TryOn, shirt: EncodedGarment) -> None:
    red = worded.restyle(shirt, "oversized, in dark red")
    blue, green, strong = red.garment.texture[8, 8, :3].astype(int)
    assert strong > 2 * max(blue, green)
    assert np.allclose(red.tensors["text_k"], (1 + 5) / TEXT_LENGTH)
    assert (shirt.garment.texture == 255).all()


def test_what_is_not_understood_is_warned_of(
    worded: lookglass.TryOn, shirt: EncodedGarment, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "lookglass"):
        worded.restyle(shirt, "slim, glittering, in red and blue")
    assert "not understood: glittering; colours passed over: red" in caplog.text
    caplog.clear()
    worded.restyle(shirt, "slim, in blue")
    assert not caplog.records


def test_a_bundle_without_words_says_so_and_dyes(tiny_bundle: Path, shirt: EncodedGarment) -> None:
    mirror = lookglass.TryOn.load(tiny_bundle, device="cpu", threads=1)
    with pytest.raises(lookglass.TextError, match="knows no words but colours: leave out oversized"):
        mirror.restyle(shirt, "oversized, in dark green")
    assert (mirror.restyle(shirt, "in dark green").garment.texture != shirt.garment.texture).any()


def test_a_restyled_garment_goes_the_way_of_others() -> None:
    """With the bundle that ships: a stream takes it as it takes any, and its photo is dyed."""
    mirror = lookglass.TryOn.load(device="cpu")
    tee = mirror.garment(GARMENTS / "tee_white.jpg")
    green = mirror.restyle(tee, "深绿色")
    assert green.tensors.keys() == tee.tensors.keys()
    cloth = green.garment.texture[green.garment.texture[..., 3] == 255, :3].mean(0)
    assert cloth[1] > 1.5 * cloth[0] and cloth[1] > 1.5 * cloth[2]
    picture = np.full((480, 640, 3), 90, np.uint8)
    assert mirror.stream().step(lookglass.Frame(picture), green).image is picture
