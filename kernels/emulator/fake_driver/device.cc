// One device, its contexts and the words of the errors.
#include <cstdio>
#include <map>

#include "fake_driver.h"

struct Context {};

namespace {

bool initialized = false;
thread_local CUcontext current = nullptr;

// An H100's figures, under a name that nobody can mistake for one.
const std::map<int, int> kAttributes = {
    {1, 1024},          // threads per block
    {2, 1024},          // block x
    {3, 1024},          // block y
    {4, 64},            // block z
    {5, 0x7fffffff},    // grid x
    {6, 65535},         // grid y
    {7, 65535},         // grid z
    {8, kSharedBytes},  // shared memory per block
    {10, 32},           // warp size
    {16, 132},          // multiprocessors
    {38, 50 << 20},     // L2 bytes
    {41, 1},            // unified addressing
    {75, 9},            // compute capability, major
    {76, 0},            // minor
};

const std::map<int, const char*> kWords = {
    {CUDA_SUCCESS, "no error"},
    {CUDA_ERROR_INVALID_VALUE, "invalid argument"},
    {CUDA_ERROR_OUT_OF_MEMORY, "out of memory"},
    {CUDA_ERROR_NOT_INITIALIZED, "initialization error"},
    {CUDA_ERROR_INVALID_DEVICE, "invalid device ordinal"},
    {CUDA_ERROR_INVALID_IMAGE, "device kernel image is invalid"},
    {CUDA_ERROR_INVALID_CONTEXT, "invalid device context"},
    {CUDA_ERROR_NOT_FOUND, "named symbol not found"},
    {CUDA_ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"},
    {CUDA_ERROR_LAUNCH_FAILED, "unspecified launch failure"},
    {CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "operation not permitted when stream is capturing"},
};

int attribute(int which) {
  const auto found = kAttributes.find(which);
  return found == kAttributes.end() ? 0 : found->second;
}

}  // namespace

bool has_context() { return current != nullptr; }

CUDA_API cuInit(unsigned) { return initialized = true, CUDA_SUCCESS; }
CUDA_API cuDriverGetVersion(int* version) { return *version = 13000, CUDA_SUCCESS; }
CUDA_API cuGetErrorString(int error, const char** text) {
  const auto found = kWords.find(error);
  *text = found == kWords.end() ? nullptr : found->second;
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
