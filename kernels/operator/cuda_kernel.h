// The CUDA kernel: float16 tensors go to the device code as they are, float32 ones through halves.
#pragma once
#include "operator/cuda_attention.h"
#include "operator/operator.h"

namespace lookglass {

template <OrtElementType Element>
struct CudaKernel {
  static constexpr OrtElementType element = Element;
  static constexpr const char* provider = "CUDAExecutionProvider";

  void compute(OrtKernelContext* context) {
    void* stream = nullptr;
    check(ort->KernelContext_GetGPUComputeStream(context, &stream));
    attention_.run(operands(context), Element == ORT_FLOAT16, stream);
  }

 private:
  CudaAttention attention_;
};

}  // namespace lookglass
