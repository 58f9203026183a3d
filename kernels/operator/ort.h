// A few lines of C++ over the C ABI: errors as exceptions that never leave the library, tensors as spans.
#pragma once
#include <exception>
#include <string>
#include <vector>

#include "operator/ort_abi.h"

namespace lookglass {

inline const OrtApi* ort = nullptr;  // set by RegisterCustomOps, before any kernel exists

struct Failure {
  OrtStatus* status;
};

inline void check(OrtStatus* status) {
  if (status) throw Failure{status};
}

[[noreturn]] inline void reject(const std::string& why) {
  throw Failure{ort->CreateStatus(ORT_INVALID_ARGUMENT, ("lookglass::CrossAttention: " + why).c_str())};
}

// Runs `body` and hands what it throws to ONNX Runtime as a status.
template <class Body>
OrtStatus* guarded(Body body) noexcept {
  try {
    body();
    return nullptr;
  } catch (const Failure& failure) {
    return failure.status;
  } catch (const std::exception& error) {
    return ort->CreateStatus(ORT_FAIL, error.what());
  }
}

using Dims = std::vector<int64_t>;

inline Dims dimensions(const OrtTypeAndShape* info) {
  size_t rank = 0;
  check(ort->GetDimensionsCount(info, &rank));
  Dims dims(rank);
  check(ort->GetDimensions(info, dims.data(), rank));
  return dims;
}

struct Tensor {
  Dims dims;
  void* data;
};

inline Tensor input(const OrtKernelContext* context, size_t index) {
  const OrtValue* value = nullptr;
  check(ort->KernelContext_GetInput(context, index, &value));
  OrtTypeAndShape* info = nullptr;
  check(ort->GetTensorTypeAndShape(value, &info));
  Tensor tensor{dimensions(info), nullptr};
  ort->ReleaseTensorTypeAndShapeInfo(info);
  check(ort->GetTensorMutableData(const_cast<OrtValue*>(value), &tensor.data));
  return tensor;
}

inline void* output(OrtKernelContext* context, size_t index, const Dims& dims) {
  OrtValue* value = nullptr;
  void* data = nullptr;
  check(ort->KernelContext_GetOutput(context, index, dims.data(), dims.size(), &value));
  check(ort->GetTensorMutableData(value, &data));
  return data;
}

}  // namespace lookglass
