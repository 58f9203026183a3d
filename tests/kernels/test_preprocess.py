"""preprocess against the runtime's crop: the same bytes, give or take one."""

import numpy as np
import pytest
from attention_check import aligned

from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, cut, model_columns
from lookglass.types import Crop
from lookglass_kernels.abi import PreprocessParams, plan_preprocess
from lookglass_kernels.emulator import Emulator

CROPS = {
    "enlarged": Crop(2.3, (61.4, 40.2)),
    "as it is": Crop(1.0, (80.0, 50.0)),
    "a little smaller": Crop(0.7, (100.3, 61.9)),
    "averaged by two": Crop(0.45, (77.7, 80.1)),
    "averaged by three": Crop(0.3, (70.0, 64.5)),
    "averaged by seven": Crop(0.137, (90.0, 60.0)),
    "out on the left": Crop(1.3, (-40.0, 60.0)),
    "far out below": Crop(0.4, (90.0, 500.0)),
}


def run(emulator: Emulator, frame, crop: Crop, *, left=0, width=CROP_SIZE, half=False, gain=1.0, bias=0.0):
    """(3, 256, width) RGB, normalised."""
    out = aligned((3, CROP_SIZE, width), np.float16 if half else np.float32)
    params = PreprocessParams(
        frame=frame.ctypes.data, out=out.ctypes.data, frame_width=frame.shape[1], frame_height=frame.shape[0],
        width=width, height=CROP_SIZE, crop_size=CROP_SIZE, left=left, half=half,
        crop_scale=crop.scale, crop_center=crop.center, gain=(gain,) * 3, bias=(bias,) * 3,
    )  # fmt: skip
    emulator.launch(plan_preprocess(params), params)
    return out


@pytest.mark.parametrize("crop", CROPS.values(), ids=CROPS)
def test_cuts_what_the_runtime_cuts(ampere: Emulator, rng: np.random.Generator, crop: Crop) -> None:
    frame = rng.integers(0, 256, (120, 180, 3)).astype(np.uint8)
    drawn = run(ampere, frame, crop) * 255
    expected = cut(frame, crop)[..., ::-1].transpose(2, 0, 1).astype(int)
    assert np.abs(drawn - expected).max() < 1.01
    assert (np.rint(drawn) != expected).mean() < 0.01


@pytest.mark.parametrize("half", [False, True])
def test_normalises_the_columns_that_the_try_on_network_sees(ampere: Emulator, rng, half: bool) -> None:
    frame = rng.integers(0, 256, (90, 120, 3)).astype(np.uint8)
    crop, left = Crop(1.7, (60.0, 40.0)), (CROP_SIZE - MODEL_WIDTH) // 2
    drawn = run(ampere, frame, crop, left=left, width=MODEL_WIDTH, half=half, gain=2.0, bias=-1.0)
    expected = model_columns(cut(frame, crop))[..., ::-1].transpose(2, 0, 1) / 255.0 * 2 - 1
    assert np.abs(drawn - expected).max() < 2 / 255 + 2e-3
    assert np.abs(drawn - expected).mean() < 1e-3


def test_plan_refuses_a_result_outside_the_crop() -> None:
    sizes = dict(frame_width=9, frame_height=9, width=200, height=9, crop_size=256, crop_scale=1.0)
    with pytest.raises(ValueError, match="inside the square crop"):
        plan_preprocess(PreprocessParams(left=100, **sizes))
