"""Cuts crops with preprocess and with the runtime; also a program for child processes.

`python preprocess_check.py LIBRARY SEED` exits with 1 at the first crop that differs.
"""

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from attention_check import aligned

from lookglass.person.crop import CROP_SIZE, cut
from lookglass.types import Crop
from lookglass_kernels.abi import PreprocessParams, plan_preprocess
from lookglass_kernels.emulator import Emulator, EmulatorError

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


def run(
    emulator: Emulator,
    frame: npt.NDArray[np.uint8],
    crop: Crop,
    *,
    left: int = 0,
    width: int = CROP_SIZE,
    half: bool = False,
    gain: float = 1.0,
    bias: float = 0.0,
) -> npt.NDArray[np.generic]:
    """(3, 256, width) RGB, normalised."""
    out = aligned((3, CROP_SIZE, width), np.float16 if half else np.float32)
    params = PreprocessParams(
        frame=frame.ctypes.data, out=out.ctypes.data, frame_width=frame.shape[1], frame_height=frame.shape[0],
        width=width, height=CROP_SIZE, crop_size=CROP_SIZE, left=left, half=half,
        crop_scale=crop.scale, crop_center=crop.center, gain=(gain,) * 3, bias=(bias,) * 3,
    )  # fmt: skip
    emulator.launch(plan_preprocess(params), params)
    return out


def difference(emulator: Emulator, rng: np.random.Generator, crop: Crop) -> str:
    """What is wrong with a crop of noise; empty if it is the runtime's within 1 of 255."""
    frame = rng.integers(0, 256, (120, 180, 3)).astype(np.uint8)
    expected = cut(frame, crop)[..., ::-1].transpose(2, 0, 1).astype(int)
    off = np.abs(np.rint(run(emulator, frame, crop) * 255) - expected)
    # With a scale of 0.9 every tenth sample lies on a half, where rounding may go either way.
    if off.max() <= 1 and (off > 0).mean() < 0.05:
        return ""
    return f"{crop}: {(off > 0).sum()} values of {off.size} are off by up to {off.max()}"


def main() -> None:
    emulator, seed = Emulator(Path(sys.argv[1])), int(sys.argv[2])
    for crop in CROPS.values():
        try:
            found = difference(emulator, np.random.default_rng(seed), crop)
        except EmulatorError as error:
            found = str(error)
        if found:
            print(found)
            sys.exit(1)


if __name__ == "__main__":
    main()
