// The part of ONNX Runtime's C ABI that a custom operator needs, declared here because no Python wheel
// ships the headers.
//
// `OrtApi` is a table of function pointers to which releases only ever append, so the slots below hold for
// every later version. They were measured with offsetof against onnxruntime_c_api.h of API version 29;
// RegisterCustomOps asks for version 17, the first whose custom operators infer shapes.
#pragma once
#include <cstddef>
#include <cstdint>

extern "C" {
struct OrtStatus;
struct OrtValue;
struct OrtKernelInfo;
struct OrtKernelContext;
struct OrtSessionOptions;
struct OrtCustomOpDomain;
struct OrtTensorTypeAndShapeInfo;
struct OrtShapeInferContext;

enum OrtErrorCode : int { ORT_FAIL = 1, ORT_INVALID_ARGUMENT = 2 };
enum OrtElementType : int { ORT_FLOAT = 1, ORT_FLOAT16 = 10 };

using OrtTypeAndShape = OrtTensorTypeAndShapeInfo;

struct OrtApi {
  OrtStatus* (*CreateStatus)(OrtErrorCode, const char* message);
  void* slots_1_to_25[25];
  OrtStatus* (*CreateCustomOpDomain)(const char* name, OrtCustomOpDomain**);
  OrtStatus* (*CustomOpDomain_Add)(OrtCustomOpDomain*, const struct OrtCustomOp*);
  OrtStatus* (*AddCustomOpDomain)(OrtSessionOptions*, OrtCustomOpDomain*);
  void* slots_29_to_50[22];
  OrtStatus* (*GetTensorMutableData)(OrtValue*, void** data);
  void* slots_52_to_56[5];
  OrtStatus* (*CreateTensorTypeAndShapeInfo)(OrtTypeAndShape**);
  OrtStatus* (*SetTensorElementType)(OrtTypeAndShape*, OrtElementType);
  OrtStatus* (*SetDimensions)(OrtTypeAndShape*, const int64_t* dims, size_t count);
  OrtStatus* (*GetTensorElementType)(const OrtTypeAndShape*, OrtElementType*);
  OrtStatus* (*GetDimensionsCount)(const OrtTypeAndShape*, size_t* count);
  OrtStatus* (*GetDimensions)(const OrtTypeAndShape*, int64_t* dims, size_t count);
  void* slots_63_to_64[2];
  OrtStatus* (*GetTensorTypeAndShape)(const OrtValue*, OrtTypeAndShape**);
  void* slots_66_to_89[24];
  OrtStatus* (*KernelContext_GetInput)(const OrtKernelContext*, size_t index, const OrtValue**);
  OrtStatus* (*KernelContext_GetOutput)(OrtKernelContext*, size_t index, const int64_t* dims, size_t count,
                                        OrtValue**);
  void* slots_92_to_98[7];
  void (*ReleaseTensorTypeAndShapeInfo)(OrtTypeAndShape*);
  void* slots_100_to_192[93];
  OrtStatus* (*KernelContext_GetGPUComputeStream)(const OrtKernelContext*, void** stream);
  void* slots_194_to_267[74];
  OrtStatus* (*ShapeInferContext_GetInputTypeShape)(const OrtShapeInferContext*, size_t index,
                                                    OrtTypeAndShape**);
  void* slot_269;
  OrtStatus* (*ShapeInferContext_SetOutputTypeShape)(const OrtShapeInferContext*, size_t index,
                                                     const OrtTypeAndShape*);
};

struct OrtApiBase {
  const OrtApi* (*GetApi)(uint32_t version);
  const char* (*GetVersionString)();
};

// ONNX Runtime reads as many fields as `version` had; flags are plain ints.
struct OrtCustomOp {
  uint32_t version;
  void* (*CreateKernel)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*);
  const char* (*GetName)(const OrtCustomOp*);
  const char* (*GetExecutionProviderType)(const OrtCustomOp*);
  OrtElementType (*GetInputType)(const OrtCustomOp*, size_t index);
  size_t (*GetInputTypeCount)(const OrtCustomOp*);
  OrtElementType (*GetOutputType)(const OrtCustomOp*, size_t index);
  size_t (*GetOutputTypeCount)(const OrtCustomOp*);
  void (*KernelCompute)(void* kernel, OrtKernelContext*);
  void (*KernelDestroy)(void* kernel);
  int (*GetInputCharacteristic)(const OrtCustomOp*, size_t index);
  int (*GetOutputCharacteristic)(const OrtCustomOp*, size_t index);
  int (*GetInputMemoryType)(const OrtCustomOp*, size_t index);
  int (*GetVariadicInputMinArity)(const OrtCustomOp*);
  int (*GetVariadicInputHomogeneity)(const OrtCustomOp*);
  int (*GetVariadicOutputMinArity)(const OrtCustomOp*);
  int (*GetVariadicOutputHomogeneity)(const OrtCustomOp*);
  OrtStatus* (*CreateKernelV2)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*, void** kernel);
  OrtStatus* (*KernelComputeV2)(void* kernel, OrtKernelContext*);
  OrtStatus* (*InferOutputShapeFn)(const OrtCustomOp*, OrtShapeInferContext*);
  int (*GetStartVersion)(const OrtCustomOp*);
  int (*GetEndVersion)(const OrtCustomOp*);
};
}

static_assert(offsetof(OrtApi, AddCustomOpDomain) == 28 * sizeof(void*));
static_assert(offsetof(OrtApi, GetTensorMutableData) == 51 * sizeof(void*));
static_assert(offsetof(OrtApi, GetDimensions) == 62 * sizeof(void*));
static_assert(offsetof(OrtApi, GetTensorTypeAndShape) == 65 * sizeof(void*));
static_assert(offsetof(OrtApi, KernelContext_GetOutput) == 91 * sizeof(void*));
static_assert(offsetof(OrtApi, ReleaseTensorTypeAndShapeInfo) == 99 * sizeof(void*));
static_assert(offsetof(OrtApi, KernelContext_GetGPUComputeStream) == 193 * sizeof(void*));
static_assert(offsetof(OrtApi, ShapeInferContext_SetOutputTypeShape) == 270 * sizeof(void*));
