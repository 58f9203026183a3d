// Parameters of the kernels in convert.cu. Plain C.
#pragma once
#include <stdint.h>

typedef struct {
  const void* from;  // count floats, or halves
  void* to;          // count halves, or floats
  uint64_t count;
} LookglassConvertParams;

enum { kLookglassConvertThreads = 256 };
