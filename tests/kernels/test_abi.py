"""The ctypes mirror and the plans."""

import ctypes

import pytest

from lookglass_kernels.abi import (
    CrossAttentionParams,
    PreprocessParams,
    WarpCompositeParams,
    plan_cross_attention,
)


def params(**sizes: int) -> CrossAttentionParams:
    return CrossAttentionParams(
        **{**dict(heads=4, queries=192, keys=256, key_width=32, value_width=32), **sizes}
    )


@pytest.mark.parametrize(
    ("kernel", "struct"),
    [
        ("cross_attention_32_32_w2", CrossAttentionParams),
        ("warp_composite_prepare", WarpCompositeParams),
        ("warp_composite_draw", WarpCompositeParams),
        ("preprocess", PreprocessParams),
    ],
)
def test_structs_are_as_large_as_in_c(ampere, kernel: str, struct: type[ctypes.Structure]) -> None:
    assert ampere.params_bytes(kernel) == ctypes.sizeof(struct)


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        (dict(heads=0), "at least one"),
        (dict(queries=0), "at least one"),
        (dict(keys=-1), "at least one"),
        (dict(key_width=48), "widths"),
        (dict(value_width=64), "widths"),
        (dict(extra_width=9), "at most 8"),
    ],
)
def test_plan_says_what_it_cannot_do(sizes: dict[str, int], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        plan_cross_attention(params(**sizes), multiprocessors=132)


@pytest.mark.parametrize("keys", [1, 64, 65, 1000, 5000])
@pytest.mark.parametrize("splits", [0, 1, 3, 16, 99])
def test_every_split_has_a_tile_and_every_tile_a_split(keys: int, splits: int) -> None:
    sizes = params(keys=keys)
    plan = plan_cross_attention(sizes, multiprocessors=132, splits=splits)
    tiles = -(-keys // 64)
    assert (sizes.splits - 1) * sizes.tiles_per_split < tiles <= sizes.splits * sizes.tiles_per_split
    assert plan.grid[2] == sizes.splits <= 16


@pytest.mark.parametrize(("heads", "queries", "keys"), [(4, 192, 256), (1, 768, 1024), (1, 3072, 1024)])
def test_small_problems_are_spread_over_the_chip(heads: int, queries: int, keys: int) -> None:
    plan = plan_cross_attention(params(heads=heads, queries=queries, keys=keys), multiprocessors=132)
    assert plan.grid[0] * plan.grid[1] * plan.grid[2] >= 132 / 2


def test_shared_memory_needs_no_opt_in() -> None:
    for warps in (2, 4, 8):
        for widths in ((64, 64), (64, 32), (32, 32), (32, 16)):
            sizes = params(keys=3000, key_width=widths[0], value_width=widths[1])
            plan = plan_cross_attention(sizes, multiprocessors=132, warps=warps, splits=16)
            assert plan.shared_bytes <= 48 << 10
