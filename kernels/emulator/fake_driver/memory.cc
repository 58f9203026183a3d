// Device memory: poisoned when it is handed out, guarded on both sides, checked on every copy and launch.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>

#include "fake_driver.h"

namespace {

constexpr size_t kGuard = 256;  // bytes on either side; also the alignment
constexpr unsigned char kGuardByte = 0xA5, kPoison = 0xFF;

struct Allocation {
  size_t size;
  unsigned char* base() const { return begin - kGuard; }
  unsigned char* begin;
  bool intact() const {
    const auto untouched = [](unsigned char byte) { return byte == kGuardByte; };
    return std::all_of(base(), begin, untouched) &&
           std::all_of(begin + size, begin + size + kGuard, untouched);
  }
};

std::map<CUdeviceptr, Allocation> allocations;

void* host(CUdeviceptr address) { return reinterpret_cast<void*>(address); }

bool inside(CUdeviceptr address, size_t size) {
  auto next = allocations.upper_bound(address);
  if (next == allocations.begin()) return false;
  const auto& [begin, allocation] = *--next;
  return address + size <= begin + allocation.size;
}

CUresult copy(void* to, const void* from, CUdeviceptr device, size_t size, CUstream stream) {
  if (!inside(device, size)) return CUDA_ERROR_INVALID_VALUE;
  return submit(stream, [=] { return std::memcpy(to, from, size), CUDA_SUCCESS; });
}

}  // namespace

bool guards_intact() {
  return std::all_of(allocations.begin(), allocations.end(),
                     [](const auto& entry) { return entry.second.intact(); });
}

CUDA_API cuMemAlloc_v2(CUdeviceptr* address, size_t size) {
  if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
  if (size == 0) return CUDA_ERROR_INVALID_VALUE;
  const size_t padded = (size + 3 * kGuard - 1) / kGuard * kGuard;
  auto* base = static_cast<unsigned char*>(std::aligned_alloc(kGuard, padded));
  if (!base) return CUDA_ERROR_OUT_OF_MEMORY;
  std::memset(base, kGuardByte, padded);
  std::memset(base + kGuard, kPoison, size);
  *address = reinterpret_cast<CUdeviceptr>(base + kGuard);
  allocations[*address] = {size, base + kGuard};
  return CUDA_SUCCESS;
}

CUDA_API cuMemFree_v2(CUdeviceptr address) {
  const auto found = allocations.find(address);
  if (found == allocations.end()) return CUDA_ERROR_INVALID_VALUE;
  const bool intact = found->second.intact();
  std::free(found->second.base());
  allocations.erase(found);
  return intact ? CUDA_SUCCESS : CUDA_ERROR_ILLEGAL_ADDRESS;
}

CUDA_API cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
  *total = *free_bytes = size_t{1} << 30;
  for (const auto& [address, allocation] : allocations) *free_bytes -= allocation.size;
  return CUDA_SUCCESS;
}

CUDA_API cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t size, CUstream stream) {
  return copy(host(to), from, to, size, stream);
}
CUDA_API cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t size, CUstream stream) {
  return copy(to, host(from), from, size, stream);
}
CUDA_API cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t size) {
  return cuMemcpyHtoDAsync_v2(to, from, size, nullptr);
}
CUDA_API cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t size) {
  return cuMemcpyDtoHAsync_v2(to, from, size, nullptr);
}
CUDA_API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  if (!inside(to, count)) return CUDA_ERROR_INVALID_VALUE;
  return submit(stream, [=] { return std::memset(host(to), value, count), CUDA_SUCCESS; });
}
CUDA_API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return cuMemsetD8Async(to, value, count, nullptr);
}
