// The CPU kernel: float32 arithmetic; float16 tensors are converted on the way in and out.
#pragma once
#include <algorithm>
#include <vector>

#include "operator/cross_attention_cpu.h"
#include "operator/operator.h"

namespace lookglass {

template <OrtElementType Element>
struct CpuKernel {
  static constexpr OrtElementType element = Element;
  static constexpr const char* provider = nullptr;

  void compute(OrtKernelContext* context) const {
    const LookglassAttentionOperands o = operands(context);
    const LookglassAttentionShape& n = o.n;
    const auto q = floats(o.q, n.heads * n.queries * n.key_width);
    const auto k = floats(o.k, n.heads * n.keys * n.key_width);
    const auto v = floats(o.v, n.heads * n.keys * n.value_width);
    const auto extra = floats(o.extra, n.keys * n.extra_width);
    std::vector<float> out(n.heads * n.queries * n.value_width);
    cross_attention_cpu(n, q.data(), k.data(), v.data(), extra.data(), out.data(),
                        static_cast<float*>(o.extra_out), static_cast<float*>(o.lse));
    std::copy(out.begin(), out.end(), static_cast<Value*>(o.out));
  }

 private:
  using Value = std::conditional_t<Element == ORT_FLOAT16, _Float16, float>;

  static std::vector<float> floats(const void* data, int64_t count) {
    const auto* values = static_cast<const Value*>(data);
    return {values, values + count};
  }
};

}  // namespace lookglass
