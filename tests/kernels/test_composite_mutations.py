"""Every barrier of warp_composite, and steps that a picture might hide: broken, each fails its check."""

# One row for each mutation, however long.
# ruff: noqa: E501

from pathlib import Path

import pytest
from mutate import Mutation, survives

from lookglass_kernels.build import source_of

MUTATIONS = (
    Mutation("barrier before a block's partial results", "  block_barrier();\n  if (thread_id().x % 32 == 0) store_shared(thread_id().x / 32 * 4, value);", "  if (thread_id().x % 32 == 0) store_shared(thread_id().x / 32 * 4, value);"),
    Mutation("barrier after a block's partial results", "  block_barrier();\n  for (uint32_t warp = 0;", "  for (uint32_t warp = 0;"),
    Mutation("barrier before the areas", "  block_barrier();\n  for (int cell = static_cast<int>(thread_id().x); cell < cells;", "  for (int cell = static_cast<int>(thread_id().x); cell < cells;"),
    Mutation("barrier after the areas", "  block_barrier();\n  const int level =", "  const int level ="),
    Mutation("barrier after the layers", "  const Layers layers = load_layers(p);\n  block_barrier();\n", "  const Layers layers = load_layers(p);\n"),
    Mutation("barrier before the ticket", "  fence();\n  block_barrier();\n", "  fence();\n"),
    Mutation("barrier after the ticket", "  block_barrier();\n  if (!load_shared<uint32_t>(0)) return;\n", "  if (!load_shared<uint32_t>(0)) return;\n"),
    Mutation("barrier before the answer", "  if (!load_shared<uint32_t>(0)) return;\n  block_barrier();\n", "  if (!load_shared<uint32_t>(0)) return;\n"),
    Mutation("barrier after the answer", "  block_barrier();\n  if (load_shared<uint32_t>(0)) return;\n", "  if (load_shared<uint32_t>(0)) return;\n"),
    Mutation("nothing is taken back", "    copy_pixel(p, place.left + i % place.width, place.top + i / place.width);", "    (void)i;"),
    Mutation("the torso's occluder for the sleeves", "shown[min(part, 1)]", "shown[0]"),
    Mutation("colours not turned from RGB to BGR", "kPainted + 2 - c", "kPainted + c"),
    Mutation("cubic weights mirrored", "const bool even = fine % 2 == 0;", "const bool even = fine % 2 == 1;"),
    Mutation("one level too fine", "reached ? static_cast<float>(level)", "reached ? static_cast<float>(max(level - 1, 0))"),
)  # fmt: skip


@pytest.fixture(scope="module")
def source() -> str:
    return source_of("warp_composite").read_text()


def test_the_source_itself_passes(source: str, tmp_path: Path, seed: int) -> None:
    assert survives(source, "composite_check.py", seed, tmp_path)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.name)
def test_a_broken_source_fails(source: str, tmp_path: Path, seed: int, mutation: Mutation) -> None:
    assert not survives(mutation.apply(source), "composite_check.py", seed, tmp_path)
