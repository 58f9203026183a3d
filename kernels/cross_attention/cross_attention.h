// cross_attention's interface: params, and the plan that chooses tile and split. Plain C.
//
// out[h,i] = sum_j p_hij v[h,j], extra_out[h,i] = sum_j p_hij extra[j], lse[h,i] = ln sum_j exp(q[h,i]
// k[h,j]), p = softmax_j(q k). The scale is folded into q. All tensors are dense and row-major, 16-byte
// aligned.
#pragma once
#include <stdio.h>

#include "common/launch_plan.h"

typedef struct {
  const void* q;      // (heads, queries, key_width) fp16
  const void* k;      // (heads, keys, key_width) fp16
  const void* v;      // (heads, keys, value_width) fp16
  const void* extra;  // (keys, extra_width) fp16, shared by the heads; unused when extra_width is 0
  void* out;          // (heads, queries, value_width) fp16
  float* extra_out;   // (heads, queries, extra_width) fp32; unused when extra_width is 0
  float* lse;         // (heads, queries) fp32
  void* workspace;    // plan.workspace_bytes, zero-filled before the first launch; unused when that is 0
  int32_t heads, queries, keys, key_width, value_width, extra_width;
  int32_t splits, tiles_per_split;  // written by the plan
} LookglassCrossAttentionParams;

enum { kLookglassKeysPerTile = 64, kLookglassMaxSplits = 16, kLookglassMaxExtra = 8 };

static inline int32_t lookglass_ceil_div(int32_t a, int32_t b) { return (a + b - 1) / b; }

static inline int lookglass_cross_attention_widths_supported(int32_t key_width, int32_t value_width) {
  return (key_width == 64 && (value_width == 64 || value_width == 32)) ||
         (key_width == 32 && (value_width == 32 || value_width == 16));
}

// Sixteen queries a warp: few warps spread a small problem over the chip, many re-read K and V less often.
static inline int32_t lookglass_cross_attention_warps(const LookglassCrossAttentionParams* p, int32_t chip) {
  const int32_t tiles = lookglass_ceil_div(p->keys, kLookglassKeysPerTile);
  if (p->heads * lookglass_ceil_div(p->queries, 128) >= chip) return 8;
  return p->heads * lookglass_ceil_div(p->queries, 64) * tiles >= chip ? 4 : 2;
}

// Fills plan and params->splits, tiles_per_split from the sizes in params. `warps` (2, 4, 8) and `splits`
// force a choice, 0 leaves it to the plan. Returns null, or what is wrong with the sizes.
static inline const char* lookglass_plan_cross_attention(LookglassCrossAttentionParams* params,
                                                         int32_t multiprocessors, int32_t warps,
                                                         int32_t splits, LookglassLaunchPlan* plan) {
  if (params->heads < 1 || params->queries < 1 || params->keys < 1)
    return "cross_attention needs at least one head, query and key";
  if (!lookglass_cross_attention_widths_supported(params->key_width, params->value_width))
    return "cross_attention has no kernel for these widths; it has (key, value) 64/64, 64/32, 32/32, 32/16";
  if (params->extra_width < 0 || params->extra_width > kLookglassMaxExtra)
    return "cross_attention takes at most 8 extra columns";
  if (warps == 0) warps = lookglass_cross_attention_warps(params, multiprocessors);
  if (warps != 2 && warps != 4 && warps != 8) return "cross_attention runs 2, 4 or 8 warps a block";

  const int32_t tiles = lookglass_ceil_div(params->keys, kLookglassKeysPerTile);
  const int32_t query_blocks = lookglass_ceil_div(params->queries, 16 * warps);
  if (splits <= 0) splits = multiprocessors / (query_blocks * params->heads);
  if (splits > tiles) splits = tiles;
  if (splits > kLookglassMaxSplits) splits = kLookglassMaxSplits;
  if (splits < 1) splits = 1;
  params->tiles_per_split = lookglass_ceil_div(tiles, splits);
  params->splits = lookglass_ceil_div(tiles, params->tiles_per_split);  // none is left without a tile

  const LookglassLaunchPlan empty = {{0}, {0}, {0}, 0, 0, 0};
  *plan = empty;
  snprintf(plan->kernel, sizeof plan->kernel, "cross_attention_%d_%d_w%d", params->key_width,
           params->value_width, warps);
  plan->grid[0] = (uint32_t)query_blocks;
  plan->grid[1] = (uint32_t)params->heads;
  plan->grid[2] = (uint32_t)params->splits;
  plan->block[0] = (uint32_t)warps * 32;
  plan->block[1] = plan->block[2] = 1;
  const uint32_t stages = params->tiles_per_split > 1 ? 2 : 1;
  const uint32_t columns = (uint32_t)(params->key_width + params->value_width + kLookglassMaxExtra);
  plan->shared_bytes = stages * kLookglassKeysPerTile * columns * 2;
  if (params->splits > 1) {
    const uint32_t combine_bytes = 16 + (uint32_t)(16 * warps * params->splits) * 4;  // ticket and weights
    if (plan->shared_bytes < combine_bytes) plan->shared_bytes = combine_bytes;
    const uint64_t counters = ((uint64_t)query_blocks * (uint64_t)params->heads * 4 + 255) / 256 * 256;
    const uint64_t row_floats = (uint64_t)(params->value_width + kLookglassMaxExtra + 2);
    plan->workspace_bytes = counters + (uint64_t)query_blocks * (uint64_t)params->heads *
                                           (uint64_t)params->splits * (uint64_t)(16 * warps) * row_floats * 4;
  }
  return NULL;
}
