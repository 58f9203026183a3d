#include "operator/cuda_driver.h"

#include <dlfcn.h>

#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

namespace lookglass {
namespace {

constexpr int kMultiprocessorCount = 16;  // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT

template <class Function>
void find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  if (!function) throw std::runtime_error(std::string("the NVIDIA driver has no ") + name + "; update it");
}

}  // namespace

const CudaDriver& CudaDriver::get() {
  static const CudaDriver driver;
  return driver;
}

CudaDriver::CudaDriver() {
  void* library = dlopen("libcuda.so.1", RTLD_NOW);
  if (!library) throw std::runtime_error(std::string("no NVIDIA driver: ") + dlerror());
  find(library, "cuCtxGetCurrent", ctx_get_current_);
  find(library, "cuCtxGetDevice", ctx_get_device_);
  find(library, "cuDeviceGetAttribute", device_get_attribute_);
  find(library, "cuModuleLoadData", module_load_data_);
  find(library, "cuModuleGetFunction", module_get_function_);
  find(library, "cuMemAlloc_v2", mem_alloc_);
  find(library, "cuMemFree_v2", mem_free_);
  find(library, "cuMemsetD8Async", memset_);
  find(library, "cuLaunchKernel", launch_kernel_);
  find(library, "cuGetErrorString", get_error_string_);
}

void CudaDriver::check(int status, const char* what) const {
  if (status == 0) return;
  const char* words = nullptr;
  get_error_string_(status, &words);
  throw std::runtime_error(std::string("CUDA: ") + what + ": " + (words ? words : "unknown error"));
}

int CudaDriver::multiprocessors() const {
  int device = 0, count = 0;
  check(ctx_get_device_(&device), "asking for the current device");
  check(device_get_attribute_(&count, kMultiprocessorCount, device), "asking for the multiprocessors");
  return count;
}

void* CudaDriver::function(const void* image, const std::string& name) const {
  static std::mutex mutex;
  static std::map<std::pair<void*, const void*>, void*> modules;
  const std::lock_guard<std::mutex> lock(mutex);
  void *context = nullptr, *function = nullptr;
  check(ctx_get_current_(&context), "asking for the current context");
  void*& module = modules[{context, image}];
  if (!module) check(module_load_data_(&module, image), "loading the kernels");
  check(module_get_function_(&function, module, name.c_str()), name.c_str());
  return function;
}

DevicePointer CudaDriver::allocate(size_t bytes) const {
  DevicePointer pointer = 0;
  check(mem_alloc_(&pointer, bytes), "allocating");
  return pointer;
}

void CudaDriver::free(DevicePointer pointer) const { mem_free_(pointer); }

void CudaDriver::zero(DevicePointer pointer, size_t bytes, Stream stream) const {
  check(memset_(pointer, 0, bytes, stream), "clearing memory");
}

void CudaDriver::launch(void* function, const uint32_t grid[3], const uint32_t block[3],
                        uint32_t shared_bytes, Stream stream, void* params) const {
  void* arguments[] = {params};
  check(launch_kernel_(function, grid[0], grid[1], grid[2], block[0], block[1], block[2], shared_bytes,
                       stream, arguments, nullptr),
        "launching");
}

}  // namespace lookglass
