// CrossAttention on the CPU, in float32: the reference that ONNX Runtime sessions without a GPU run.
#pragma once
#include "operator/operands.h"

namespace lookglass {

// All tensors float32, in host memory.
void cross_attention_cpu(const LookglassAttentionShape& shape, const float* q, const float* k, const float* v,
                         const float* extra, float* out, float* extra_out, float* lse);

}  // namespace lookglass
