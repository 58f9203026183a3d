// What the CPU and the CUDA kernel of lookglass::CrossAttention share: the tensors of one run and the
// description of the operator that ONNX Runtime asks for.
#pragma once
#include "operator/operands.h"
#include "operator/ort.h"

namespace lookglass {

// The counts that the inputs' dimensions imply; rejects those that do not fit together.
LookglassAttentionShape shape_of(const Dims& q, const Dims& k, const Dims& v, const Dims& extra);

// Dimensions of out, extra_out and lse.
std::vector<Dims> output_dims(const LookglassAttentionShape& n);

// The inputs of one run, and the outputs, allocated; they live where the execution provider keeps them.
LookglassAttentionOperands operands(OrtKernelContext* context);

OrtStatus* infer_output_shapes(const OrtCustomOp*, OrtShapeInferContext*);

// Describes one kernel. `Kernel` has `element` (of q, k, v, extra and out), `provider` (nullptr: the CPU)
// and `compute(OrtKernelContext*)`; extra_out and lse are float32 whatever the element is.
template <class Kernel>
OrtCustomOp describe() {
  OrtCustomOp op{};
  op.version = 17;
  op.GetName = [](const OrtCustomOp*) { return "CrossAttention"; };
  op.GetExecutionProviderType = [](const OrtCustomOp*) { return Kernel::provider; };
  op.GetInputTypeCount = [](const OrtCustomOp*) -> size_t { return 4; };
  op.GetInputType = [](const OrtCustomOp*, size_t) { return Kernel::element; };
  op.GetOutputTypeCount = [](const OrtCustomOp*) -> size_t { return 3; };
  op.GetOutputType = [](const OrtCustomOp*, size_t i) { return i == 0 ? Kernel::element : ORT_FLOAT; };
  op.GetInputCharacteristic = op.GetOutputCharacteristic = [](const OrtCustomOp*, size_t) { return 0; };
  op.GetInputMemoryType = [](const OrtCustomOp*, size_t) { return 0; };
  op.GetVariadicInputMinArity = op.GetVariadicInputHomogeneity = [](const OrtCustomOp*) { return 1; };
  op.GetVariadicOutputMinArity = op.GetVariadicOutputHomogeneity = [](const OrtCustomOp*) { return 1; };
  op.CreateKernelV2 = [](const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*, void** kernel) {
    return guarded([&] { *kernel = new Kernel; });
  };
  op.KernelComputeV2 = [](void* kernel, OrtKernelContext* context) {
    return guarded([&] { static_cast<Kernel*>(kernel)->compute(context); });
  };
  op.KernelDestroy = [](void* kernel) { delete static_cast<Kernel*>(kernel); };
  op.InferOutputShapeFn = infer_output_shapes;
  op.GetStartVersion = op.GetEndVersion = [](const OrtCustomOp*) { return 1; };
  return op;
}

}  // namespace lookglass
