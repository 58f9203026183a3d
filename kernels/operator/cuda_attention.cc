#include "operator/cuda_attention.h"

#include <cstring>
#include <stdexcept>

#include "convert/convert.h"
#include "cross_attention/cross_attention.h"

// The fatbins that the build made, put into this library as they are.
#define EMBED(name, file)                                                                              \
  asm(".section .rodata\n.balign 16\n.hidden " #name "\n.globl " #name "\n" #name ":\n.incbin \"" file \
      "\"\n.byte 0\n.previous\n");                                                                     \
  extern "C" const unsigned char name[] __attribute__((visibility("hidden")))
EMBED(lookglass_attention_image, LOOKGLASS_CROSS_ATTENTION_FATBIN);
EMBED(lookglass_convert_image, LOOKGLASS_CONVERT_FATBIN);

namespace lookglass {
namespace {

constexpr size_t kAlignment = 256;

size_t aligned(int64_t halves) {
  return (static_cast<size_t>(halves) * 2 + kAlignment - 1) / kAlignment * kAlignment;
}

void* host(DevicePointer pointer) { return reinterpret_cast<void*>(pointer); }

}  // namespace

Scratch::~Scratch() {
  if (pointer_) CudaDriver::get().free(pointer_);
}

DevicePointer Scratch::at_least(size_t bytes) {
  if (bytes <= bytes_) return pointer_;
  const CudaDriver& driver = CudaDriver::get();
  if (pointer_) driver.free(pointer_);  // waits for what still uses it
  bytes_ = 0, pointer_ = 0;
  pointer_ = driver.allocate(bytes);
  bytes_ = bytes;
  return pointer_;
}

void CudaAttention::run(const LookglassAttentionOperands& operands, bool halves, Stream stream) {
  if (!multiprocessors_) multiprocessors_ = CudaDriver::get().multiprocessors();
  if (halves) return run_halves(operands, stream);

  const LookglassAttentionShape& n = operands.n;
  const int64_t counts[] = {n.heads * n.queries * n.key_width, n.heads * n.keys * n.key_width,
                            n.heads * n.keys * n.value_width, n.keys * n.extra_width,
                            n.heads * n.queries * n.value_width};
  size_t bytes = 0;
  for (int64_t count : counts) bytes += aligned(count);
  DevicePointer next = halves_.at_least(bytes);

  LookglassAttentionOperands converted = operands;
  const void** inputs[] = {&converted.q, &converted.k, &converted.v, &converted.extra};
  for (int i = 0; i < 4; next += aligned(counts[i++])) {
    convert("convert_to_half", *inputs[i], next, counts[i], stream);
    *inputs[i] = host(next);
  }
  converted.out = host(next);
  run_halves(converted, stream);
  convert("convert_to_float", converted.out, reinterpret_cast<DevicePointer>(operands.out), counts[4],
          stream);
}

void CudaAttention::run_halves(const LookglassAttentionOperands& o, Stream stream) {
  const auto narrow = [](int64_t value) { return static_cast<int32_t>(value); };
  LookglassCrossAttentionParams params{};
  params.q = o.q, params.k = o.k, params.v = o.v, params.extra = o.extra;
  params.out = o.out, params.extra_out = static_cast<float*>(o.extra_out),
  params.lse = static_cast<float*>(o.lse);
  params.heads = narrow(o.n.heads), params.queries = narrow(o.n.queries), params.keys = narrow(o.n.keys);
  params.key_width = narrow(o.n.key_width), params.value_width = narrow(o.n.value_width);
  params.extra_width = narrow(o.n.extra_width);
  LookglassLaunchPlan plan;
  if (const char* fault = lookglass_plan_cross_attention(&params, multiprocessors_, 0, 0, &plan))
    throw std::invalid_argument(fault);
  if (plan.workspace_bytes) {
    const DevicePointer workspace = workspace_.at_least(plan.workspace_bytes);
    // A launch leaves it ready for the next of the same plan; for another it must be clear.
    if (std::memcmp(&plan, &last_, sizeof plan) != 0)
      CudaDriver::get().zero(workspace, plan.workspace_bytes, stream);
    last_ = plan;
    params.workspace = host(workspace);
  }
  CudaDriver::get().launch(function(lookglass_attention_image, plan.kernel), plan.grid, plan.block,
                           plan.shared_bytes, stream, &params);
}

void CudaAttention::convert(const char* kernel, const void* from, DevicePointer to, int64_t count,
                            Stream stream) {
  if (count == 0) return;
  LookglassConvertParams params{from, host(to), static_cast<uint64_t>(count)};
  const auto blocks =
      static_cast<uint32_t>((count + kLookglassConvertThreads - 1) / kLookglassConvertThreads);
  const uint32_t grid[] = {blocks, 1, 1}, block[] = {kLookglassConvertThreads, 1, 1};
  CudaDriver::get().launch(function(lookglass_convert_image, kernel), grid, block, 0, stream, &params);
}

void* CudaAttention::function(const unsigned char* image, const std::string& name) {
  void*& function = functions_[name];
  if (!function) function = CudaDriver::get().function(image, name);
  return function;
}

}  // namespace lookglass
