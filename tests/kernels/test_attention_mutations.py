"""Every barrier, wait, fence, swizzle and fragment index of cross_attention, broken by itself, is seen."""

# One row for each mutation, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest
from mutate import Mutation, attention_source, removals, survives

from lookglass_kernels.build import AMPERE, TURING

SOURCE = attention_source()
SWIZZLE = "(column / 8) ^ (row / kRowsPerLine % kChunks)"
MUTATIONS = (
    *removals(SOURCE, "block_barrier();"),
    *removals(SOURCE, "block_barrier();", TURING),
    *removals(SOURCE, "wait_copies();"),
    *removals(SOURCE, "fence();"),
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
    Mutation("A registers of the weights, second", "pack_halves(s[2 * k][2], s[2 * k][3]),", "pack_halves(s[2 * k][3], s[2 * k][2]),"),
    Mutation("A registers of the weights, first", "pack_halves(s[2 * k][0], s[2 * k][1]), ", "pack_halves(s[2 * k][1], s[2 * k][0]), "),
    Mutation("A registers of the weights, third", "pack_halves(s[2 * k + 1][0], s[2 * k + 1][1])", "pack_halves(s[2 * k + 1][1], s[2 * k + 1][0])"),
    Mutation("A registers of the weights, fourth", "pack_halves(s[2 * k + 1][2], s[2 * k + 1][3])", "pack_halves(s[2 * k + 1][3], s[2 * k + 1][2])"),
    Mutation("A registers of the weights' rows", "p[4] = {pack_halves(s[2 * k][0], s[2 * k][1]), pack_halves(s[2 * k][2], s[2 * k][3])", "p[4] = {pack_halves(s[2 * k][2], s[2 * k][3]), pack_halves(s[2 * k][0], s[2 * k][1])"),
    *(Mutation(f"A register {i} of the weights' rounding", f"rounding({a}, {b}, p[{i}])", f"rounding({b}, {a}, p[{i}])") for i, (a, b) in enumerate((("s0[0]", "s0[1]"), ("s0[2]", "s0[3]"), ("s1[0]", "s1[1]"), ("s1[2]", "s1[3]")))),
    Mutation("rows of the weights' rounding", "value.x, high - value.y", "value.y, high - value.x"),
    Mutation("values of the results", "warp.out[n][2 * r], warp.out[n][2 * r + 1]", "warp.out[n][2 * r + 1], warp.out[n][2 * r]"),
    Mutation("values of the extra results", "warp.extra[2 * r], warp.extra[2 * r + 1]", "warp.extra[2 * r + 1], warp.extra[2 * r]"),
    Mutation("columns of the extra results", "kDv + warp.pair()", "kDv + (warp.pair() ^ 2)"),
    Mutation("rows of the statistics", "make_float2(warp.max[r], warp.sum[r])", "make_float2(warp.max[1 - r], warp.sum[1 - r])"),
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


@pytest.mark.parametrize("architecture", [AMPERE, TURING], ids=["ampere", "turing"])
def test_the_source_itself_passes(tmp_path: Path, seed: int, architecture: int) -> None:
    assert survives(SOURCE, "attention_check.py", seed, tmp_path, architecture)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_broken_source_fails(tmp_path: Path, seed: int, mutation: Mutation) -> None:
    broken = mutation.apply(SOURCE)
    assert not survives(broken, "attention_check.py", seed, tmp_path, mutation.architecture)
