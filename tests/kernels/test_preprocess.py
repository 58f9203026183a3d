"""preprocess against the runtime's crop: the same bytes, give or take one."""

import numpy as np
import pytest
from preprocess_check import CROPS, difference, run

from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, cut, model_columns
from lookglass.region import region
from lookglass.types import Crop
from lookglass_kernels.abi import PreprocessParams, plan_preprocess
from lookglass_kernels.driver import Driver
from lookglass_kernels.driver_fake import build_fake_driver, stand_in_image
from lookglass_kernels.emulator import Emulator
from lookglass_kernels.launch_frame import Preprocess


@pytest.mark.parametrize("crop", CROPS.values(), ids=CROPS)
def test_cuts_what_the_runtime_cuts(ampere: Emulator, rng: np.random.Generator, crop: Crop) -> None:
    assert not difference(ampere, rng, crop)


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


@pytest.mark.parametrize("crop", CROPS.values(), ids=CROPS)
def test_reads_and_needs_no_more_than_its_part(rng: np.random.Generator, crop: Crop) -> None:
    """What lies beyond the part is poisoned; the drawing, too, stays within it."""
    frame = rng.integers(0, 256, (120, 181, 3)).astype(np.uint8)
    with Driver(library=str(build_fake_driver())) as gpu:
        preprocess = Preprocess(gpu, gpu.load(stand_in_image().read_bytes()), (120, 181))
        preprocess.aim(crop)
        rows, columns = preprocess.part()
        for poison in (0, 255):
            poisoned = np.full_like(frame, poison)
            poisoned[rows, columns] = frame[rows, columns]
            np.testing.assert_array_equal(cut(poisoned, crop), cut(frame, crop))
            np.testing.assert_array_equal(preprocess(poisoned, crop), preprocess(frame, crop))
    window = region(np.ones((256, 192), bool), crop, frame.shape[:2])
    if window:
        assert rows.start <= window.top and window.top + window.height <= rows.stop
        assert columns.start <= window.left and window.left + window.width <= columns.stop
