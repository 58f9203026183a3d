// float32 tensors of an unconverted graph, to the halves that cross_attention reads and back.
#include "common/device.cuh"
#include "convert/convert.h"

namespace lookglass {

LOOKGLASS_DEVICE uint64_t element() {
  return static_cast<uint64_t>(block_id().x) * kLookglassConvertThreads + thread_id().x;
}

}  // namespace lookglass

LOOKGLASS_KERNEL(convert_to_half, LookglassConvertParams, kLookglassConvertThreads, 1) {
  using namespace lookglass;
  const uint64_t i = element();
  if (i < params.count)
    store_global(static_cast<uint16_t*>(params.to) + i,
                 to_half(load_global<float>(static_cast<const float*>(params.from) + i)));
}

LOOKGLASS_KERNEL(convert_to_float, LookglassConvertParams, kLookglassConvertThreads, 1) {
  using namespace lookglass;
  const uint64_t i = element();
  if (i < params.count)
    store_global(static_cast<float*>(params.to) + i,
                 from_half(load_global<uint16_t>(static_cast<const uint16_t*>(params.from) + i)));
}
