"""The kernels' work, and the least time that each chip's data sheet allows for it: arithmetic alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from lookglass.grain import FINEST, SIDE
from lookglass_kernels.abi import (
    CrossAttentionParams,
    LaunchPlan,
    PreprocessParams,
    WarpCompositeParams,
    plan_cross_attention,
    plan_preprocess,
    plan_warp_composite,
)


@dataclass(frozen=True)
class Chip:
    """What the tables need of a GPU, from its data sheet; `exp` is 16 a clock and multiprocessor."""

    name: str
    architecture: int
    multiprocessors: int
    bandwidth_gb_s: float
    tensor_tflops: float
    float_tflops: float
    exp_g_s: float


CHIPS = (
    Chip("H100 SXM", 90, 132, 3350, 989, 67, 3707),
    Chip("RTX 4090", 89, 128, 1008, 165, 82.6, 5161),
    Chip("RTX 3060", 86, 28, 360, 25.5, 12.7, 796),
    Chip("T4", 75, 40, 320, 65, 8.1, 1018),
    Chip("AGX Orin", 87, 16, 205, 42, 5.3, 333),
    Chip("Orin NX", 87, 8, 102, 15, 1.9, 118),
)


@dataclass(frozen=True)
class Attention:
    """One shape of cross_attention."""

    queries: int
    keys: int
    heads: int
    key_width: int
    value_width: int
    extra: int

    def __str__(self) -> str:
        extra = f" + {self.extra}" if self.extra else ""
        return f"{self.queries}x{self.keys} x {self.heads} x {self.key_width}/{self.value_width}{extra}"

    def plan(self, multiprocessors: int) -> tuple[LaunchPlan, int]:
        """The launch on a chip of that size, and into how many parts it splits the keys."""
        params = CrossAttentionParams(
            heads=self.heads, queries=self.queries, keys=self.keys, extra_width=self.extra,
            key_width=self.key_width, value_width=self.value_width,
        )  # fmt: skip
        return plan_cross_attention(params, multiprocessors=multiprocessors), params.splits

    def work(self) -> tuple[float, float, float]:
        """Bytes that must move once, floating-point operations, and exponentials."""
        rows, columns, width = self.queries * self.heads, self.keys * self.heads, self.key_width
        half = (rows + columns) * (width + self.value_width) + self.keys * self.extra
        flops = 2 * rows * self.keys * (width + self.value_width + (16 if self.extra else 0))
        return 2 * half + 4 * rows * (1 + self.extra), flops, rows * self.keys

    def times_us(self, chip: Chip) -> dict[str, float]:
        """The least time by what limits it."""
        moved, flops, exps = self.work()
        return {
            "mem": moved / chip.bandwidth_gb_s / 1e3,
            "mma": flops / chip.tensor_tflops / 1e6,
            "exp": exps / chip.exp_g_s / 1e3,
        }


ATTENTIONS = (
    Attention(192, 256, 4, 32, 32, 0),
    Attention(768, 256, 3, 32, 16, 8),
    Attention(768, 256, 1, 64, 32, 8),
    Attention(768, 1024, 1, 64, 32, 8),
    Attention(3072, 1024, 1, 64, 64, 0),
    Attention(768, 1024, 8, 64, 64, 0),
    Attention(3072, 1024, 8, 64, 64, 0),
)


@dataclass(frozen=True)
class Pictures:
    """A kernel that makes pictures, at the size that `make bench-gpu` times.

    Attributes:
        shape: in words.
        plans: its launches.
        moved: bytes that must move once.
        flops: operations, about.
    """

    shape: str
    plans: tuple[LaunchPlan, ...]
    moved: float
    flops: float

    def __str__(self) -> str:
        return self.shape

    def work(self) -> tuple[float, float, float]:
        """Bytes, operations, and no exponentials."""
        return self.moved, self.flops, 0

    def times_us(self, chip: Chip) -> dict[str, float]:
        """The least time by what limits it."""
        return {"mem": self.moved / chip.bandwidth_gb_s / 1e3, "float": self.flops / chip.float_tflops / 1e6}


def pictures() -> Iterator[Pictures]:
    """Both kernels around the network, for a person as tall as the frame."""
    yield _composite(768, 1024)
    yield _preprocess(1280, 720)


def _composite(width: int, height: int) -> Pictures:
    """Frame in and out, layers in, a texel and a grain a pixel; it interpolates 17 layers and the texel."""
    params = WarpCompositeParams(
        width=width,
        height=height,
        level_count=1,
        grain_side=SIDE,
        grain_finest=FINEST,
        crop_scale=256 / height,
        crop_center=(width / 2, height / 2),
    )
    params.level_side[0] = 1024
    for limits in params.ramp_limits:
        limits[:] = (0.3, 0.7)
    cells = ((64, 48, 6), (256, 192, 12), (256, 192, 5))
    for grid, (rows, columns, _) in zip(params.grid, cells, strict=True):
        grid.height, grid.width = rows, columns
    layers = sum(4 * rows * columns * channels for rows, columns, channels in cells)
    plans = plan_warp_composite(params)
    return Pictures(
        f"warp_composite {width}x{height}", plans, 11 * width * height + layers, 175 * width * height
    )


def _preprocess(width: int, height: int) -> Pictures:
    """A square as tall as the frame in, 256x256 floats out; each averages 16 pixels, interpolates four."""
    params = PreprocessParams(
        frame_width=width, frame_height=height, width=256, height=256, crop_size=256,
        crop_scale=256 / height, crop_center=(width / 2, height / 2),
    )  # fmt: skip
    plan = plan_preprocess(params)
    return Pictures(f"preprocess {width}x{height}", (plan,), 3 * height**2 + 12 * 256**2, 75 * 256**2)
