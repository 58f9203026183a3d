// The emulator's C interface, for ctypes and the fake driver.
#pragma once
#include <stdint.h>

#define LOOKGLASS_EXPORT extern "C" __attribute__((visibility("default")))

typedef struct {
  uint32_t seed;  // 0: blocks and warps in order, one block at a time; otherwise shuffled by this seed
  uint32_t resident_blocks;  // with a seed: how many blocks run interleaved
  int32_t deferred_copies;   // 1: asynchronous copies land at their wait, 0: at once
} LookglassEmulatorOptions;

// Runs a kernel to its end. Returns 0, or 1 with the reason in lookglass_emulator_error(). One launch at a
// time.
LOOKGLASS_EXPORT int lookglass_emulator_launch(const char* kernel, const uint32_t grid[3],
                                               const uint32_t block[3], uint32_t shared_bytes,
                                               const void* params, const LookglassEmulatorOptions* options);
LOOKGLASS_EXPORT const char* lookglass_emulator_error(void);
// Bytes of the kernel's params struct, 0 when there is no such kernel.
LOOKGLASS_EXPORT uint32_t lookglass_emulator_params_bytes(const char* kernel);
// Matrix loads of the last launch whose eight rows did not fall into eight different banks.
LOOKGLASS_EXPORT uint64_t lookglass_emulator_bank_conflicts(void);
