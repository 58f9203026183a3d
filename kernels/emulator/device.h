// The device functions of common/device.cuh on the CPU. Fragment layouts follow the PTX manual's figures for
// mma.m16n8k16 and ldmatrix; every shared access is checked, every collective is a rendezvous of the warp.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "emulator/machine.h"

#ifndef LOOKGLASS_ARCH
#define LOOKGLASS_ARCH 800
#endif
#define LOOKGLASS_DEVICE inline
#define __host__
#define __device__

#define LOOKGLASS_KERNEL(name, Params, threads, blocks)                                                \
  static void name(const Params& params);                                                              \
  static const bool name##_registered = emulator::register_kernel(                                     \
      #name, {sizeof(Params), [](const void* params) { name(*static_cast<const Params*>(params)); }}); \
  static void name(const Params& params)

struct float2 {
  float x, y;
};
struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};
struct int2 {
  int x, y;
};
inline int2 make_int2(int x, int y) { return {x, y}; }
inline float2 make_float2(float x, float y) { return {x, y}; }
inline uint4 make_uint4(uint32_t x, uint32_t y, uint32_t z, uint32_t w) { return {x, y, z, w}; }

namespace lookglass {

using emulator::machine;
using emulator::Warp;
using std::max;
using std::min;

inline emulator::Index3 thread_id() { return machine.lane().id; }
inline emulator::Index3 block_id() { return machine.block().id; }
inline emulator::Index3 grid_size() { return machine.grid(); }
inline void block_barrier(int site = __builtin_LINE()) { machine.barrier(site); }

template <class T>
T load_shared(uint32_t offset) {
  machine.check(machine.block().shared.read(offset, sizeof(T), machine.access()));
  T value;
  std::memcpy(&value, machine.block().shared.at(offset), sizeof(T));
  return value;
}
template <class T>
void store_shared(uint32_t offset, T value) {
  machine.check(machine.block().shared.write(offset, sizeof(T), machine.access()));
  std::memcpy(machine.block().shared.at(offset), &value, sizeof(T));
}
inline void check_aligned(const void* pointer, size_t bytes) {
  if (reinterpret_cast<uintptr_t>(pointer) % bytes) machine.fail("misaligned global memory access");
}
template <class T>
T load_global(const void* source) {
  check_aligned(source, sizeof(T));
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}
template <class T>
void store_global(void* target, T value) {
  check_aligned(target, sizeof(T));
  std::memcpy(target, &value, sizeof(T));
}

inline float from_half(uint16_t value) {
  _Float16 half;
  std::memcpy(&half, &value, 2);
  return static_cast<float>(half);
}
inline uint16_t to_half(float value) {
  const _Float16 half = static_cast<_Float16>(value);
  uint16_t bits;
  std::memcpy(&bits, &half, 2);
  return bits;
}
inline uint32_t pack_halves(float low, float high) {
  return to_half(low) | static_cast<uint32_t>(to_half(high)) << 16;
}
inline float2 unpack_halves(uint32_t pair) {
  return {from_half(pair & 0xFFFF), from_half(static_cast<uint16_t>(pair >> 16))};
}

// Four matrices of eight rows; lane i has put the offset of row i % 8 of matrix i / 8 into in.word.
template <bool kTransposed>
void resolve_matrices(Warp& warp) {
  for (int matrix = 0; matrix < 4; ++matrix) {
    uint32_t banks = 0;
    uint16_t rows[8][8];
    for (int row = 0; row < 8; ++row) {
      const uint32_t offset = static_cast<uint32_t>(warp.in.word[matrix * 8 + row]);
      std::memcpy(rows[row], machine.block().shared.at(offset), 16);
      banks |= 1u << (offset / 16 % 8);
    }
    machine.bank_conflicts += banks != 0xFF;
    for (int lane = 0; lane < 32; ++lane) {
      const int i = lane / 4, j = lane % 4 * 2;
      const uint32_t low = kTransposed ? rows[j][i] : rows[i][j];
      const uint32_t high = kTransposed ? rows[j + 1][i] : rows[i][j + 1];
      warp.out.matrices[lane][matrix] = low | high << 16;
    }
  }
}
template <bool kTransposed>
void load_matrices_any(uint32_t (&r)[4], uint32_t offset, int site) {
  machine.check(machine.block().shared.read(offset, 16, machine.access()));
  machine.warp().in.word[machine.lane_index() % 32] = offset;
  machine.collective(resolve_matrices<kTransposed>, site);
  std::memcpy(r, machine.warp().out.matrices[machine.lane_index() % 32], 16);
}
inline void load_matrices(uint32_t (&r)[4], uint32_t offset, int site = __builtin_LINE()) {
  load_matrices_any<false>(r, offset, site);
}
inline void load_matrices_transposed(uint32_t (&r)[4], uint32_t offset, int site = __builtin_LINE()) {
  load_matrices_any<true>(r, offset, site);
}

inline void resolve_product(Warp& warp) {
  std::memset(warp.out.d, 0, sizeof warp.out.d);
  for (int row = 0; row < 16; ++row)
    for (int k = 0; k < 16; ++k)
      for (int column = 0; column < 8; ++column)
        warp.out.d[row][column] += warp.in.a[row][k] * warp.in.b[k][column];
}
inline void multiply_add(float (&c)[4], const uint32_t (&a)[4], uint32_t b0, uint32_t b1,
                         int site = __builtin_LINE()) {
  const int group = machine.lane_index() % 32 / 4, pair = machine.lane_index() % 4 * 2;
  Warp& warp = machine.warp();
  const auto put = [](float* target, int stride, uint32_t halves) {
    const float2 value = unpack_halves(halves);
    target[0] = value.x, target[stride] = value.y;
  };
  for (int i = 0; i < 4; ++i) put(&warp.in.a[group + i % 2 * 8][pair + i / 2 * 8], 1, a[i]);
  put(&warp.in.b[pair][group], 8, b0);
  put(&warp.in.b[pair + 8][group], 8, b1);
  machine.collective(resolve_product, site);
  for (int i = 0; i < 4; ++i) c[i] += warp.out.d[group + i / 2 * 8][pair + i % 2];
}

#if LOOKGLASS_ARCH >= 800
inline void land(const emulator::Lane::Copy& copy) {
  unsigned char* target = machine.block().shared.at(copy.offset);
  if (copy.valid)
    std::memcpy(target, copy.source, 16);
  else
    std::memset(target, 0, 16);
}
inline void copy_async(uint32_t offset, const void* source, bool valid) {
  check_aligned(source, 16);
  machine.check(machine.block().shared.begin_copy(offset, 16, machine.access()));
  machine.lane().copies.push_back({offset, source, valid});
  if (!machine.deferred_copies()) land(machine.lane().copies.back());
}
inline void wait_copies() {
  for (const emulator::Lane::Copy& copy : machine.lane().copies) {
    if (machine.deferred_copies()) land(copy);
    machine.block().shared.end_copy(copy.offset, 16, machine.access());
  }
  machine.lane().copies.clear();
}
#endif

inline void resolve_shuffle(Warp& warp) { std::memcpy(warp.out.word, warp.in.word, sizeof warp.in.word); }
inline float shuffle_xor(float value, int mask, int site = __builtin_LINE()) {
  const int lane = machine.lane_index() % 32;
  std::memcpy(&machine.warp().in.word[lane], &value, 4);
  machine.collective(resolve_shuffle, site);
  std::memcpy(&value, &machine.warp().out.word[lane ^ mask], 4);
  return value;
}
inline bool any_in_warp(bool value, int site = __builtin_LINE()) {
  machine.warp().in.word[machine.lane_index() % 32] = value;
  machine.collective(resolve_shuffle, site);
  const uint64_t* word = machine.warp().out.word;
  return std::any_of(word, word + 32, [](uint64_t lane) { return lane != 0; });
}
inline float power_of_two(float x) { return std::exp2(x); }
inline float product(float a, float b) { return a * b; }
inline float round_to_byte(float x) { return std::min(std::max(std::nearbyint(x), 0.0f), 255.0f); }

// What blocks tell each other, by the rules of common/device.cuh rather than by what this host would show:
// written before the ticket and fenced, read after the ticket and a fence.
inline void check_publishing() {
  if (machine.block().tickets) machine.fail("published after the block took its ticket");
  machine.lane().unfenced = true;
}
inline void check_published() {
  if (!machine.block().tickets) machine.fail("read of what other blocks publish before the ticket");
  if (machine.lane().fenced != machine.block().tickets)
    machine.fail("read of what other blocks published without a fence after the ticket");
}
inline void publish(float* target, float2 value) {
  check_publishing();
  check_aligned(target, 8);
  target[0] = value.x, target[1] = value.y;
}
inline float2 read_published(const float* source) {
  check_published();
  return load_global<float2>(source);
}
inline void fence() {
  machine.lane().unfenced = false;
  machine.lane().fenced = machine.block().tickets;
}
inline uint32_t take_ticket(uint32_t* counter, uint32_t last) {
  for (const emulator::Lane& lane : machine.block().lanes)
    if (lane.unfenced) machine.fail("ticket taken before what was published is fenced");
  ++machine.block().tickets;
  const uint32_t old = *counter;
  *counter = old >= last ? 0 : old + 1;
  return old;
}
// Before the ticket it publishes, after the ticket it reads.
inline uint32_t exchange(uint32_t* target, uint32_t value) {
  machine.block().tickets ? check_published() : check_publishing();
  return std::exchange(*target, value);
}

}  // namespace lookglass
