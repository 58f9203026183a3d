// CrossAttention on the device: plans and launches the kernel, converts float32 tensors around it.
#pragma once
#include <map>
#include <string>

#include "common/launch_plan.h"
#include "operator/cuda_driver.h"
#include "operator/operands.h"

namespace lookglass {

// Device memory that only grows, so that after the first run nothing is allocated (and graphs can be
// captured).
class Scratch {
 public:
  ~Scratch();
  DevicePointer at_least(size_t bytes);

 private:
  DevicePointer pointer_ = 0;
  size_t bytes_ = 0;
};

// One node's state. Not thread-safe: ONNX Runtime runs a node of a session on one stream at a time.
class CudaAttention {
 public:
  void run(const LookglassAttentionOperands& operands, bool halves, Stream stream);

 private:
  void run_halves(const LookglassAttentionOperands& operands, Stream stream);
  void convert(const char* kernel, const void* from, DevicePointer to, int64_t count, Stream stream);
  void* function(const unsigned char* image, const std::string& name);

  std::map<std::string, void*> functions_;
  Scratch workspace_, halves_;
  LookglassLaunchPlan last_{};  // whose layout the workspace has
  int multiprocessors_ = 0;
};

}  // namespace lookglass
