// Modules, launches, streams, events and graphs.
#include <chrono>
#include <cstring>
#include <string>

#include "emulator/emulator.h"
#include "fake_driver.h"

struct Module {};

struct Function {
  std::string name;
  uint32_t params_bytes;
};

struct Event {
  std::chrono::steady_clock::time_point time;
};

struct Graph {
  std::vector<std::function<CUresult()>> work;
};

namespace {

// The emulator holds the code, but the file must be a fatbin or a cubin.
bool is_image(const void* image) {
  uint32_t magic;
  std::memcpy(&magic, image, sizeof magic);
  return magic == 0xBA55ED50 || magic == 0x464C457F;
}

// The params struct, from either way of passing arguments; null where it does not have its size.
const void* params_of(const Function& function, void** pointers, void** extra) {
  if (pointers) return pointers[0];
  const void* buffer = nullptr;
  size_t size = 0;
  for (; extra && extra[0]; extra += 2) {
    if (extra[0] == reinterpret_cast<void*>(1)) buffer = extra[1];
    if (extra[0] == reinterpret_cast<void*>(2)) size = *static_cast<size_t*>(extra[1]);
  }
  return size == function.params_bytes ? buffer : nullptr;
}

}  // namespace

CUresult submit(CUstream stream, std::function<CUresult()> work) {
  if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
  if (!stream || !stream->recording) return work();
  stream->recording->push_back(std::move(work));
  return CUDA_SUCCESS;
}

CUDA_API cuModuleLoadData(CUmodule* module, const void* image) {
  if (!has_context()) return CUDA_ERROR_INVALID_CONTEXT;
  if (!is_image(image)) return CUDA_ERROR_INVALID_IMAGE;
  return *module = new Module, CUDA_SUCCESS;
}
CUDA_API cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, void*, void*) {
  return cuModuleLoadData(module, image);
}
CUDA_API cuModuleUnload(CUmodule module) { return delete module, CUDA_SUCCESS; }

CUDA_API cuModuleGetFunction(CUfunction* function, CUmodule, const char* name) {
  const uint32_t bytes = lookglass_emulator_params_bytes(name);
  if (!bytes) return CUDA_ERROR_NOT_FOUND;
  return *function = new Function{name, bytes},
         CUDA_SUCCESS;  // lives as long as the process, as its code does
}
CUDA_API cuFuncSetBlockShape(CUfunction, int, int, int) { return CUDA_SUCCESS; }  // PyCUDA still calls it
CUDA_API cuFuncSetAttribute(CUfunction, int, int) { return CUDA_SUCCESS; }
CUDA_API cuFuncGetAttribute(int* value, int, CUfunction) { return *value = 0, CUDA_SUCCESS; }

CUDA_API cuLaunchKernel(CUfunction function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                        unsigned bz, unsigned shared_bytes, CUstream stream, void** pointers, void** extra) {
  const void* params = params_of(*function, pointers, extra);
  const bool fits = uint64_t{gx} * gy * gz > 0 && gy <= 65535 && gz <= 65535 && uint64_t{bx} * by * bz > 0 &&
                    uint64_t{bx} * by * bz <= 1024 && bz <= 64 && shared_bytes <= kSharedBytes;
  if (!params || !fits) return CUDA_ERROR_INVALID_VALUE;
  const auto* bytes = static_cast<const unsigned char*>(params);
  std::vector<unsigned char> copy(bytes, bytes + function->params_bytes);
  return submit(stream, [=, copy = std::move(copy)] {
    const uint32_t grid[] = {gx, gy, gz}, block[] = {bx, by, bz};
    const int failed =
        lookglass_emulator_launch(function->name.c_str(), grid, block, shared_bytes, copy.data(), nullptr);
    if (!guards_intact()) return CUDA_ERROR_ILLEGAL_ADDRESS;
    return failed ? CUDA_ERROR_LAUNCH_FAILED : CUDA_SUCCESS;
  });
}

CUDA_API cuStreamCreate(CUstream* stream, unsigned) { return *stream = new Stream, CUDA_SUCCESS; }
CUDA_API cuStreamDestroy_v2(CUstream stream) { return delete stream, CUDA_SUCCESS; }
CUDA_API cuStreamSynchronize(CUstream stream) {
  return stream && stream->recording ? CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED : CUDA_SUCCESS;
}
CUDA_API cuStreamBeginCapture_v2(CUstream stream, int) {
  if (!stream || stream->recording) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  stream->recording = new std::vector<std::function<CUresult()>>;
  return CUDA_SUCCESS;
}
CUDA_API cuStreamEndCapture(CUstream stream, CUgraph* graph) {
  if (!stream || !stream->recording) return CUDA_ERROR_INVALID_VALUE;
  *graph = new Graph{std::move(*stream->recording)};
  delete stream->recording;
  return stream->recording = nullptr, CUDA_SUCCESS;
}

CUDA_API cuGraphInstantiateWithFlags(CUgraphExec* executable, CUgraph graph, unsigned long long) {
  return *executable = new Graph(*graph), CUDA_SUCCESS;
}
CUDA_API cuGraphLaunch(CUgraphExec executable, CUstream stream) {
  for (const auto& work : executable->work)
    if (const CUresult failed = submit(stream, work)) return failed;
  return CUDA_SUCCESS;
}
CUDA_API cuGraphDestroy(CUgraph graph) { return delete graph, CUDA_SUCCESS; }
CUDA_API cuGraphExecDestroy(CUgraphExec executable) { return delete executable, CUDA_SUCCESS; }

CUDA_API cuEventCreate(CUevent* event, unsigned) { return *event = new Event, CUDA_SUCCESS; }
CUDA_API cuEventRecord(CUevent event, CUstream) {
  return event->time = std::chrono::steady_clock::now(), CUDA_SUCCESS;
}
CUDA_API cuEventSynchronize(CUevent) { return CUDA_SUCCESS; }
CUDA_API cuEventElapsedTime(float* ms, CUevent start, CUevent end) {
  *ms = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return CUDA_SUCCESS;
}
CUDA_API cuEventDestroy_v2(CUevent event) { return delete event, CUDA_SUCCESS; }
