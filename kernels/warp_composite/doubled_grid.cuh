// The network's layers on a grid twice as fine, from where bilinear interpolation goes on.
#pragma once
#include "warp_composite/workspace.cuh"

namespace lookglass::warp_composite {

LOOKGLASS_DEVICE const float* source_of(const Params& p, int grid, int channel) {
  const int cells = p.grid[grid].width * p.grid[grid].height;
  if (grid == kLookglassFlowGrid) return p.flow + channel * cells;
  if (grid == kLookglassShadeGrid)
    return channel < kRepeat ? p.shading + channel * cells : p.repeat + (channel - kRepeat) * cells;
  if (channel < kOccluder) return p.coverage + channel * cells;
  if (channel < kPainted) return p.occluder + (channel - kOccluder) * cells;
  if (channel < kPaintedAlpha) return p.painted + (channel - kPainted) * cells;
  if (channel == kPaintedAlpha) return p.painted_alpha;
  if (channel == kSkin) return p.skin;
  return channel == kRepeatAlpha ? p.repeat_alpha : p.shadow;
}

// Doubling by Keys' cubic with a = -0.75: the weights of the four cells around, and the first of those cells.
struct CubicTaps {
  LOOKGLASS_DEVICE explicit CubicTaps(int fine) : first((fine + 1) / 2 - 2) {
    constexpr float kNear = -0.03515625f, kOwn = 0.26171875f, kNext = 0.87890625f, kFar = -0.10546875f;
    const bool even = fine % 2 == 0;
    weight[0] = even ? kNear : kFar, weight[1] = even ? kOwn : kNext;
    weight[2] = even ? kNext : kOwn, weight[3] = even ? kFar : kNear;
  }
  int first;
  float weight[4];
};

LOOKGLASS_DEVICE void prepare_cell(const Params& p, int cell) {
  int grid = kLookglassShadeGrid;
  while (grid > 0 && cell < p.fine_offset[grid]) --grid;
  const int width = p.grid[grid].width, height = p.grid[grid].height, enlarge = p.grid[grid].enlarge;
  const int local = cell - p.fine_offset[grid], channel = local / (enlarge * enlarge * width * height);
  if (channel >= p.grid[grid].channels) return;
  const float* source = source_of(p, grid, channel);
  if (enlarge == 1) {
    fine_grid(p, 0)[cell] = load_global<float>(source + local % (width * height));
    return;
  }
  const CubicTaps x(local % (2 * width)), y(local / (2 * width) % (2 * height));
  float sum = 0;
  for (int i = 0; i < 4; ++i) {
    const float* row = source + clamp(y.first + i, 0, height - 1) * width;
    float value = 0;
    for (int j = 0; j < 4; ++j)
      value += x.weight[j] * load_global<float>(row + clamp(x.first + j, 0, width - 1));
    sum += y.weight[i] * value;
  }
  fine_grid(p, 0)[cell] = sum;
}

}  // namespace lookglass::warp_composite
