// The smallest or largest value of a block's threads, for all of them.
#pragma once
#include "warp_composite/workspace.cuh"

namespace lookglass::warp_composite {

// Reduces over the block; `join` of two values, through 4 bytes of shared memory per warp.
template <class Join>
LOOKGLASS_DEVICE float block_reduce(float value, Join join) {
  for (int mask = 16; mask; mask /= 2) value = join(value, shuffle_xor(value, mask));
  block_barrier();
  if (thread_id().x % 32 == 0) store_shared(thread_id().x / 32 * 4, value);
  block_barrier();
  for (uint32_t warp = 0; warp < kThreads / 32; ++warp) value = join(value, load_shared<float>(warp * 4));
  return value;
}
LOOKGLASS_DEVICE float block_min(float value) {
  return block_reduce(value, [](float a, float b) { return fminf(a, b); });
}
LOOKGLASS_DEVICE float block_max(float value) {
  return block_reduce(value, [](float a, float b) { return fmaxf(a, b); });
}

}  // namespace lookglass::warp_composite
