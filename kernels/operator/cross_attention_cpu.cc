#include "operator/cross_attention_cpu.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lookglass {
namespace {

// (rows, columns) -> (columns, rows), so that the score loop runs along the keys without a reduction.
void transpose(const float* from, int64_t rows, int64_t columns, float* to) {
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t column = 0; column < columns; ++column)
      to[column * rows + row] = from[row * columns + column];
}

void scores(const float* q, const float* k_transposed, int64_t keys, int64_t size, float* s) {
  std::fill_n(s, keys, 0.0f);
  for (int64_t d = 0; d < size; ++d)
    for (int64_t key = 0; key < keys; ++key) s[key] += q[d] * k_transposed[d * keys + key];
}

// Turns scores into softmax weights in place; returns their log-sum-exp.
float softmax(float* s, int64_t keys) {
  const float top = *std::max_element(s, s + keys);
  float sum = 0;
  for (int64_t key = 0; key < keys; ++key) sum += s[key] = std::exp(s[key] - top);
  for (int64_t key = 0; key < keys; ++key) s[key] /= sum;
  return top + std::log(sum);
}

void average(const float* weights, const float* rows, int64_t keys, int64_t size, float* out) {
  std::fill_n(out, size, 0.0f);
  for (int64_t key = 0; key < keys; ++key)
    for (int64_t d = 0; d < size; ++d) out[d] += weights[key] * rows[key * size + d];
}

}  // namespace

void cross_attention_cpu(const LookglassAttentionShape& n, const float* q, const float* k, const float* v,
                         const float* extra, float* out, float* extra_out, float* lse) {
  std::vector<float> weights(n.keys), k_transposed(n.keys * n.key_width);
  for (int64_t head = 0; head < n.heads; ++head) {
    transpose(k + head * n.keys * n.key_width, n.keys, n.key_width, k_transposed.data());
    for (int64_t query = head * n.queries; query < (head + 1) * n.queries; ++query) {
      scores(q + query * n.key_width, k_transposed.data(), n.keys, n.key_width, weights.data());
      lse[query] = softmax(weights.data(), n.keys);
      average(weights.data(), v + head * n.keys * n.value_width, n.keys, n.value_width,
              out + query * n.value_width);
      average(weights.data(), extra, n.keys, n.extra_width, extra_out + query * n.extra_width);
    }
  }
}

}  // namespace lookglass
