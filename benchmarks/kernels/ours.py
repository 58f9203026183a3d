"""Our kernels on the device: right first, then timed."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from attention_check import Case, Outputs, draw, faults
from composite_check import difference, draw_scene

from lookglass.mipmap import Mipmap
from lookglass.person.crop import cut
from lookglass.types import Crop
from lookglass_kernels.driver import Driver, Module
from lookglass_kernels.driver_timing import Graph
from lookglass_kernels.launch import Launch
from lookglass_kernels.launch_attention import CrossAttention
from lookglass_kernels.launch_frame import Preprocess, WarpComposite

_MIN_SETS, _MAX_SETS = 16, 512


@dataclass(frozen=True)
class Made:
    """A kernel ready to be launched on tensors of its own, and what is wrong with its first result."""

    launch: Launch
    faults: list[str]


Make = Callable[[Driver, Module, np.random.Generator], Made]


def attention(case: Case) -> Make:
    """Makes one attention and holds it against float64."""

    def make(driver: Driver, code: Module, rng: np.random.Generator) -> Made:
        inputs = draw(case, rng)
        made = CrossAttention(driver, code, inputs.q.shape, inputs.v.shape, inputs.extra.shape)
        results = made(inputs.q, inputs.k, inputs.v, inputs.extra)
        return Made(made.launch, faults(inputs, Outputs(*results)))

    return make


def preprocess(height: int, width: int) -> Make:
    """Makes one crop of a person who stands as tall as the frame, and holds it against the runtime's."""

    def make(driver: Driver, code: Module, rng: np.random.Generator) -> Made:
        frame = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        crop = Crop(256 / height, (width / 2, height / 2))
        made = Preprocess(driver, code, (height, width))
        off = np.abs(made(frame, crop) * 255 - cut(frame, crop)[..., ::-1].transpose(2, 0, 1)).max()
        return Made(made.launch, [] if off <= 1.001 else [f"off by {off} of 255"])

    return make


def warp_composite(height: int, width: int) -> Make:
    """Makes one drawing of random layers over most of the frame, and holds it against the runtime's."""

    def make(driver: Driver, code: Module, rng: np.random.Generator) -> Made:
        scene = draw_scene(rng, size=(height, width), scale=256 / height, side=1024)
        levels = Mipmap(scene.texture).levels
        made = WarpComposite(driver, code, (height, width), scene.layers, levels)
        found = difference(scene, made(scene.frame, scene.crop, scene.layers))
        return Made(made.launch, [found] if found else [])

    return make


def measure(
    driver: Driver, code: Module, make: Make, *, seed: int, sets: int | None, repeats: int
) -> dict[str, Any]:
    """Check a kernel and time it with a cold L2: sets of tensors, used in turn, push each other out.

    Returns:
        `faults`; where there is none also `us`, `sets` and `plans`.
    """
    rng = np.random.default_rng(seed)
    first = make(driver, code, rng)
    if first.faults:
        return {"faults": first.faults}
    size = sum(memory.size for memory in first.launch.memory.values())
    wanted = math.ceil(1.5 * driver.l2_bytes / size)
    count = sets or min(max(wanted, _MIN_SETS), _MAX_SETS)
    launches = [first.launch, *(make(driver, code, rng).launch for _ in range(count - 1))]
    us = _time_us(driver, launches, repeats)
    for launch in launches:
        launch.free()
    plans = [
        {"kernel": plan.kernel.decode(), "grid": list(plan.grid), "block": plan.block[0]}
        for plan in first.launch.plans
    ]
    return {"faults": [], "us": us, "sets": count, "plans": plans}


def _time_us(driver: Driver, launches: list[Launch], repeats: int) -> float:
    """Median microseconds of a launch when all are replayed as one CUDA graph."""

    def launch_all(stream: int) -> None:
        for launch in launches:
            launch(stream=stream)

    graph = Graph(driver, launch_all)
    graph.time_ms()
    times = [graph.time_ms() for _ in range(repeats)]
    graph.close()
    return 1000 * statistics.median(times) / len(launches)
