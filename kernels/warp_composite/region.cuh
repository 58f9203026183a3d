// Which rectangle of the frame each layer may touch.
#pragma once
#include "warp_composite/block_reduce.cuh"

namespace lookglass::warp_composite {

// Whether a cell of the coverage grid belongs to a region's support.
LOOKGLASS_DEVICE bool supports(const Params& p, int region, int cell) {
  const Grid& grid = p.grid[kLookglassCoverGrid];
  const int cells = grid.width * grid.height;
  const float least = static_cast<float>(p.ramp_limits[kLookglassCoverageRamp][0] / kParts);
  if (region < kParts) return load_global<float>(p.coverage + region * cells + cell) > least;
  if (region == kLookglassWindowRegion) return true;
  const float painted = static_cast<float>(p.ramp_limits[kLookglassPaintedRamp][0]);
  bool any = load_global<float>(p.painted_alpha + cell) > painted;
  any |= load_global<float>(p.repeat_alpha + cell) > painted;
  any |= load_global<float>(p.shadow + cell) > 0;
  for (int part = 0; part < kParts; ++part)
    any |= load_global<float>(p.coverage + part * cells + cell) > least;
  return any;
}

// First and last frame pixel, along an axis, of cells low to high (lookglass.region.region).
LOOKGLASS_DEVICE int2 frame_range(const Params& p, int axis, float low, float high, int frame_size) {
  const Grid& grid = p.grid[kLookglassCoverGrid];
  const double cells = axis ? grid.height : grid.width;
  // Bicubic interpolation reaches two cells; the window ends half a cell beyond its last centre.
  const double from = fmax(low - 2.0, -0.5), to = fmin(high + 2.0, cells - 0.5);
  const int first = static_cast<int>(fmax(ceil((from - p.cover_offset[axis]) / p.cover_scale[axis]), 0.0));
  const int last = static_cast<int>(
      fmin(floor((to - p.cover_offset[axis]) / p.cover_scale[axis]), static_cast<double>(frame_size - 1)));
  return make_int2(first, last);
}

LOOKGLASS_DEVICE Region find_region(const Params& p, int index) {
  const Grid& cover = p.grid[kLookglassCoverGrid];
  const int lane = static_cast<int>(thread_id().x) % 32, warp = static_cast<int>(thread_id().x) / 32;
  float left = INFINITY, right = -1, top = INFINITY, bottom = -1;
  for (int row = warp; row < cover.height; row += kThreads / 32) {
    const float y = static_cast<float>(row);
#pragma unroll 4  // without a branch, so that the loads of four steps are under way at once
    for (int column = lane; column < cover.width; column += 32) {
      const bool drawn = supports(p, index, row * cover.width + column);
      const float x = static_cast<float>(column);
      left = fminf(left, drawn ? x : INFINITY), right = fmaxf(right, drawn ? x : -1);
      top = fminf(top, drawn ? y : INFINITY), bottom = fmaxf(bottom, drawn ? y : -1);
    }
  }
  left = block_min(left), right = block_max(right), top = block_min(top), bottom = block_max(bottom);
  Region region = {};
  if (right < 0) return region;
  const int2 x = frame_range(p, 0, left, right, p.width), y = frame_range(p, 1, top, bottom, p.height);
  if (x.y < x.x || y.y < y.x) return region;
  region.left = x.x, region.top = y.x, region.width = x.y - x.x + 1, region.height = y.y - y.x + 1;
  const Grid& grid = p.grid[index < kParts                   ? kLookglassFlowGrid
                            : index == kLookglassCoverRegion ? kLookglassCoverGrid
                                                             : kLookglassShadeGrid];
  const double middle = (grid.step - 1) / 2.0;
  region.shift[0] = static_cast<float>(grid.scale[0] * (region.left + middle) + grid.offset[0]);
  region.shift[1] = static_cast<float>(grid.scale[1] * (region.top + middle) + grid.offset[1]);
  return region;
}

}  // namespace lookglass::warp_composite
