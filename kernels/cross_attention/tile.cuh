// A tile of keys on its way into shared memory.
#pragma once
#include "common/device.cuh"
#include "cross_attention/cross_attention.h"

namespace lookglass::cross_attention {

using Params = LookglassCrossAttentionParams;

constexpr int kKeys = kLookglassKeysPerTile;
constexpr int kExtra = kLookglassMaxExtra;

// Where 16 bytes of a tile (rows of kColumns halves) lie: chunks are swapped within 128-byte lines, so that
// the eight rows of one matrix load fall into eight different banks. The pattern repeats every eight rows.
template <int kColumns>
LOOKGLASS_DEVICE uint32_t tile_offset(uint32_t row, uint32_t column) {
  constexpr uint32_t kChunks = kColumns / 8, kRowsPerLine = 8 / kChunks;
  const uint32_t chunk = (column / 8) ^ (row / kRowsPerLine % kChunks);
  return (row * kColumns + chunk * 8) * 2;
}

// Brings rows of K, V or extra into shared memory in two steps, so that a tile travels while another is
// computed: in the background from sm_80 on, through registers on Turing.
template <int kColumns, int kThreads>
class TileCopy {
 public:
  // `rows` may end before the tile: nothing is read beyond row `count`, zeros take its place.
  LOOKGLASS_DEVICE void start([[maybe_unused]] uint32_t tile, const uint16_t* rows, uint32_t count) {
    const uint16_t* source = rows + thread_id().x * 8;
#pragma unroll
    for (uint32_t i = 0; i < kPasses; ++i) {
      if (!in_tile(i)) break;
      const bool valid = row(i) < count;
#if LOOKGLASS_ARCH >= 800
      copy_async(tile + offset(i), source + i * kThreads * 8, valid);
#else
      held_[i] = valid ? load_global<uint4>(source + i * kThreads * 8) : make_uint4(0, 0, 0, 0);
#endif
    }
  }

#if LOOKGLASS_ARCH < 800
  LOOKGLASS_DEVICE void finish(uint32_t tile) {
#pragma unroll
    for (uint32_t i = 0; i < kPasses; ++i)
      if (in_tile(i)) store_shared(tile + offset(i), held_[i]);
  }
#endif

 private:
  static constexpr uint32_t kChunks = kColumns / 8, kRowsPerPass = kThreads / kChunks;
  static constexpr uint32_t kPasses = (kKeys + kRowsPerPass - 1) / kRowsPerPass;
  static_assert(kRowsPerPass % 8 == 0, "the swizzle must look alike to every pass");

  LOOKGLASS_DEVICE static uint32_t row(uint32_t i) { return i * kRowsPerPass + thread_id().x / kChunks; }
  LOOKGLASS_DEVICE static bool in_tile(uint32_t i) { return kKeys % kRowsPerPass == 0 || row(i) < kKeys; }
  LOOKGLASS_DEVICE static uint32_t offset(uint32_t i) {
    const uint32_t first = tile_offset<kColumns>(thread_id().x / kChunks, thread_id().x % kChunks * 8);
    return first + i * kRowsPerPass * kColumns * 2;
  }
#if LOOKGLASS_ARCH < 800
  uint4 held_[kPasses];
#endif
};

// One tile of K, V and extra on its way into one of the two stages of shared memory.
template <int kDk, int kDv, int kThreads>
class TileLoader {
 public:
  static constexpr uint32_t kV = kKeys * kDk * 2, kE = kV + kKeys * kDv * 2, kStage = kE + kKeys * kExtra * 2;

  LOOKGLASS_DEVICE void start(const Params& p, int tile) {
    const int first = tile * kKeys;
    const uint32_t count = static_cast<uint32_t>(min(p.keys - first, kKeys));
    const size_t row = static_cast<size_t>(block_id().y) * p.keys + first;
    stage_ ^= 1;
    const uint32_t target = stage();
    k_.start(target, static_cast<const uint16_t*>(p.k) + row * kDk, count);
    v_.start(target + kV, static_cast<const uint16_t*>(p.v) + row * kDv, count);
    const uint16_t* extra =
        static_cast<const uint16_t*>(p.extra) + static_cast<size_t>(first) * p.extra_width;
    full_extra_ = p.extra_width == kExtra;
    if (full_extra_)
      extra_.start(target + kE, extra, count);
    else if (p.extra_width > 0)
      gather_extra(target + kE, extra, count, static_cast<uint32_t>(p.extra_width));
  }

  // This thread's part has arrived; the block's after a barrier.
  LOOKGLASS_DEVICE void finish() {
#if LOOKGLASS_ARCH >= 800
    wait_copies();
#else
    k_.finish(stage());
    v_.finish(stage() + kV);
    if (full_extra_) extra_.finish(stage() + kE);
#endif
  }

  LOOKGLASS_DEVICE uint32_t stage() const { return stage_ * kStage; }

 private:
  // Narrow rows are not 16-byte aligned: one thread a row pads them.
  LOOKGLASS_DEVICE void gather_extra(uint32_t target, const uint16_t* rows, uint32_t count, uint32_t width) {
    for (uint32_t row = thread_id().x; row < kKeys; row += kThreads) {
      uint32_t word[4] = {0, 0, 0, 0};
#pragma unroll
      for (uint32_t column = 0; column < kExtra; ++column)
        if (row < count && column < width)
          word[column / 2] |= static_cast<uint32_t>(load_global<uint16_t>(rows + row * width + column))
                              << (column % 2 * 16);
      store_shared(target + tile_offset<kExtra>(row, 0), make_uint4(word[0], word[1], word[2], word[3]));
    }
  }

  TileCopy<kDk, kThreads> k_;
  TileCopy<kDv, kThreads> v_;
  TileCopy<kExtra, kThreads> extra_;
  bool full_extra_ = false;
  uint32_t stage_ = 1;
};

}  // namespace lookglass::cross_attention
