// Kernels that do one thing each: show a fragment layout, or commit the fault their name tells.
#include <stdint.h>

#include "common/device.cuh"

struct ProbeParams {
  const uint32_t* in;
  float* out;
};

using namespace lookglass;

#define PROBE(name) LOOKGLASS_KERNEL(name, ProbeParams, 1024, 1)

// in: 32 lanes x (4 words of A, 2 of B); out: 32 x 4 of C, which starts as what is there.
PROBE(probe_multiply_add) {
  const uint32_t lane = thread_id().x;
  const uint32_t* words = params.in + lane * 6;
  const uint32_t a[4] = {words[0], words[1], words[2], words[3]};
  float c[4];
  for (int i = 0; i < 4; ++i) c[i] = params.out[lane * 4 + i];
  multiply_add(c, a, words[4], words[5]);
  for (int i = 0; i < 4; ++i) params.out[lane * 4 + i] = c[i];
}

template <bool kTransposed>
LOOKGLASS_DEVICE void probe_matrices(const ProbeParams& params) {
  const uint32_t lane = thread_id().x;
  store_shared(lane * 16, load_global<uint4>(params.in + lane * 4));
  block_barrier();
  uint32_t r[4];
  if (kTransposed)
    load_matrices_transposed(r, lane * 16);
  else
    load_matrices(r, lane * 16);
  for (int i = 0; i < 4; ++i) store_global(reinterpret_cast<uint32_t*>(params.out) + lane * 4 + i, r[i]);
}
PROBE(probe_load_matrices) { probe_matrices<false>(params); }
PROBE(probe_load_matrices_transposed) { probe_matrices<true>(params); }

// Every block adds its number to the next place of out, the last one also how many it sees.
PROBE(probe_tickets) {
  publish(params.out + 2 * block_id().x, make_float2(1, 1));
  fence();
  if (take_ticket(reinterpret_cast<uint32_t*>(params.out) + 2 * 8, 7) != 7) return;
  fence();
  float sum = 0;
  for (int i = 0; i < 8; ++i) sum += read_published(params.out + 2 * i).x;
  params.out[17] = sum;
}

PROBE(fault_read_without_barrier) {
  store_shared(thread_id().x * 4, 1.0f);
  params.out[thread_id().x] = load_shared<float>(thread_id().x % 32 * 4);
}
PROBE(fault_read_within_warp_without_barrier) {
  store_shared(thread_id().x * 4, 1.0f);
  params.out[thread_id().x] = load_shared<float>(thread_id().x / 2 * 8);
}
PROBE(fault_write_after_read_without_barrier) {
  store_shared(thread_id().x * 4, 1.0f);
  block_barrier();
  params.out[thread_id().x] = load_shared<float>(thread_id().x % 32 * 4);
  if (thread_id().x >= 32) store_shared(thread_id().x % 32 * 4, 2.0f);
}
PROBE(fault_two_writers) {
  (void)params;
  store_shared(0, static_cast<float>(thread_id().x));
}
PROBE(fault_never_written) { params.out[0] = load_shared<float>(0); }
PROBE(fault_out_of_bounds) { store_shared(thread_id().x * 4 + 128, params.out[0]); }
PROBE(fault_misaligned_shared) { store_shared(thread_id().x * 4 + 2, params.out[0]); }
PROBE(fault_misaligned_global) { params.out[0] = load_global<float>(reinterpret_cast<const char*>(params.in) + 2); }
PROBE(fault_divergent_collective) {
  if (thread_id().x % 32 < 31) params.out[0] = shuffle_xor(1.0f, 1);
}
PROBE(fault_collectives_on_two_lines) {
  if (thread_id().x % 2)
    params.out[0] = shuffle_xor(1.0f, 1);
  else
    params.out[0] = shuffle_xor(1.0f, 1);
}
PROBE(fault_barrier_for_some) {
  (void)params;
  if (thread_id().x < 32) block_barrier();
}
PROBE(fault_two_barriers) {
  (void)params;
  if (thread_id().x < 32)
    block_barrier();
  else
    block_barrier();
}
PROBE(fault_read_of_copy_in_flight) {
  copy_async(thread_id().x * 16, params.in, true);
  block_barrier();
  params.out[thread_id().x] = load_shared<float>(0);
  wait_copies();
}
PROBE(fault_copy_over_what_is_read) {
  store_shared(thread_id().x * 16, make_uint4(0, 0, 0, 0));
  block_barrier();
  params.out[thread_id().x] = load_shared<float>(thread_id().x % 32 * 16);
  if (thread_id().x >= 32) copy_async(thread_id().x % 32 * 16, params.in, true);
  wait_copies();
}
PROBE(fault_copy_never_waited_for) { copy_async(thread_id().x * 16, params.in, true); }
// Right where every write is seen at once, as it is here; a GPU makes no such promise.
LOOKGLASS_DEVICE uint32_t* ticket(const ProbeParams& params) {
  return reinterpret_cast<uint32_t*>(params.out) + 32;
}
PROBE(fault_published_without_fence) {
  publish(params.out, make_float2(1, 1));
  take_ticket(ticket(params), 0);
}
PROBE(fault_set_without_fence) {
  exchange(ticket(params) + 1, 1);
  take_ticket(ticket(params), 0);
}
PROBE(fault_published_after_the_ticket) {
  if (thread_id().x == 0) take_ticket(ticket(params), 0);
  publish(params.out, make_float2(1, 1));
}
PROBE(fault_read_without_a_fence_after_the_ticket) {
  publish(params.out + 2 * thread_id().x, make_float2(1, 1));
  fence();
  block_barrier();
  if (thread_id().x == 0) take_ticket(ticket(params), 0);
  block_barrier();
  read_published(params.out);
}
PROBE(fault_read_before_the_ticket) { read_published(params.out); }
