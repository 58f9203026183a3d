// warp_composite's interface: the network's layers and the garment's photo, drawn into a frame. Plain C.
//
// The same picture as lookglass.compose draws, within 1 of 255; bit-exact where nothing is drawn. Two
// launches on one stream: prepare enlarges the layers and finds the regions, draw composes each pixel of the
// frame. Each grid has a size of its own; that of coverage, occluder and paint is a whole multiple of the
// flow's.
#pragma once
#include <math.h>
#include <stddef.h>

#include "common/launch_plan.h"

enum { kLookglassLevels = 16, kLookglassParts = 3, kLookglassGrainLevels = 4 };
enum { kLookglassFlowGrid, kLookglassCoverGrid, kLookglassShadeGrid, kLookglassGrids };
// A part's flow, then the whole garment's place as seen by the finer and by the shading grid; what the crop's
// window shows of the frame.
enum {
  kLookglassCoverRegion = kLookglassParts,
  kLookglassShadeRegion,
  kLookglassWindowRegion,
  kLookglassRegions
};
enum {
  kLookglassCoverageRamp,
  kLookglassPaintedRamp,
  kLookglassOccluderRamp,
  kLookglassSeamRamp,
  kLookglassRamps
};
enum { kLookglassTileWidth = 32, kLookglassTileHeight = 8 };

// A layer grid over the window of the person crop. Frame pixel * scale + offset = cell of the grid enlarged.
typedef struct {
  double scale[2], offset[2];
  int32_t width, height, channels;  // as the layers come
  int32_t step;                     // frame pixels between bilinear supports
  int32_t enlarge, reserved;        // 2 where cells are wide enough to show kinks, else 1
} LookglassLayerGrid;

typedef struct {
  const void* frame;           // (height, width, 3) uint8 BGR
  void* out;                   // the same shape, another buffer
  const float* flow;           // (3, 2, h, w) in [-1, 1]; lookglass.types.FinishedLayers
  const float* coverage;       // (3, H, W)
  const float* occluder;       // (2, H, W)
  const float* shading;        // (3, h', w') RGB gain
  const float* repeat;         // (2, h', w') x and y in frame pixels, to what is shown in a pixel's stead
  const float* repeat_alpha;   // (H, W)
  const float* painted;        // (3, H, W) RGB in [0, 1]
  const float* painted_alpha;  // (H, W)
  const float* skin;           // (H, W) how much of what is painted is skin
  const float* shadow;         // (H, W) share of the light that is lost under the garment
  const void* grain;           // lookglass.grain: the levels one after the other, (n, n) uint8 each
  const void* texture;         // the mipmap's levels one after the other, (n, n, 4) uint8 BGRA each
  void* workspace;             // zero-filled before the first launch
  int32_t width, height;       // of the frame
  int32_t level_count, level_side[kLookglassLevels];
  int32_t grain_side;                      // of the finest level, a power of two
  double grain_finest;                     // its pixels a crop pixel
  double crop_scale, crop_center[2];       // lookglass.types.Crop
  double ramp_limits[kLookglassRamps][2];  // alphas rise from 0 to 1 between these: constants of compose.py
  // Written by the plan; grid sizes (width, height) are read from them.
  LookglassLayerGrid grid[kLookglassGrids];
  double cover_scale[2], cover_offset[2];  // to cells of the coverage grid as it is
  double grain_scale[2], grain_map[2];     // from frame pixels to those of the level that serves
  int32_t grain_offset, grain_mask;        // of that level, from the start of grain; its side less one
  double level_area[kLookglassLevels];     // flow area of a cell from which on level i serves
  int32_t level_offset[kLookglassLevels];  // pixels from the start of texture
  int32_t fine_offset[kLookglassGrids];    // floats from the start of the enlarged grids
  uint32_t ramp[kLookglassRamps * 64];     // four bytes a word: a table of 256 bytes for each ramp
} LookglassWarpCompositeParams;

// person/crop.py: the network sees the central columns of the square crop.
static const double kLookglassCropSize = 256, kLookglassWindow[2] = {192, 256};

static inline void lookglass_window_map(const LookglassWarpCompositeParams* p, int32_t width, int32_t height,
                                        double scale[2], double offset[2]) {
  const int32_t size[2] = {width, height};
  for (int axis = 0; axis < 2; ++axis) {
    const double cells = size[axis] / kLookglassWindow[axis];
    const double start = (kLookglassCropSize - kLookglassWindow[axis]) / 2;
    const double middle = (kLookglassCropSize - 1) / 2;
    scale[axis] = p->crop_scale * cells;
    offset[axis] = (middle - p->crop_scale * p->crop_center[axis] - start + 0.5) * cells - 0.5;
  }
}

// Bilinear supports that a tile of frame pixels reads, along an axis.
LOOKGLASS_HOST_DEVICE static inline int32_t lookglass_supports(int32_t pixels, int32_t step) {
  return (pixels - 1) / step + 3;
}

LOOKGLASS_HOST_DEVICE static inline uint32_t lookglass_tile_bytes(const LookglassLayerGrid* grid) {
  return (uint32_t)(grid->channels * lookglass_supports(kLookglassTileWidth, grid->step) *
                    lookglass_supports(kLookglassTileHeight, grid->step) * 4);
}

// compose.py, _ramp_table: 0 below the limits, 255 above, linear between, halves to even.
static inline void lookglass_fill_ramps(LookglassWarpCompositeParams* p) {
  for (int i = 0; i < kLookglassRamps * 64; ++i) p->ramp[i] = 0;
  for (int i = 0; i < kLookglassRamps * 256; ++i) {
    const double low = p->ramp_limits[i / 256][0], high = p->ramp_limits[i / 256][1];
    double share = (i % 256 / 255.0 - low) / (high - low);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    p->ramp[i / 4] |= (uint32_t)rint(share * 255) << (8 * (i % 4));
  }
}

// grain.py, grain_of: the level that is a little finer than the frame.
static inline void lookglass_aim_grain(LookglassWarpCompositeParams* p) {
  double fine = p->grain_finest, skipped = floor(log2(fine * p->crop_scale));
  skipped = skipped < 0 ? 0 : skipped > kLookglassGrainLevels - 1 ? kLookglassGrainLevels - 1 : skipped;
  int32_t offset = 0, side = p->grain_side;
  for (int i = 0; i < skipped; ++i, side /= 2, fine /= 2) offset += side * side;
  p->grain_offset = offset, p->grain_mask = side - 1;
  lookglass_window_map(p, (int32_t)rint(kLookglassWindow[0] * fine),
                       (int32_t)rint(kLookglassWindow[1] * fine), p->grain_scale, p->grain_map);
}

// Fills the derived params and the two plans, from frame, grid, level and crop sizes. Null, or what is wrong.
static inline const char* lookglass_plan_warp_composite(LookglassWarpCompositeParams* p,
                                                        LookglassLaunchPlan plans[2]) {
  static const int32_t channels[kLookglassGrids] = {6, 12, 5};
  LookglassLayerGrid* flow = &p->grid[kLookglassFlowGrid];
  const LookglassLayerGrid* cover = &p->grid[kLookglassCoverGrid];
  if (p->width < 1 || p->height < 1) return "warp_composite needs a frame";
  if (!(p->crop_scale > 0)) return "warp_composite needs a crop of positive scale";
  for (int i = 0; i < kLookglassRamps; ++i)
    if (!(p->ramp_limits[i][0] < p->ramp_limits[i][1])) return "warp_composite needs ramps that rise";
  if (p->grain_side < 1 << (kLookglassGrainLevels - 1) || p->grain_side & (p->grain_side - 1) ||
      !(p->grain_finest > 0))
    return "warp_composite needs grain whose side is a power of two";
  if (p->level_count < 1 || p->level_count > kLookglassLevels) return "warp_composite takes 1 to 16 levels";
  if (flow->width < 2 || flow->height < 2 || cover->width < flow->width || cover->height < flow->height ||
      cover->width % flow->width || cover->height % flow->height)
    return "warp_composite needs a coverage grid of a whole multiple of the flow grid's size";

  int32_t floats = 0, most_floats = 0;
  uint32_t shared = kLookglassRamps * 256;
  for (int i = 0; i < kLookglassGrids; ++i) {
    LookglassLayerGrid* grid = &p->grid[i];
    if (grid->width < 1 || grid->height < 1) return "warp_composite needs all layers";
    // lookglass.region, _coarse: cells wider than 3 frame pixels are halved smoothly.
    lookglass_window_map(p, grid->width, grid->height, grid->scale, grid->offset);
    const int32_t enlarge = 1 / grid->scale[0] > 3.0 ? 2 : 1;
    lookglass_window_map(p, enlarge * grid->width, enlarge * grid->height, grid->scale, grid->offset);
    const double step = rint(1 / grid->scale[0]);
    grid->step = step < 1 ? 1 : step > 16 ? 16 : (int32_t)step;
    grid->enlarge = enlarge;
    grid->reserved = 0;
    grid->channels = channels[i];
    p->fine_offset[i] = floats;
    floats += grid->channels * enlarge * enlarge * grid->width * grid->height;
    most_floats += grid->channels * 4 * grid->width * grid->height;
    shared += lookglass_tile_bytes(grid);
  }
  lookglass_window_map(p, cover->width, cover->height, p->cover_scale, p->cover_offset);

  lookglass_fill_ramps(p);
  lookglass_aim_grain(p);

  // The garment frame's side is drawn 2 cell / sqrt(area) pixels long; each level is sqrt(2) smaller than the
  // last, and the nearest one serves.
  const double cell = kLookglassWindow[1] / flow->height / p->crop_scale;
  int32_t offset = 0;
  for (int i = 0; i < p->level_count; ++i) {
    const double side = 2 * cell / p->level_side[0];
    p->level_area[i] = side * side * pow(2, i - 0.5);
    p->level_offset[i] = offset;
    offset += p->level_side[i] * p->level_side[i];
  }

  const LookglassLaunchPlan empty = {{0}, {0}, {0}, 0, 0, 0};
  plans[0] = plans[1] = empty;
  snprintf(plans[0].kernel, sizeof plans[0].kernel, "warp_composite_prepare");
  plans[0].grid[0] = kLookglassRegions + (uint32_t)((floats + 255) / 256);
  plans[0].grid[1] = plans[0].grid[2] = 1;
  plans[0].shared_bytes = (uint32_t)(flow->width * flow->height * 4);
  if (plans[0].shared_bytes > 48 << 10) return "warp_composite takes flow grids of at most 12,288 cells";
  snprintf(plans[1].kernel, sizeof plans[1].kernel, "warp_composite_draw");
  plans[1].grid[0] = (uint32_t)((p->width + kLookglassTileWidth - 1) / kLookglassTileWidth);
  plans[1].grid[1] = (uint32_t)((p->height + kLookglassTileHeight - 1) / kLookglassTileHeight);
  plans[1].grid[2] = 1;
  plans[1].shared_bytes = shared;
  for (int i = 0; i < 2; ++i) {
    plans[i].block[0] = kLookglassTileWidth * kLookglassTileHeight;
    plans[i].block[1] = plans[i].block[2] = 1;
    plans[i].workspace_bytes = 512 + (uint64_t)most_floats * 4;  // enough for every crop
  }
  return NULL;
}
