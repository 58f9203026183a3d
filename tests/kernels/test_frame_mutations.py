"""Every barrier and fence of the frame's kernels, and steps that a picture might hide: broken, each is seen."""

# One row for each mutation, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest
from mutate import Mutation, removals, survives, whole_source

COMPOSITE, PREPROCESS = (whole_source(name) for name in ("warp_composite", "preprocess"))
COMPOSITE_MUTATIONS = (
    *removals(COMPOSITE, "block_barrier();"),
    *removals(COMPOSITE, "fence();"),
    Mutation("nothing is taken back", "    copy_pixel(p, place.left + i % place.width, place.top + i / place.width);", "    (void)i;"),
    Mutation("the sleeves' occluder for the torso", "shown[min(part, 1)]", "shown[1]"),
    Mutation("a slit beside a sleeve", "max(front - 2 * sleeves, ", "max(front, "),
    Mutation("colours not turned from RGB to BGR", "kPainted + 2 - c", "kPainted + c"),
    Mutation("one level of grain for all", "static_cast<const uint8_t*>(p.grain) + p.grain_offset", "static_cast<const uint8_t*>(p.grain)"),
    Mutation("grain on all that is painted", "if (skin == 0) return kPlain;", "skin = 255;"),
    Mutation("cubic weights mirrored", "const bool even = fine % 2 == 0;", "const bool even = fine % 2 == 1;"),
    Mutation("one level too fine", "reached ? static_cast<float>(level)", "reached ? static_cast<float>(max(level - 1, 0))"),
)  # fmt: skip


PREPROCESS_MUTATIONS = (
    Mutation("colours not turned from BGR to RGB", "const int channel = 2 - i;", "const int channel = i;"),
    Mutation("columns past the frame", "column = min(max(column, 0), p.region_size[0] - 1)", "column = max(column, 0)"),
    Mutation("rows past the frame", "row = min(max(row, 0), p.region_size[1] - 1)", "row = min(row, p.region_size[1] - 1)"),
    Mutation("the mean of one pixel less", "j < p.factor", "j < max(p.factor - 1, 1)"),
    Mutation("rows and columns of the four around", "c = cell(p, column, row + 1)", "c = cell(p, column + 1, row)"),
    Mutation("halves rounded to even at a factor of two", "p.factor == 2 ?", "p.factor == 0 ?"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "check"),
    [(COMPOSITE, "composite_check.py"), (PREPROCESS, "preprocess_check.py")],
    ids=["warp_composite", "preprocess"],
)
def test_the_source_itself_passes(tmp_path: Path, seed: int, source: str, check: str) -> None:
    assert survives(source, check, seed, tmp_path)


@pytest.mark.parametrize("mutation", COMPOSITE_MUTATIONS, ids=str)
def test_a_broken_warp_composite_fails(tmp_path: Path, seed: int, mutation: Mutation) -> None:
    assert not survives(mutation.apply(COMPOSITE), "composite_check.py", seed, tmp_path)


@pytest.mark.parametrize("mutation", PREPROCESS_MUTATIONS, ids=str)
def test_a_broken_preprocess_fails(tmp_path: Path, seed: int, mutation: Mutation) -> None:
    assert not survives(mutation.apply(PREPROCESS), "preprocess_check.py", seed, tmp_path)
