// How a kernel is launched. Computed in one place, read by every launcher: Python, the ONNX Runtime operator,
// the emulator. Plain C; a kernel takes exactly one argument, its params struct, by value.
#pragma once
#include <stdint.h>

#ifdef __CUDACC__
#define LOOKGLASS_HOST_DEVICE __host__ __device__
#else
#define LOOKGLASS_HOST_DEVICE
#endif

typedef struct {
  char kernel[64];        // name of the function in the fatbin
  uint32_t grid[3];       // blocks
  uint32_t block[3];      // threads
  uint32_t shared_bytes;  // dynamic shared memory, never above the 48 KiB that need no opt-in
  uint32_t reserved;
  uint64_t workspace_bytes;  // device memory behind params.workspace; zero-fill it once, launches leave it
                             // reusable
} LookglassLaunchPlan;
