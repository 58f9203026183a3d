// One device, its contexts and the words of the errors.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "fake_driver.h"

struct Context {};

namespace {

bool initialized = false;
thread_local CUcontext current = nullptr;

// An RTX 3060's figures, under a name that nobody can mistake for one.
int attribute(int which) {
  switch (which) {
    case 1:
      return 1024;  // threads per block
    case 2:
    case 3:
      return 1024;  // block x, y
    case 4:
      return 64;  // block z
    case 5:
      return 0x7fffffff;  // grid x
    case 6:
    case 7:
      return 65535;  // grid y, z
    case 8:
      return kSharedBytes;
    case 10:
      return 32;  // warp size
    case 16:
      return 28;  // multiprocessors
    case 38:
      return 3 << 20;  // L2 bytes
    case 41:
      return 1;  // unified addressing
    case 75:
      return 8;  // compute capability, major
    case 76:
      return 6;  // minor
    default:
      return 0;
  }
}

const char* words(int error) {
  switch (error) {
    case CUDA_SUCCESS:
      return "no error";
    case CUDA_ERROR_INVALID_VALUE:
      return "invalid argument";
    case CUDA_ERROR_OUT_OF_MEMORY:
      return "out of memory";
    case CUDA_ERROR_NOT_INITIALIZED:
      return "initialization error";
    case CUDA_ERROR_INVALID_DEVICE:
      return "invalid device ordinal";
    case CUDA_ERROR_INVALID_IMAGE:
      return "device kernel image is invalid";
    case CUDA_ERROR_INVALID_CONTEXT:
      return "invalid device context";
    case CUDA_ERROR_NOT_FOUND:
      return "named symbol not found";
    case CUDA_ERROR_ILLEGAL_ADDRESS:
      return "an illegal memory access was encountered";
    case CUDA_ERROR_LAUNCH_FAILED:
      return "unspecified launch failure";
    case CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED:
      return "operation not permitted when stream is capturing";
    default:
      return nullptr;
  }
}

}  // namespace

bool has_context() { return current != nullptr; }

CUDA_API cuInit(unsigned) { return initialized = true, CUDA_SUCCESS; }
CUDA_API cuDriverGetVersion(int* version) { return *version = 13000, CUDA_SUCCESS; }
CUDA_API cuGetErrorString(int error, const char** text) {
  *text = words(error);
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
CUDA_API cuGetErrorName(int error, const char** text) { return cuGetErrorString(error, text); }

CUDA_API cuDeviceGetCount(int* count) { return *count = 1, CUDA_SUCCESS; }
CUDA_API cuDeviceGet(CUdevice* device, int ordinal) {
  if (!initialized) return CUDA_ERROR_NOT_INITIALIZED;
  *device = 0;
  return ordinal == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}
CUDA_API cuDeviceGetName(char* name, int size, CUdevice) {
  std::snprintf(name, size, "Lookglass CPU emulator");
  return CUDA_SUCCESS;
}
CUDA_API cuDeviceGetAttribute(int* value, int which, CUdevice) {
  return *value = attribute(which), CUDA_SUCCESS;
}
CUDA_API cuDeviceTotalMem_v2(size_t* bytes, CUdevice) { return *bytes = size_t{1} << 30, CUDA_SUCCESS; }
CUDA_API cuDeviceComputeCapability(int* major, int* minor, CUdevice) {
  *major = attribute(75), *minor = attribute(76);
  return CUDA_SUCCESS;
}

CUDA_API cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) {
  static Context primary;
  return *context = &primary, CUDA_SUCCESS;
}
CUDA_API cuDevicePrimaryCtxRelease_v2(CUdevice) { return CUDA_SUCCESS; }
CUDA_API cuCtxSetCurrent(CUcontext context) { return current = context, CUDA_SUCCESS; }
CUDA_API cuCtxGetCurrent(CUcontext* context) { return *context = current, CUDA_SUCCESS; }
CUDA_API cuCtxPushCurrent_v2(CUcontext context) { return current = context, CUDA_SUCCESS; }
CUDA_API cuCtxPopCurrent_v2(CUcontext* context) {
  if (context) *context = current;
  return current = nullptr, CUDA_SUCCESS;
}
CUDA_API cuCtxGetDevice(CUdevice* device) {
  return *device = 0, has_context() ? CUDA_SUCCESS : CUDA_ERROR_INVALID_CONTEXT;
}
CUDA_API cuCtxGetApiVersion(CUcontext, unsigned* version) { return *version = 13000, CUDA_SUCCESS; }
CUDA_API cuCtxSynchronize() { return CUDA_SUCCESS; }
CUDA_API cuCtxDetach(CUcontext) { return CUDA_SUCCESS; }  // how PyCUDA releases a context
