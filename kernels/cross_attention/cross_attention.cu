// Softmax attention of person tokens over garment tokens: fp16 in, fp32 accumulation, with extra columns at
// full precision, the log-sum-exp, and split-KV combined in the same launch. See README.md.
#include "common/device.cuh"
#include "cross_attention/cross_attention.h"

namespace lookglass {
namespace {

using Params = LookglassCrossAttentionParams;

constexpr int kKeys = kLookglassKeysPerTile;
constexpr int kExtra = kLookglassMaxExtra;
constexpr float kLog2E = 1.4426950408889634f;
constexpr float kLn2 = 0.6931471805599453f;
constexpr float kMinusInfinity = -INFINITY;

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

// Sixteen queries in one warp. A lane holds, of rows g and g + 8 (g = lane / 4), columns 2 (lane % 4) and the
// next of every group of eight: the layout that mma leaves its results in.
template <int kDk, int kDv>
class WarpAttention {
 public:
  LOOKGLASS_DEVICE void load_queries(const uint16_t* q, int first_row, int rows) {
#pragma unroll
    for (int k = 0; k < kDk / 16; ++k)
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int row = first_row + group() + i % 2 * 8, column = k * 16 + pair() + i / 2 * 8;
        query_[k][i] = row < rows ? load_global<uint32_t>(q + static_cast<size_t>(row) * kDk + column) : 0;
      }
  }

  // One tile: `count` of its keys are real.
  LOOKGLASS_DEVICE void attend(uint32_t stage, uint32_t v, uint32_t extra, int count, bool has_extra) {
    float s[kKeys / 8][4];
    scores(s, stage);
    if (count < kKeys) mask(s, count);
    softmax(s);
#pragma unroll
    for (int k = 0; k < kKeys / 16; ++k) {
      const uint32_t p[4] = {pack_halves(s[2 * k][0], s[2 * k][1]), pack_halves(s[2 * k][2], s[2 * k][3]),
                             pack_halves(s[2 * k + 1][0], s[2 * k + 1][1]),
                             pack_halves(s[2 * k + 1][2], s[2 * k + 1][3])};
      accumulate(p, stage + v, k);
      if (has_extra) accumulate_extra(p, s[2 * k], s[2 * k + 1], stage + extra, k);
    }
  }

  // The four lanes of a row have each summed a quarter of its weights.
  LOOKGLASS_DEVICE void finish() {
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      sum[r] += shuffle_xor(sum[r], 1);
      sum[r] += shuffle_xor(sum[r], 2);
    }
  }

  LOOKGLASS_DEVICE static int group() { return static_cast<int>(thread_id().x) % 32 / 4; }
  LOOKGLASS_DEVICE static int pair() { return static_cast<int>(thread_id().x) % 4 * 2; }

  // Unnormalised results; [0], [1] belong to row g, [2], [3] to row g + 8.
  float out[kDv / 8][4] = {}, extra[4] = {};
  float max[2] = {kMinusInfinity, kMinusInfinity}, sum[2] = {0, 0};

 private:
  LOOKGLASS_DEVICE void scores(float (&s)[kKeys / 8][4], uint32_t keys) const {
    const uint32_t lane = thread_id().x % 32;
#pragma unroll
    for (int n = 0; n < kKeys / 8; ++n) {
      s[n][0] = s[n][1] = s[n][2] = s[n][3] = 0;
#pragma unroll
      for (int k = 0; k < kDk / 16; k += 2) {
        uint32_t b[4];
        load_matrices(b, keys + tile_offset<kDk>(n * 8 + lane % 8, k * 16 + lane / 8 * 8));
        multiply_add(s[n], query_[k], b[0], b[1]);
        multiply_add(s[n], query_[k + 1], b[2], b[3]);
      }
    }
  }

  LOOKGLASS_DEVICE static void mask(float (&s)[kKeys / 8][4], int count) {
#pragma unroll
    for (int n = 0; n < kKeys / 8; ++n)
#pragma unroll
      for (int i = 0; i < 4; ++i)
        if (n * 8 + pair() + i % 2 >= count) s[n][i] = kMinusInfinity;
  }

  // Turns scores into weights relative to the running maximum and rescales what was summed under the old one.
  LOOKGLASS_DEVICE void softmax(float (&s)[kKeys / 8][4]) {
#pragma unroll
    for (int r = 0; r < 2; ++r) {
      float top = max[r];
#pragma unroll
      for (int n = 0; n < kKeys / 8; ++n) top = fmaxf(top, fmaxf(s[n][2 * r], s[n][2 * r + 1]));
      top = fmaxf(top, shuffle_xor(top, 1));
      top = fmaxf(top, shuffle_xor(top, 2));
      rescale(r, power_of_two((max[r] - top) * kLog2E));
      max[r] = top;
      const float shift = -top * kLog2E;
#pragma unroll
      for (int n = 0; n < kKeys / 8; ++n)
#pragma unroll
        for (int i = 2 * r; i < 2 * r + 2; ++i) {
          s[n][i] = power_of_two(fmaf(s[n][i], kLog2E, shift));
          sum[r] += s[n][i];
        }
    }
  }

  LOOKGLASS_DEVICE void rescale(int r, float factor) {
    sum[r] *= factor;
#pragma unroll
    for (int i = 2 * r; i < 2 * r + 2; ++i) {
      extra[i] *= factor;
#pragma unroll
      for (int n = 0; n < kDv / 8; ++n) out[n][i] *= factor;
    }
  }

  LOOKGLASS_DEVICE void accumulate(const uint32_t (&p)[4], uint32_t values, int k) {
    const uint32_t lane = thread_id().x % 32;
#pragma unroll
    for (int n = 0; n < kDv / 8; n += 2) {
      uint32_t b[4];
      load_matrices_transposed(b, values + tile_offset<kDv>(k * 16 + lane % 16, n * 8 + lane / 16 * 8));
      multiply_add(out[n], p, b[0], b[1]);
      multiply_add(out[n + 1], p, b[2], b[3]);
    }
  }

  // Coordinates need more than the eleven bits of a half: the weights' rounding error goes through as well.
  LOOKGLASS_DEVICE void accumulate_extra(const uint32_t (&p)[4], const float (&s0)[4], const float (&s1)[4],
                                         uint32_t columns, int k) {
    const uint32_t lane = thread_id().x % 32;
    if (k % 2 == 0) load_matrices_transposed(extra_b_, columns + tile_offset<kExtra>(k * 16 + lane, 0));
    const uint32_t rest[4] = {rounding(s0[0], s0[1], p[0]), rounding(s0[2], s0[3], p[1]),
                              rounding(s1[0], s1[1], p[2]), rounding(s1[2], s1[3], p[3])};
    multiply_add(extra, p, extra_b_[k % 2 * 2], extra_b_[k % 2 * 2 + 1]);
    multiply_add(extra, rest, extra_b_[k % 2 * 2], extra_b_[k % 2 * 2 + 1]);
  }

  LOOKGLASS_DEVICE static uint32_t rounding(float low, float high, uint32_t rounded) {
    const float2 value = unpack_halves(rounded);
    return pack_halves(low - value.x, high - value.y);
  }

  uint32_t query_[kDk / 16][4], extra_b_[4];
};

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

// Block (x, y, z): 16 kWarps queries, one head, one range of key tiles.
template <int kDk, int kDv, int kWarps>
LOOKGLASS_DEVICE void cross_attention(const Params& p) {
  using Loader = TileLoader<kDk, kDv, kWarps * 32>;
  const int first_tile = static_cast<int>(block_id().z) * p.tiles_per_split;
  const int last_tile = min(first_tile + p.tiles_per_split, ceil_div(p.keys, kKeys)) - 1;
  const int first_row = (static_cast<int>(block_id().x) * kWarps + static_cast<int>(thread_id().x) / 32) * 16;

  Loader loader;
  loader.start(p, first_tile);
  WarpAttention<kDk, kDv> warp;
  const size_t head = static_cast<size_t>(block_id().y) * p.queries * kDk;
  warp.load_queries(static_cast<const uint16_t*>(p.q) + head, first_row, p.queries);
  for (int tile = first_tile; tile <= last_tile; ++tile) {
    const uint32_t stage = loader.stage();
    loader.finish();
    block_barrier();  // the tile is here, and nobody reads the other stage any more
    if (tile < last_tile) loader.start(p, tile + 1);
    warp.attend(stage, Loader::kV, Loader::kE, p.keys - tile * kKeys, p.extra_width > 0);
  }
  warp.finish();

  if (p.splits == 1) return store_results(p, warp, first_row);
  const SplitCombine<kDk, kDv, kWarps> combine(p);
  combine.publish_rows(warp);
  if (combine.is_last()) combine.combine();
}

}  // namespace
}  // namespace lookglass

// Eight resident warps are the least to ask for: it leaves each thread the 255 registers that avoid spills.
#define CROSS_ATTENTION(dk, dv, warps)                                                                \
  LOOKGLASS_KERNEL(cross_attention_##dk##_##dv##_w##warps, LookglassCrossAttentionParams, warps * 32, \
                   8 / warps) {                                                                       \
    lookglass::cross_attention<dk, dv, warps>(params);                                                \
  }
#define CROSS_ATTENTION_ALL(dk, dv) \
  CROSS_ATTENTION(dk, dv, 2)        \
  CROSS_ATTENTION(dk, dv, 4)        \
  CROSS_ATTENTION(dk, dv, 8)

CROSS_ATTENTION_ALL(64, 64)
CROSS_ATTENTION_ALL(64, 32)
CROSS_ATTENTION_ALL(32, 32)
CROSS_ATTENTION_ALL(32, 16)
