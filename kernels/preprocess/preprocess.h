// preprocess's interface: a piece of a camera frame, scaled and turned into a network's input. Plain C.
//
// The same picture as lookglass.person.crop.cut, then value / 255 * gain + bias per channel, RGB, planar.
#pragma once
#include <stdio.h>

#include "common/launch_plan.h"

typedef struct {
  const void* frame;  // (frame_height, frame_width, 3) uint8 BGR
  void* out;          // (3, height, width) RGB, fp16 or fp32
  int32_t frame_width, frame_height;
  int32_t width, height;              // of the result
  int32_t crop_size, left;            // the result is columns left to left + width of a square of crop_size
  int32_t half;                       // 1: fp16, 0: fp32
  double crop_scale, crop_center[2];  // lookglass.types.Crop
  float gain[3], bias[3];             // RGB
  // Written by the plan. The frame is averaged down by `factor` in the region that the crop lies in: nothing
  // else of it is read. The result's pixel i samples what that gives at i * scale + offset.
  int32_t factor, region[2], region_size[2];
  float scale, offset[2];
} LookglassPreprocessParams;

static inline double lookglass_clip(double value, double low, double high) {
  return value < low ? low : value > high ? high : value;
}

// person/crop.py, _shrink_region, along one axis.
static inline void lookglass_shrink_axis(LookglassPreprocessParams* p, int axis, int32_t frame_size) {
  const double half = p->crop_size / p->crop_scale / 2 + 2 * p->factor, center = p->crop_center[axis];
  const int32_t first = (int32_t)lookglass_clip(center - half, 0, frame_size - p->factor);
  const int32_t end = (int32_t)lookglass_clip(center + half, first + p->factor, frame_size);
  const int32_t cells = (end - first) / p->factor;
  p->region[axis] = first;
  p->region_size[axis] = cells < 1 ? 1 : cells;
}

// Fills the derived params and the plan. Null, or what is wrong.
static inline const char* lookglass_plan_preprocess(LookglassPreprocessParams* p, LookglassLaunchPlan* plan) {
  const int32_t frame_size[2] = {p->frame_width, p->frame_height};
  if (p->frame_width < 1 || p->frame_height < 1) return "preprocess needs a frame";
  if (p->width < 1 || p->height < 1 || p->left < 0 || p->left + p->width > p->crop_size ||
      p->height > p->crop_size)
    return "preprocess needs a result inside the square crop";
  if (!(p->crop_scale > 0)) return "preprocess needs a crop of positive scale";
  p->factor = 1 / p->crop_scale < 2 ? 1 : (int32_t)(1 / p->crop_scale);
  if (p->factor > p->frame_width || p->factor > p->frame_height)
    return "preprocess needs a frame larger than one pixel of the crop";
  p->scale = (float)(1 / (p->crop_scale * p->factor));
  for (int axis = 0; axis < 2; ++axis) {
    lookglass_shrink_axis(p, axis, frame_size[axis]);
    // Pixel centres: small = (full - region - (factor - 1) / 2) / factor.
    const double middle = (p->crop_size - 1) / 2.0 - (axis == 0 ? p->left : 0);
    const double center = (p->crop_center[axis] - p->region[axis] - (p->factor - 1) / 2.0) / p->factor;
    p->offset[axis] = (float)(center - middle / (p->crop_scale * p->factor));
  }
  const LookglassLaunchPlan empty = {{0}, {0}, {0}, 0, 0, 0};
  *plan = empty;
  snprintf(plan->kernel, sizeof plan->kernel, "preprocess");
  plan->grid[0] = (uint32_t)(p->width + 31) / 32;
  plan->grid[1] = (uint32_t)(p->height + 7) / 8;
  plan->grid[2] = 1;
  plan->block[0] = 256;
  plan->block[1] = plan->block[2] = 1;
  return NULL;
}
