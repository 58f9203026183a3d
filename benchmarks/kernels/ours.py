"""Our kernels on the device: right first, then timed."""

import math
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from attention_check import Case, Outputs, draw, faults

from lookglass_kernels.driver import Driver, Module
from lookglass_kernels.driver_timing import Graph
from lookglass_kernels.launch import CrossAttention

_MIN_SETS, _MAX_SETS = 16, 512


def cold_sets(l2_bytes: int, set_bytes: int) -> int:
    """How many sets of tensors, used in turn, push each other out of the L2 cache."""
    return min(max(math.ceil(1.5 * l2_bytes / set_bytes), _MIN_SETS), _MAX_SETS)


def time_graph_us(driver: Driver, launches: Sequence[Callable[..., None]], repeats: int) -> float:
    """Median microseconds of a launch when all are replayed as one CUDA graph."""

    def launch_all(stream: int) -> None:
        for launch in launches:
            launch(stream=stream)

    graph = Graph(driver, launch_all)
    graph.time_ms()
    times = [graph.time_ms() for _ in range(repeats)]
    graph.close()
    return 1000 * statistics.median(times) / len(launches)


def measure_attention(
    driver: Driver, code: Module, case: Case, *, sets: int | None, repeats: int
) -> dict[str, Any]:
    """Check one attention against float64 and time it with a cold L2.

    Returns:
        `faults`: what is further from float64 than allowed; where there is none also `us`, `sets`, `plan`.
    """
    inputs = draw(case, np.random.default_rng())
    sizes = inputs.q.shape, inputs.v.shape, inputs.extra.shape
    first = CrossAttention(driver, code, *sizes)
    found = faults(inputs, Outputs(*first(inputs.q, inputs.k, inputs.v, inputs.extra)))
    if found:
        return {"faults": found}
    count = sets or cold_sets(driver.l2_bytes, sum(memory.size for memory in first.memory.values()))
    attentions = [first, *(CrossAttention(driver, code, *sizes) for _ in range(count - 1))]
    for attention in attentions[1:]:
        attention(inputs.q, inputs.k, inputs.v, inputs.extra)
    us = time_graph_us(driver, [attention.launch for attention in attentions], repeats)
    plan = first.launch.plan
    for attention in attentions:
        attention.free()
    chosen = {"kernel": plan.kernel.decode(), "grid": list(plan.grid), "block": plan.block[0]}
    return {"faults": [], "us": us, "sets": count, "plan": chosen}
