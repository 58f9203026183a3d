"""Whether our kernels cut and draw frames as the CPU does, on this very GPU: random pictures through both."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.compose import draw, overlay
from lookglass.engine import Session
from lookglass.engine.kernels import TOLERANCE, FrameDevice, golden_inputs
from lookglass.errors import DeviceError
from lookglass.mipmap import mipmap
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, cut, model_columns
from lookglass.person.graph import pack
from lookglass.types import F32, U8, Crop, FinishedLayers, Garment

_SEED = 15
_FRAMES = (((90, 120), 2.2), ((90, 120), 0.45), ((131, 83), 0.9))
"""Height and width, and the crop's scale: enlarged, averaged down, and another size on used memory."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One frame and all that is drawn into it."""

    frame: U8
    crop: Crop
    garment: Garment
    layers: FinishedLayers


def prove(device: FrameDevice, tryon: Session) -> int:
    """Hold a device against the CPU.

    Args:
        device: to be proven.
        tryon: a session on its stream.

    Returns:
        How far its pictures are from the CPU's at most, of 255.

    Raises:
        DeviceError: they are off by more than 1, or the session does not read what the device cut.
    """
    off = max(_off(device, golden) for golden in _scenes(np.random.default_rng(_SEED)))
    _prove_binding(device, tryon)
    return off


def _off(device: FrameDevice, golden: Golden) -> int:
    """The largest difference of bytes in a crop and a drawing."""
    cut_there = device.read(device.cut(golden.frame, golden.crop))
    cut_here = pack(np.asarray(model_columns(cut(golden.frame, golden.crop)), np.uint8))
    drawn_there = device.draw(mipmap(golden.garment.texture).levels, golden.layers)
    drawing = draw(golden.frame.shape[:2], golden.crop, golden.garment, golden.layers)
    drawn_here = overlay(golden.frame, drawing)
    off = {
        "the crop": float(np.abs(cut_there - cut_here).max() * 255),
        "the drawing": float(np.abs(drawn_there.astype(np.float32) - drawn_here).max()),
    }
    for what, difference in off.items():
        if not difference < 1.01:
            raise DeviceError(f"{what} is off by {difference:.3g} of 255 from the CPU's, allowed is 1")
    return round(max(off.values()))


def _prove_binding(device: FrameDevice, tryon: Session) -> None:
    """The graph must make the same of a picture that lies on the device and of the one that goes up."""
    inputs = golden_inputs(tryon.inputs, [])
    frame = np.random.default_rng(_SEED).integers(0, 256, (90, 120, 3), np.uint8)
    picture = device.cut(frame, Crop(1.5, (60.0, 45.0)))
    try:  # ONNX Runtime's errors share no base below Exception.
        found = {name: a.copy() for name, a in tryon(**(inputs | {"person": picture})).items()}
    except Exception as error:
        raise DeviceError(f"the try-on graph cannot read what they cut: {error}") from error
    wanted = tryon(**(inputs | {"person": device.read(picture)}))
    for name, want in wanted.items():
        difference = float(np.abs(found[name] - want).max())
        if not difference <= TOLERANCE:
            raise DeviceError(f"{name} of a frame cut on the device is off by {difference:.2g}")


def _scenes(rng: np.random.Generator) -> Iterator[Golden]:
    for (height, width), scale in _FRAMES:
        frame = rng.integers(0, 256, (height, width, 3), np.uint8)
        texture = rng.integers(0, 256, (256, 256, 4), np.uint8)
        texture[..., 3] = np.clip(512 * _smooth(rng, 1, 256, 256)[0], 0, 255)
        garment = Garment("", "upper", texture, np.zeros(0, np.uint8), np.zeros(0, np.float32))
        yield Golden(frame, Crop(scale, (width / 2 + 1.3, height / 2 - 2.1)), garment, _layers(rng))


def _layers(rng: np.random.Generator) -> FinishedLayers:
    """Parts that meet, occluders, paint on the grids of `finish`; no light above 1: it enlarges rounding."""
    grid, alphas = (64, 48), (MODEL_HEIGHT, MODEL_WIDTH)
    here = np.stack(np.meshgrid(np.linspace(-0.75, 0.75, grid[1]), np.linspace(-1, 1, grid[0])))
    flow = here + 0.6 * _smooth(rng, 6, *grid).reshape(3, 2, *grid) - 0.3
    return FinishedLayers(
        flow=np.ascontiguousarray(flow, np.float32),
        coverage=np.clip(2 * _smooth(rng, 3, *alphas) - 0.5, 0, 1),
        occluder=np.clip(2 * _smooth(rng, 2, *alphas) - 0.7, 0, 1),
        shading=np.clip(_smooth(rng, 3, *alphas) + 0.2, 0.2, 1),
        repeat=20 * _smooth(rng, 2, *alphas) - 10,
        repeat_alpha=np.clip(2 * _smooth(rng, 1, *alphas)[0] - 0.5, 0, 1),
        painted=_smooth(rng, 3, *alphas),
        painted_alpha=np.clip(2 * _smooth(rng, 1, *alphas)[0] - 0.5, 0, 1),
        skin=np.clip(2 * _smooth(rng, 1, *alphas)[0] - 0.5, 0, 1),
        shadow=np.clip(_smooth(rng, 1, *alphas)[0] - 0.5, 0, 1),
    )


def _smooth(rng: np.random.Generator, channels: int, height: int, width: int) -> F32:
    """(channels, height, width) float32 noise, about 0 to 1, that a few cells span."""
    coarse = rng.random((7, 6, channels), np.float32)
    fine = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC).reshape(height, width, channels)
    return np.ascontiguousarray(fine.transpose(2, 0, 1), np.float32)
