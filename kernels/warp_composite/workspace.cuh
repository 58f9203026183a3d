// What both kernels work on: the layers' channels, and what `prepare` leaves for `draw` in the workspace.
#pragma once
#include "common/device.cuh"
#include "warp_composite/warp_composite.h"

namespace lookglass::warp_composite {

using Params = LookglassWarpCompositeParams;
using Grid = LookglassLayerGrid;

constexpr int kThreads = kLookglassTileWidth * kLookglassTileHeight;
constexpr int kParts = kLookglassParts;

// Channels of the cover grid, and of the shading grid after the three of its gain.
enum {
  kCoverage = 0,
  kOccluder = 3,
  kPainted = 5,
  kPaintedAlpha = 8,
  kRepeatAlpha,
  kSkin,
  kShadow,
  kCoverChannels
};
enum { kRepeat = 3, kShadeChannels = 5 };

// The rectangle of the frame that a part may touch (none if width is 0), and where its bilinear supports
// start in the doubled grid.
struct Region {
  int left, top, width, height;
  float shift[2];
  int level, unused;
};

// The workspace: a ticket, whether any garment is visible, the regions, the doubled grids.
struct Workspace {
  uint32_t ticket, visible, unused[62];
  Region regions[kLookglassRegions];
  unsigned char padding[256 - kLookglassRegions * sizeof(Region)];
};
static_assert(sizeof(Workspace) == 512, "the plan reserves this much");

LOOKGLASS_DEVICE Workspace* workspace(const Params& p) { return static_cast<Workspace*>(p.workspace); }
LOOKGLASS_DEVICE float* fine_grid(const Params& p, int grid) {
  return reinterpret_cast<float*>(workspace(p) + 1) + p.fine_offset[grid];
}
LOOKGLASS_DEVICE int clamp(int value, int low, int high) { return min(max(value, low), high); }

}  // namespace lookglass::warp_composite
