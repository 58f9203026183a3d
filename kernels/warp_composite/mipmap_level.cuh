// Which size of the photo each part is drawn from.
#pragma once
#include "warp_composite/block_reduce.cuh"

namespace lookglass::warp_composite {

// The area that a cell of the flow grid covers in the garment frame; -1 where the part is not shown.
LOOKGLASS_DEVICE float flow_area(const Params& p, int part, int x, int y) {
  const Grid &grid = p.grid[kLookglassFlowGrid], &cover = p.grid[kLookglassCoverGrid];
  if (x + 1 == grid.width || y + 1 == grid.height) return -1;
  const int columns = cover.width / grid.width, rows = cover.height / grid.height;
  const float* shown = p.coverage + (part * cover.height + rows * y) * cover.width + columns * x;
  float sum = 0;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) sum += load_global<float>(shown + i * cover.width + j);
  if (!(sum / static_cast<float>(rows * columns) > 0.3f)) return -1;
  const float* u = p.flow + (2 * part * grid.height + y) * grid.width + x;
  const float* v = u + grid.height * grid.width;
  const float u0 = load_global<float>(u), v0 = load_global<float>(v);
  const float across[2] = {load_global<float>(u + 1) - u0, load_global<float>(v + 1) - v0};
  const float down[2] = {load_global<float>(u + grid.width) - u0, load_global<float>(v + grid.width) - v0};
  return fabsf(across[0] * down[1] - across[1] * down[0]);
}

// Whether the median of the areas in shared memory reaches a limit; sixteen lanes work on each limit.
LOOKGLASS_DEVICE bool median_reaches(int cells, float limit) {
  float below = 0, total = 0, low = -1, high = INFINITY;
  for (int cell = static_cast<int>(thread_id().x) % 16; cell < cells; cell += 16) {
    const float area = load_shared<float>(static_cast<uint32_t>(cell) * 4);
    if (area < 0) continue;
    total += 1;
    if (area < limit)
      below += 1, low = fmaxf(low, area);
    else
      high = fminf(high, area);
  }
  for (int mask = 8; mask; mask /= 2) {
    below += shuffle_xor(below, mask), total += shuffle_xor(total, mask);
    low = fmaxf(low, shuffle_xor(low, mask)), high = fminf(high, shuffle_xor(high, mask));
  }
  // The limit may fall between the two middle areas of an even number of them.
  if (2 * below == total && total > 0) return (low + high) / 2 >= limit;
  return 2 * below < total || total == 0;
}

// The smallest level of the mipmap that still has a texel per frame pixel (lookglass.mipmap).
LOOKGLASS_DEVICE int find_level(const Params& p, int part) {
  const Grid& grid = p.grid[kLookglassFlowGrid];
  const int cells = grid.width * grid.height;
  block_barrier();
  for (int cell = static_cast<int>(thread_id().x); cell < cells; cell += kThreads)
    store_shared(static_cast<uint32_t>(cell) * 4, flow_area(p, part, cell % grid.width, cell / grid.width));
  block_barrier();
  const int level = static_cast<int>(thread_id().x) / 16;
  const bool reached =
      median_reaches(cells, static_cast<float>(p.level_area[level])) && level < p.level_count;
  return static_cast<int>(block_max(reached ? static_cast<float>(level) : 0.0f));
}

}  // namespace lookglass::warp_composite
