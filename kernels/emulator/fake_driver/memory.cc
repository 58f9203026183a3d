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

uint64_t crossed[2];  // bytes to the device, and from it

CUresult copy(void* to, const void* from, CUdeviceptr device, size_t size, CUstream stream) {
  if (!inside(device, size)) return CUDA_ERROR_INVALID_VALUE;
  crossed[from == host(device)] += size;
  return submit(stream, [=] { return std::memcpy(to, from, size), CUDA_SUCCESS; });
}

// Where a copy of lines begins; null where they do not all lie in one allocation of the device's.
char* first_line(const CopyEnd& end, size_t width_bytes, size_t height) {
  const size_t start = end.y * end.pitch + end.x_bytes;
  if (end.memory == 1) return end.host + start;
  const bool fits = end.memory == 2 && end.x_bytes + width_bytes <= end.pitch && height > 0;
  const size_t bytes = end.pitch * (height - 1) + width_bytes;
  return fits && inside(end.device + start, bytes) ? static_cast<char*>(host(end.device)) + start : nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const uint64_t* lookglass_fake_driver_crossed() {
  return crossed;
}

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
CUDA_API cuMemcpy2DAsync_v2(const Copy2D* copy, CUstream stream) {
  const Copy2D c = *copy;
  const char* from = first_line(c.source, c.width_bytes, c.height);
  char* to = first_line(c.target, c.width_bytes, c.height);
  if (!from || !to) return CUDA_ERROR_INVALID_VALUE;
  crossed[c.source.memory == 2] += c.width_bytes * c.height;
  return submit(stream, [=] {
    for (size_t i = 0; i < c.height; ++i)
      std::memcpy(to + i * c.target.pitch, from + i * c.source.pitch, c.width_bytes);
    return CUDA_SUCCESS;
  });
}
CUDA_API cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
  if (!inside(to, count)) return CUDA_ERROR_INVALID_VALUE;
  return submit(stream, [=] { return std::memset(host(to), value, count), CUDA_SUCCESS; });
}
CUDA_API cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
  return cuMemsetD8Async(to, value, count, nullptr);
}
