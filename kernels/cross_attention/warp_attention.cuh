// Softmax attention of one warp's queries over the tiles, one after the other.
#pragma once
#include "cross_attention/tile.cuh"

namespace lookglass::cross_attention {

constexpr float kLog2E = 1.4426950408889634f;
constexpr float kLn2 = 0.6931471805599453f;
constexpr float kMinusInfinity = -INFINITY;

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

}  // namespace lookglass::cross_attention
