// A libcuda.so.1 whose device is this process: device memory is host memory with guarded edges, launches run
// on the emulator before the call returns. It refuses what a driver refuses.
#pragma once
#include <functional>
#include <vector>

#include "cuda_api.h"

constexpr int kSharedBytes = 48 << 10;  // a launch's dynamic shared memory without asking for more

// A stream runs work at once or, while it captures, keeps it for a graph.
struct Stream {
  std::vector<std::function<CUresult()>>* recording = nullptr;
};

bool has_context();
CUresult submit(CUstream stream, std::function<CUresult()> work);

// True if no allocation was written beyond its ends.
bool guards_intact();
