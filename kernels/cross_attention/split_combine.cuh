// The results of blocks that have each seen a part of the keys.
#pragma once
#include "cross_attention/results.cuh"

namespace lookglass::cross_attention {

// Split-KV: every block publishes its unnormalised rows; the last one of a group of splits combines them.
template <int kDk, int kDv, int kWarps>
class SplitCombine {
 public:
  LOOKGLASS_DEVICE explicit SplitCombine(const Params& p) : p_(p) {
    const uint32_t groups = static_cast<uint32_t>(ceil_div(p.queries, kRows) * p.heads);
    group_ = block_id().y * static_cast<uint32_t>(ceil_div(p.queries, kRows)) + block_id().x;
    counter_ = static_cast<uint32_t*>(p.workspace) + group_;
    rows_ =
        reinterpret_cast<float*>(static_cast<unsigned char*>(p.workspace) + (groups * 4 + 255) / 256 * 256);
  }

  LOOKGLASS_DEVICE void publish_rows(const WarpAttention<kDk, kDv>& warp) const {
    const int first = static_cast<int>(thread_id().x) / 32 * 16, split = static_cast<int>(block_id().z);
    for_each_pair(warp, [&](int row, int r, int column, float2 value) {
      publish(at(split, first + row) + column, value);
      if (column == 0) publish(at(split, first + row) + kMax, make_float2(warp.max[r], warp.sum[r]));
    });
    fence();
  }

  // True in all threads of the one block that comes last.
  LOOKGLASS_DEVICE bool is_last() const {
    const uint32_t last = static_cast<uint32_t>(p_.splits) - 1;
    block_barrier();
    if (thread_id().x == 0) store_shared(kTicket, take_ticket(counter_, last));
    block_barrier();
    const bool is_last = load_shared<uint32_t>(kTicket) == last;
    fence();
    return is_last;
  }

  LOOKGLASS_DEVICE void combine() const {
    const int first_row = static_cast<int>(block_id().x) * kRows, count = min(p_.queries - first_row, kRows);
    const size_t result_row = static_cast<size_t>(block_id().y) * p_.queries + first_row;
    for (int row = static_cast<int>(thread_id().x); row < count; row += kWarps * 32)
      weigh(row, result_row + row);
    block_barrier();
    constexpr int kPairs = (kDv + kExtra) / 2;
    for (int i = static_cast<int>(thread_id().x); i < count * kPairs; i += kWarps * 32) {
      const int row = i / kPairs, column = i % kPairs * 2;
      store_pair<kDv>(p_, result_row + row, column, weighted_sum(row, column));
    }
  }

 private:
  static constexpr int kRows = kWarps * 16, kMax = kDv + kExtra, kWidth = kMax + 2;
  static constexpr uint32_t kTicket = 0, kWeights = 16;  // in shared memory, over the tiles

  LOOKGLASS_DEVICE float* at(int split, int row) const {
    return rows_ + ((static_cast<size_t>(group_) * p_.splits + split) * kRows + row) * kWidth;
  }
  LOOKGLASS_DEVICE uint32_t weight_offset(int row, int split) const {
    return kWeights + static_cast<uint32_t>(row * p_.splits + split) * 4;
  }

  // The share of each split in a row goes to shared memory, its log-sum-exp to the result.
  LOOKGLASS_DEVICE void weigh(int row, size_t result_row) const {
    float top = kMinusInfinity, sum = 0;
    for (int s = 0; s < p_.splits; ++s) top = fmaxf(top, read_published(at(s, row) + kMax).x);
    for (int s = 0; s < p_.splits; ++s) {
      const float2 part = read_published(at(s, row) + kMax);
      const float weight = power_of_two((part.x - top) * kLog2E);
      sum += weight * part.y;
      store_shared(weight_offset(row, s), weight);
    }
    for (int s = 0; s < p_.splits; ++s)
      store_shared(weight_offset(row, s), load_shared<float>(weight_offset(row, s)) / sum);
    store_global(p_.lse + result_row, log_sum_exp(top, sum));
  }

  LOOKGLASS_DEVICE float2 weighted_sum(int row, int column) const {
    float2 total = make_float2(0, 0);
    for (int s = 0; s < p_.splits; ++s) {
      const float2 value = read_published(at(s, row) + column);
      const float weight = load_shared<float>(weight_offset(row, s));
      total.x += weight * value.x;
      total.y += weight * value.y;
    }
    return total;
  }

  const Params& p_;
  uint32_t group_;
  uint32_t* counter_;
  float* rows_;
};

}  // namespace lookglass::cross_attention
