"""Every barrier, wait, swizzle and fragment index of cross_attention, broken by itself, fails its check."""

# One row for each mutation, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest
from mutate import Mutation, attention_source, survives

from lookglass_kernels.build import AMPERE, TURING

BARRIER_AFTER_TILE = "    block_barrier();  // the tile is here, and nobody reads the other stage any more\n"
SWIZZLE = "(column / 8) ^ (row / kRowsPerLine % kChunks)"
MUTATIONS = (
    Mutation("barrier after a tile's arrival", BARRIER_AFTER_TILE),
    Mutation("barrier after a tile's arrival, Turing", BARRIER_AFTER_TILE, architecture=TURING),
    Mutation("barrier before the ticket", "    block_barrier();\n    if (thread_id().x == 0)", "    if (thread_id().x == 0)"),
    Mutation("barrier after the ticket", "    block_barrier();\n    const bool is_last", "    const bool is_last"),
    Mutation("barrier before the sums", "    block_barrier();\n    constexpr int kPairs", "    constexpr int kPairs"),
    Mutation("wait for copies", "    wait_copies();\n"),
    Mutation("fence after publishing", "    });\n    fence();\n", "    });\n"),
    Mutation("next tile into the stage in use", "stage_ ^= 1;", "stage_ = 0;"),
    Mutation("swizzle dropped on both sides", SWIZZLE, "column / 8"),
    Mutation("swizzle dropped for writes", "const uint32_t first = tile_offset<kColumns>(thread_id().x / kChunks, thread_id().x % kChunks * 8);", "const uint32_t first = thread_id().x * 16;"),
    Mutation("swizzle dropped for reads of K", "keys + tile_offset<kDk>(n * 8 + lane % 8, k * 16 + lane / 8 * 8)", "keys + ((n * 8 + lane % 8) * kDk + k * 16 + lane / 8 * 8) * 2"),
    Mutation("swizzle dropped for reads of V", "values + tile_offset<kDv>(k * 16 + lane % 16, n * 8 + lane / 16 * 8)", "values + ((k * 16 + lane % 16) * kDv + n * 8 + lane / 16 * 8) * 2"),
    Mutation("rows of K's matrices", "n * 8 + lane % 8", "n * 8 + 7 - lane % 8"),
    Mutation("columns of K's matrices", "k * 16 + lane / 8 * 8)", "k * 16 + (lane / 8 ^ 1) * 8)"),
    Mutation("rows of V's matrices", "k * 16 + lane % 16", "k * 16 + (lane ^ 8) % 16"),
    Mutation("columns of V's matrices", "n * 8 + lane / 16 * 8", "n * 8 + (1 - lane / 16) * 8"),
    Mutation("rows of the extra matrices", "tile_offset<kExtra>(k * 16 + lane, 0)", "tile_offset<kExtra>(k * 16 + (lane ^ 8), 0)"),
    Mutation("rows of Q's fragments", "group() + i % 2 * 8", "group() + i / 2 * 8"),
    Mutation("columns of Q's fragments", "pair() + i / 2 * 8", "pair() + i % 2 * 8"),
    Mutation("B registers of K, first", "query_[k], b[0], b[1]", "query_[k], b[1], b[0]"),
    Mutation("B registers of K, second", "query_[k + 1], b[2], b[3]", "query_[k + 1], b[3], b[2]"),
    Mutation("B registers of V, first", "out[n], p, b[0], b[1]", "out[n], p, b[1], b[0]"),
    Mutation("B registers of V, second", "out[n + 1], p, b[2], b[3]", "out[n + 1], p, b[3], b[2]"),
    Mutation("B registers of extra", "extra, p, extra_b_[k % 2 * 2]", "extra, p, extra_b_[0]"),
    Mutation("weights' rounding not passed on", "    multiply_add(extra, rest, extra_b_[k % 2 * 2], extra_b_[k % 2 * 2 + 1]);\n"),
    Mutation("A registers of the weights", "pack_halves(s[2 * k][2], s[2 * k][3]),", "pack_halves(s[2 * k][3], s[2 * k][2]),"),
    Mutation("rows of the results", "warp.group() + r * 8", "warp.group() + (1 - r) * 8"),
    Mutation("columns of the results", "n * 8 + warp.pair()", "n * 8 + (warp.pair() ^ 2)"),
    Mutation("mask one key short", "i % 2 >= count", "i % 2 > count"),
    Mutation("sum over two lanes of four", "      sum[r] += shuffle_xor(sum[r], 2);\n"),
    Mutation("maximum over two lanes of four", "      top = fmaxf(top, shuffle_xor(top, 2));\n"),
    Mutation("old sums not rescaled", "    sum[r] *= factor;\n"),
    Mutation("old results not rescaled", "out[n][i] *= factor", "(void)factor"),
    Mutation("old extra results not rescaled", "      extra[i] *= factor;\n"),
    Mutation("rows past the last key", "const bool valid = row(i) < count;", "const bool valid = true;"),
    Mutation("tile stored one pass late, Turing", "store_shared(tile + offset(i), held_[i])", "store_shared(tile + offset(i), held_[kPasses - 1 - i])", TURING),
    Mutation("splits weighed alike", "power_of_two((part.x - top) * kLog2E)", "1.0f"),
    Mutation("ticket of another group", "block_id().y * static_cast<uint32_t>", "0 * static_cast<uint32_t>"),
)  # fmt: skip


@pytest.fixture(scope="module")
def source() -> str:
    return attention_source()


@pytest.mark.parametrize("architecture", [AMPERE, TURING], ids=["ampere", "turing"])
def test_the_source_itself_passes(source: str, tmp_path: Path, seed: int, architecture: int) -> None:
    assert survives(source, "attention_check.py", seed, tmp_path, architecture)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_a_broken_source_fails(source: str, tmp_path: Path, seed: int, mutation: Mutation) -> None:
    broken = mutation.apply(source)
    assert not survives(broken, "attention_check.py", seed, tmp_path, mutation.architecture)
