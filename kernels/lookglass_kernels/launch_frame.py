"""`preprocess` and `warp_composite` from Python: what happens to a camera frame before and after the network.

Each keeps its tensors on the device. `frame_device` lends both the same frame.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from lookglass import compose
from lookglass.grain import FINEST, SIDE, grain
from lookglass.types import U8, Crop, FinishedLayers
from lookglass_kernels.abi import (
    LaunchPlan,
    PreprocessParams,
    WarpCompositeParams,
    plan_preprocess,
    plan_warp_composite,
)
from lookglass_kernels.driver import Array
from lookglass_kernels.launch import Code, Gpu, Launch, Memory, Tensor

_CENTRED = Crop(1.0, (0.0, 0.0))
_NOTHING: Mapping[str, Memory] = MappingProxyType({})
_LAYERS = FinishedLayers.__slots__
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
        lent: Mapping[str, Memory] = _NOTHING,
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
            lent: tensors that lie in memory of the caller's, such as the frame.

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
        self.launch = Launch(gpu, code, self._plans(_CENTRED), self._params, tensors, lent=lent)

    def aim(self, crop: Crop) -> None:
        """Plan the next launches for a crop."""
        self.launch.plans = self._plans(crop)

    def part(self) -> tuple[slice, slice]:
        """Rows and columns of the frame around the crop: all that the next launch reads."""
        p = self._params
        firsts, cells, sizes = p.region, p.region_size, (p.frame_width, p.frame_height)
        # What is no whole cell at the frame's end is not averaged, but it is drawn on.
        ends = (min(f + (c + 1) * p.factor, size) for f, c, size in zip(firsts, cells, sizes, strict=True))
        columns, rows = (slice(first, end) for first, end in zip(firsts, ends, strict=True))
        return rows, columns

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
        self,
        gpu: Gpu,
        code: Code,
        frame: tuple[int, int],
        layers: FinishedLayers,
        levels: Sequence[U8],
        *,
        lent: Mapping[str, Memory] = _NOTHING,
    ) -> None:
        """Allocate, and upload the garment's photo.

        Args:
            gpu: the device.
            code: the kernel's image, loaded.
            frame: height and width of the camera's frames.
            layers: any that `lookglass.finish` returned, for their shapes.
            levels: the garment's photo, see `wear`.
            lent: tensors that lie in memory of the caller's, such as the frame.

        Raises:
            ValueError: the sizes do not go together.
        """
        self._shapes = shapes = {name: getattr(layers, name).shape for name in _LAYERS}
        self._params = params = WarpCompositeParams(
            height=frame[0], width=frame[1], grain_side=SIDE, grain_finest=FINEST
        )
        self._list_levels(levels)
        for limits, ramp in zip(params.ramp_limits, _RAMPS, strict=True):
            limits[:] = ramp
        for grid, name in zip(params.grid, _GRIDS, strict=True):
            grid.height, grid.width = shapes[name][-2:]
        tensors: dict[str, Tensor] = {name: (shape, np.float32) for name, shape in shapes.items()}
        tensors |= {name: ((*frame, 3), np.uint8) for name in ("frame", "out")}
        self.launch = Launch(gpu, code, self._plans(_CENTRED), params, tensors, lent=lent)
        self._loaded: dict[str, U8] = {}
        self._load("grain", np.concatenate([level.ravel() for level in grain()]))
        self.wear(levels)

    def fits(self, layers: FinishedLayers) -> bool:
        """Whether layers have the shapes that this was made for."""
        return all(getattr(layers, name).shape == shape for name, shape in self._shapes.items())

    def wear(self, levels: Sequence[U8], *, stream: int = 0) -> None:
        """Upload another garment's photo; plans made before no longer hold.

        Args:
            levels: (n, n, 4) uint8 BGRA each, the photo in ever smaller copies; see `lookglass.mipmap`.
            stream: that the next launches are queued on.
        """
        self._list_levels(levels)
        self._load("texture", np.concatenate([level.reshape(-1, 4) for level in levels]), stream=stream)

    def aim(self, crop: Crop) -> None:
        """Plan the next launches for a crop."""
        self.launch.plans = self._plans(crop)

    def upload(self, layers: FinishedLayers, *, stream: int = 0) -> None:
        """Upload layers, which must not change before the stream has passed the copies."""
        for name in _LAYERS:
            self.launch.memory[name].upload(getattr(layers, name), stream=stream)

    def __call__(self, frame: U8, crop: Crop, layers: FinishedLayers) -> U8:
        """Upload, run and download: (H, W, 3) uint8 BGR -> the same with the garment."""
        self.aim(crop)
        self.upload(layers)
        (out,) = self.launch.run({"frame": frame}, ["out"])
        return out

    def _load(self, name: str, levels: U8, *, stream: int = 0) -> None:
        self._loaded[name] = levels  # The stream may not have passed the copy yet.
        self.launch.allocate(name, (levels.shape, np.uint8))
        self.launch.memory[name].upload(levels, stream=stream)

    def _list_levels(self, levels: Sequence[U8]) -> None:
        self._params.level_count = len(levels)
        self._params.level_side[: len(levels)] = [len(level) for level in levels]

    def _plans(self, crop: Crop) -> Sequence[LaunchPlan]:
        self._params.crop_scale, self._params.crop_center = crop.scale, crop.center
        return plan_warp_composite(self._params)
