// The results of a warp, and their way into the tensors.
#pragma once
#include "cross_attention/warp_attention.cuh"

namespace lookglass::cross_attention {

LOOKGLASS_DEVICE float log_sum_exp(float max, float sum) { return max + log2f(sum) * kLn2; }

// A row of the result as floats, two columns at a time: V's columns, then the extra ones.
template <int kDv>
LOOKGLASS_DEVICE void store_pair(const Params& p, size_t row, int column, float2 value) {
  if (column < kDv) {
    store_global(static_cast<uint16_t*>(p.out) + row * kDv + column, pack_halves(value.x, value.y));
    return;
  }
  column -= kDv;
  if (column < p.extra_width) store_global(p.extra_out + row * p.extra_width + column, value.x);
  if (column + 1 < p.extra_width) store_global(p.extra_out + row * p.extra_width + column + 1, value.y);
}

// Calls visit(row, column, {two values}) for every result this lane holds, extra columns behind V's.
template <int kDk, int kDv, class Visit>
LOOKGLASS_DEVICE void for_each_pair(const WarpAttention<kDk, kDv>& warp, Visit visit) {
#pragma unroll
  for (int r = 0; r < 2; ++r) {
    const int row = warp.group() + r * 8;
#pragma unroll
    for (int n = 0; n < kDv / 8; ++n)
      visit(row, r, n * 8 + warp.pair(), make_float2(warp.out[n][2 * r], warp.out[n][2 * r + 1]));
    visit(row, r, kDv + warp.pair(), make_float2(warp.extra[2 * r], warp.extra[2 * r + 1]));
  }
}

template <int kDk, int kDv>
LOOKGLASS_DEVICE void store_results(const Params& p, const WarpAttention<kDk, kDv>& warp, int first_row) {
  const size_t head_row = static_cast<size_t>(block_id().y) * p.queries;
  for_each_pair(warp, [&](int row, int r, int column, float2 value) {
    row += first_row;
    if (row >= p.queries) return;
    const float scale = 1 / warp.sum[r];
    store_pair<kDv>(p, head_row + row, column, make_float2(value.x * scale, value.y * scale));
    if (column == 0) store_global(p.lse + head_row + row, log_sum_exp(warp.max[r], warp.sum[r]));
  });
}

}  // namespace lookglass::cross_attention
