// The few CUDA driver functions the operator calls, found at run time: the library has no CUDA dependency, so
// it loads on a machine without a driver, and it runs in whatever context ONNX Runtime has made current.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace lookglass {

using DevicePointer = uint64_t;
using Stream = void*;

// Throws std::runtime_error with the driver's words on every failure.
class CudaDriver {
 public:
  static const CudaDriver& get();

  int multiprocessors() const;  // of the current context's device
  // A kernel of an image. Loaded once for each context, and kept: nodes and sessions share it.
  void* function(const void* image, const std::string& name) const;
  DevicePointer allocate(size_t bytes) const;
  void free(DevicePointer pointer) const;
  void zero(DevicePointer pointer, size_t bytes, Stream stream) const;
  // A kernel whose only argument is `params`.
  void launch(void* function, const uint32_t grid[3], const uint32_t block[3], uint32_t shared_bytes,
              Stream stream, void* params) const;

 private:
  CudaDriver();
  void check(int status, const char* what) const;

  int (*ctx_get_current_)(void**);
  int (*ctx_get_device_)(int*);
  int (*device_get_attribute_)(int*, int, int);
  int (*module_load_data_)(void**, const void*);
  int (*module_get_function_)(void**, void*, const char*);
  int (*mem_alloc_)(DevicePointer*, size_t);
  int (*mem_free_)(DevicePointer);
  int (*memset_)(DevicePointer, unsigned char, size_t, Stream);
  int (*launch_kernel_)(void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, Stream,
                        void**, void**);
  int (*get_error_string_)(int, const char**);
};

}  // namespace lookglass
