"""`preprocess` and `warp_composite` from Python: what happens to a camera frame before and after the network.

Each keeps its tensors on the device. To have a frame go up once and come down once, point the params of both
at the same frame, and `warp_composite`'s layers at the network's outputs.
"""

from collections.abc import Sequence

import numpy as np

from lookglass import compose
from lookglass.types import U8, Crop, Layers
from lookglass_kernels.abi import (
    LaunchPlan,
    PreprocessParams,
    WarpCompositeParams,
    plan_preprocess,
    plan_warp_composite,
)
from lookglass_kernels.driver import Array
from lookglass_kernels.launch import Code, Gpu, Launch, Tensor

_CENTRED = Crop(1.0, (0.0, 0.0))
_GRIDS = ("flow", "coverage", "shading")
_RAMPS = (compose.COVERAGE_RAMP, compose.PAINTED_RAMP, compose.OCCLUDER_RAMP, compose.SEAM_RAMP)


class Preprocess:
    """`preprocess`: a crop of the camera's frame as a network wants it.

    Attributes:
        launch: the launch with its device memory: frame, out.

    Example:
        preprocess = Preprocess(gpu, code, (720, 1280))
        person = preprocess(frame, crop)
    """

    def __init__(
        self,
        gpu: Gpu,
        code: Code,
        frame: tuple[int, int],
        *,
        size: tuple[int, int] = (256, 256),
        crop_size: int = 256,
        left: int = 0,
        dtype: type[np.float32 | np.float16] = np.float32,
        gain: Sequence[float] = (1, 1, 1),
        bias: Sequence[float] = (0, 0, 0),
    ) -> None:
        """Allocate.

        Args:
            gpu: the device.
            code: the kernel's image, loaded.
            frame: height and width of the camera's frames.
            size: height and width of the result.
            crop_size: side of the square crop that the result is a part of.
            left: the crop's column at which the result begins.
            dtype: of the result.
            gain: what each of R, G and B in [0, 1] is multiplied with.
            bias: what is then added.

        Raises:
            ValueError: the sizes do not go together.
        """
        (frame_height, frame_width), (height, width) = frame, size
        self._params = PreprocessParams(
            frame_width=frame_width, frame_height=frame_height, width=width, height=height,
            crop_size=crop_size, left=left, half=dtype is np.float16,
            gain=tuple(gain), bias=tuple(bias),
        )  # fmt: skip
        tensors = {"frame": ((*frame, 3), np.uint8), "out": ((3, *size), dtype)}
        self.launch = Launch(gpu, code, self._plans(_CENTRED), self._params, tensors)

    def aim(self, crop: Crop) -> None:
        """Plan the next launches for a crop."""
        self.launch.plans = self._plans(crop)

    def __call__(self, frame: U8, crop: Crop) -> Array:
        """Upload, run and download: (H, W, 3) uint8 BGR -> (3, height, width), RGB."""
        self.aim(crop)
        return self.launch.run({"frame": frame}, ["out"])[0]

    def _plans(self, crop: Crop) -> list[LaunchPlan]:
        self._params.crop_scale, self._params.crop_center = crop.scale, crop.center
        return [plan_preprocess(self._params)]


class WarpComposite:
    """`warp_composite`: the garment drawn into the camera's frame.

    Attributes:
        launch: the two launches with their device memory: frame, out, texture and the layers by their names.

    Example:
        composite = WarpComposite(gpu, code, (720, 1280), layers, mipmap(garment.texture).levels)
        dressed = composite(frame, crop, layers)
    """

    def __init__(
        self, gpu: Gpu, code: Code, frame: tuple[int, int], layers: Layers, levels: Sequence[U8]
    ) -> None:
        """Allocate, and upload the garment's photo.

        Args:
            gpu: the device.
            code: the kernel's image, loaded.
            frame: height and width of the camera's frames.
            layers: any of the network's outputs, for their shapes.
            levels: (n, n, 4) uint8 BGRA each, the photo in ever smaller copies; see `lookglass.mipmap`.

        Raises:
            ValueError: the sizes do not go together.
        """
        shapes = {name: getattr(layers, name).shape for name in Layers.__slots__}
        texture = np.concatenate([level.reshape(-1, 4) for level in levels])
        self._params = params = WarpCompositeParams(height=frame[0], width=frame[1], level_count=len(levels))
        params.level_side[: len(levels)] = [len(level) for level in levels]
        for limits, ramp in zip(params.ramp_limits, _RAMPS, strict=True):
            limits[:] = ramp
        for grid, name in zip(params.grid, _GRIDS, strict=True):
            grid.height, grid.width = shapes[name][-2:]
        tensors: dict[str, Tensor] = {name: (shape, np.float32) for name, shape in shapes.items()}
        tensors |= {name: ((*frame, 3), np.uint8) for name in ("frame", "out")}
        tensors["texture"] = (texture.shape, np.uint8)
        self.launch = Launch(gpu, code, self._plans(_CENTRED), params, tensors)
        self.launch.memory["texture"].upload(texture)

    def aim(self, crop: Crop) -> None:
        """Plan the next launches for a crop."""
        self.launch.plans = self._plans(crop)

    def __call__(self, frame: U8, crop: Crop, layers: Layers) -> U8:
        """Upload, run and download: (H, W, 3) uint8 BGR -> the same with the garment.

        The layers are drawn as they are; `lookglass.compose` refines them on their own grid first.
        """
        self.aim(crop)
        inputs: dict[str, Array] = {name: getattr(layers, name) for name in Layers.__slots__}
        (out,) = self.launch.run({"frame": frame, **inputs}, ["out"])
        return out

    def _plans(self, crop: Crop) -> Sequence[LaunchPlan]:
        self._params.crop_scale, self._params.crop_center = crop.scale, crop.center
        return plan_warp_composite(self._params)
