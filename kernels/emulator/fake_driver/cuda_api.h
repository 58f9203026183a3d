// The types and codes of the CUDA driver's ABI that the fake driver uses, declared here so that it builds on
// a machine without the CUDA toolkit.
#pragma once
#include <cstddef>
#include <cstdint>

#define CUDA_API extern "C" __attribute__((visibility("default"))) CUresult

enum CUresult : int {
  CUDA_SUCCESS = 0,
  CUDA_ERROR_INVALID_VALUE = 1,
  CUDA_ERROR_OUT_OF_MEMORY = 2,
  CUDA_ERROR_NOT_INITIALIZED = 3,
  CUDA_ERROR_INVALID_DEVICE = 101,
  CUDA_ERROR_INVALID_IMAGE = 200,
  CUDA_ERROR_INVALID_CONTEXT = 201,
  CUDA_ERROR_NOT_FOUND = 500,
  CUDA_ERROR_ILLEGAL_ADDRESS = 700,
  CUDA_ERROR_LAUNCH_FAILED = 719,
  CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
};

using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct Context*;
using CUstream = struct Stream*;
using CUevent = struct Event*;
using CUmodule = struct Module*;
using CUfunction = struct Function*;
using CUgraph = struct Graph*;
using CUgraphExec = struct Graph*;

// CUDA_MEMCPY2D: lines of `pitch` bytes, from (x_bytes, y) on.
struct CopyEnd {
  size_t x_bytes, y;
  int memory;  // 1: the host's, 2: the device's
  char* host;
  CUdeviceptr device;
  void* array;
  size_t pitch;
};
struct Copy2D {
  CopyEnd source, target;
  size_t width_bytes, height;
};
