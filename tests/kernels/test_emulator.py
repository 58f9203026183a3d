"""The emulator itself: fragment layouts from an independent source, and every fault it must see."""

import ctypes
from pathlib import Path

import numpy as np
import pytest
from attention_check import aligned

from lookglass_kernels.abi import LaunchPlan
from lookglass_kernels.build import build_emulator
from lookglass_kernels.emulator import Emulator, EmulatorError

# Layouts as CuTe writes them (cute/atom/mma_traits_sm80.hpp, SM80_16x8x16_F32F16F16F32_TN): element v of lane
# (l % 4, l / 4) has the linear index sum(coordinate * stride) in a column-major tile.
LANE_SHAPE = (8, 4)
A_STRIDES, A_VALUES = (1, 32), ((2, 2, 2), (128, 8, 16))
B_STRIDES, B_VALUES = (1, 16), ((2, 2), (64, 8))
C_STRIDES, C_VALUES = (1, 32), ((2, 2), (8, 16))


class ProbeParams(ctypes.Structure):
    _fields_ = (("input", ctypes.c_void_p), ("output", ctypes.c_void_p))


@pytest.fixture(scope="module")
def probes() -> Emulator:
    return Emulator(build_emulator(sources=[Path(__file__).with_name("probes.cu")]))


def launch(probes: Emulator, name: str, given: np.ndarray, output: np.ndarray, **options: int) -> None:
    blocks, threads = options.pop("blocks", 1), options.pop("threads", 32)
    shared = options.pop("shared_bytes", 0)
    plan = LaunchPlan(name.encode(), (blocks, 1, 1), (threads, 1, 1), shared)
    probes.launch(plan, ProbeParams(given.ctypes.data, output.ctypes.data), **options)


def cute_indices(
    lane_strides: tuple[int, int], values: tuple[tuple[int, ...], tuple[int, ...]]
) -> np.ndarray:
    """(32 lanes, values) linear index into the column-major tile; the last value mode varies fastest."""
    index = np.zeros((*LANE_SHAPE, *values[0]), np.int64)
    strides = (*lane_strides, *values[1])
    for axis, (size, stride) in enumerate(zip(index.shape, strides, strict=True)):
        index += np.arange(size).reshape([-1 if i == axis else 1 for i in range(index.ndim)]) * stride
    return index.reshape(32, -1)


def test_multiply_add_has_the_layout_cute_states(probes: Emulator, rng: np.random.Generator) -> None:
    a, b, c = (rng.standard_normal(shape) for shape in ((16, 16), (8, 16), (16, 8)))
    a, b = a.astype(np.float16), b.astype(np.float16)
    registers = [
        tile.ravel(order="F")[cute_indices(*layout)].view(np.uint32)
        for tile, layout in ((a, (A_STRIDES, A_VALUES)), (b, (B_STRIDES, B_VALUES)))
    ]
    given = np.ascontiguousarray(np.concatenate(registers, axis=1))
    where = cute_indices(C_STRIDES, C_VALUES)
    output = np.ascontiguousarray(c.astype(np.float32).ravel(order="F")[where])
    launch(probes, "probe_multiply_add", given, output)
    expected = c + a.astype(np.float64) @ b.astype(np.float64).T
    np.testing.assert_allclose(output, expected.ravel(order="F")[where], atol=1e-5)


@pytest.mark.parametrize("transposed", [False, True])
def test_load_matrices_deals_rows_to_groups_of_four_lanes(probes: Emulator, transposed: bool) -> None:
    """PTX ISA, ldmatrix: lane 4 i + j receives elements 2 j and 2 j + 1 of row i of each matrix."""
    matrices = aligned((4, 8, 8), np.uint16, 0)
    matrices[...] = np.arange(256).reshape(4, 8, 8)
    output = np.zeros((32, 4), np.uint32)
    name = "probe_load_matrices_transposed" if transposed else "probe_load_matrices"
    launch(probes, name, matrices, output, shared_bytes=512)
    seen = np.ascontiguousarray(matrices.swapaxes(1, 2)) if transposed else matrices
    np.testing.assert_array_equal(output, seen.view(np.uint32).reshape(4, 32).T)
    assert probes.bank_conflicts == 0


@pytest.mark.parametrize("seed", range(8))
def test_tickets_tell_the_last_block(probes: Emulator, seed: int) -> None:
    output = np.zeros(18, np.float32)
    launch(probes, "probe_tickets", output, output, blocks=8, threads=1, seed=seed, resident_blocks=8)
    assert output[17] == 8
    assert output[16].view(np.uint32) == 0, "the counter is ready for the next launch"


FAULTS = {
    "fault_read_without_barrier": "race: shared memory read",
    "fault_read_within_warp_without_barrier": "race: shared memory read",
    "fault_write_after_read_without_barrier": "race: shared memory written",
    "fault_two_writers": "race: two writes",
    "fault_never_written": "never written",
    "fault_out_of_bounds": "out of bounds",
    "fault_misaligned_shared": "misaligned shared",
    "fault_misaligned_global": "misaligned global",
    "fault_divergent_collective": "divergent",
    "fault_collectives_on_two_lines": "divergent",
    "fault_barrier_for_some": "barrier not reached",
    "fault_two_barriers": "barrier not reached",
    "fault_read_of_copy_in_flight": "in flight",
    "fault_copy_over_what_is_read": "race: shared memory written",
    "fault_copy_never_waited_for": "in flight",
    "fault_published_without_fence": "ticket taken before what was published is fenced",
    "fault_set_without_fence": "ticket taken before what was published is fenced",
    "fault_published_after_the_ticket": "published after the block took its ticket",
    "fault_read_without_a_fence_after_the_ticket": "without a fence after the ticket",
    "fault_read_before_the_ticket": "before the ticket",
}


@pytest.mark.parametrize("deferred", [False, True], ids=["eager", "deferred"])
@pytest.mark.parametrize(("name", "reason"), FAULTS.items(), ids=FAULTS)
def test_sees(probes: Emulator, name: str, reason: str, deferred: bool) -> None:
    given, output = aligned((16,), np.float32, 1), np.zeros(128, np.float32)
    # Room for the reads of the copies' probes, too little for the one that leaves its bounds.
    shared = 256 if name == "fault_out_of_bounds" else 1024
    with pytest.raises(EmulatorError, match=reason):
        launch(probes, name, given, output, threads=64, shared_bytes=shared, deferred_copies=deferred)


def test_knows_no_other_kernel(probes: Emulator) -> None:
    assert not probes.has("warp_drive")
    with pytest.raises(EmulatorError, match="no such kernel"):
        launch(probes, "warp_drive", np.zeros(1), np.zeros(1))
