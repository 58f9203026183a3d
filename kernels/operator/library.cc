// RegisterCustomOps: what ONNX Runtime calls when a session registers this library.
#include "operator/cpu_kernel.h"
#ifdef LOOKGLASS_CUDA
#include "operator/cuda_kernel.h"
#endif

namespace lookglass {
namespace {

// ONNX Runtime keeps pointers to the descriptions for as long as the session lives.
const OrtCustomOp kOperators[] = {
    describe<CpuKernel<ORT_FLOAT>>(),
    describe<CpuKernel<ORT_FLOAT16>>(),
#ifdef LOOKGLASS_CUDA
    describe<CudaKernel<ORT_FLOAT>>(),
    describe<CudaKernel<ORT_FLOAT16>>(),
#endif
};

}  // namespace
}  // namespace lookglass

extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(OrtSessionOptions* options,
                                                                               const OrtApiBase* base) {
  using namespace lookglass;
  ort = base->GetApi(17);
  if (!ort) return base->GetApi(1)->CreateStatus(ORT_FAIL, "lookglass: needs ONNX Runtime 1.17 or later");
  return guarded([&] {
    OrtCustomOpDomain* domain = nullptr;
    check(ort->CreateCustomOpDomain("lookglass", &domain));
    for (const OrtCustomOp& op : kOperators) check(ort->CustomOpDomain_Add(domain, &op));
    check(ort->AddCustomOpDomain(options, domain));
  });
}

#ifdef LOOKGLASS_CUDA
// The CUDA kernel without a session, in the context that is current: for tests and other hosts. `element` is
// ONNX's number of float32 (1) or float16 (10). Returns null, or what failed, valid until the thread's next
// call.
extern "C" __attribute__((visibility("default"))) const char* lookglass_cross_attention_cuda(
    const LookglassAttentionOperands* operands, int element, void* stream) {
  thread_local lookglass::CudaAttention attention;
  thread_local std::string fault;
  try {
    attention.run(*operands, element == ORT_FLOAT16, stream);
    return nullptr;
  } catch (const std::exception& error) {
    fault = error.what();
    return fault.c_str();
  }
}
#endif
