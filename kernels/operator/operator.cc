#include "operator/operator.h"

#include <string>

namespace lookglass {
namespace {

std::string text(const Dims& dims) {
  std::string s = "(";
  for (size_t i = 0; i < dims.size(); ++i) s += (i ? ", " : "") + std::to_string(dims[i]);
  return s + ")";
}

void require(bool ok, const char* rule, const Dims& dims) {
  if (!ok) reject(std::string(rule) + ", not " + text(dims));
}

struct TypedDims {
  OrtElementType element;
  Dims dims;
};

TypedDims input_type(const OrtShapeInferContext* context, size_t index) {
  OrtTypeAndShape* info = nullptr;  // owned by the context
  check(ort->ShapeInferContext_GetInputTypeShape(context, index, &info));
  TypedDims type{ORT_FLOAT, dimensions(info)};
  check(ort->GetTensorElementType(info, &type.element));
  return type;
}

void set_output(OrtShapeInferContext* context, size_t index, const TypedDims& type) {
  OrtTypeAndShape* info = nullptr;
  check(ort->CreateTensorTypeAndShapeInfo(&info));
  OrtStatus* status = ort->SetTensorElementType(info, type.element);
  if (!status) status = ort->SetDimensions(info, type.dims.data(), type.dims.size());
  if (!status) status = ort->ShapeInferContext_SetOutputTypeShape(context, index, info);
  ort->ReleaseTensorTypeAndShapeInfo(info);
  check(status);
}

}  // namespace

LookglassAttentionShape shape_of(const Dims& q, const Dims& k, const Dims& v, const Dims& extra) {
  require(q.size() == 4 && q[0] == 1, "q must be (1, heads, queries, key width)", q);
  const Dims keys{1, q[1], k.size() == 4 ? k[2] : 0, q[3]};
  require(k == keys && k[2] > 0, "k must be (1, heads, keys, key width) with q's heads and key width", k);
  require(v.size() == 4 && Dims(v.begin(), v.begin() + 3) == Dims(k.begin(), k.begin() + 3),
          "v must be (1, heads, keys, value width) with k's heads and keys", v);
  require(extra.size() == 3 && extra[0] == 1 && extra[1] == k[2] && extra[2] <= 8,
          "extra must be (1, keys, at most 8) with k's keys", extra);
  return {q[1], q[2], k[2], q[3], v[3], extra[2]};
}

std::vector<Dims> output_dims(const LookglassAttentionShape& n) {
  return {{1, n.heads, n.queries, n.value_width},
          {1, n.heads, n.queries, n.extra_width},
          {1, n.heads, n.queries}};
}

LookglassAttentionOperands operands(OrtKernelContext* context) {
  const Tensor q = input(context, 0), k = input(context, 1), v = input(context, 2), extra = input(context, 3);
  const LookglassAttentionShape n = shape_of(q.dims, k.dims, v.dims, extra.dims);
  const auto dims = output_dims(n);
  return {n,
          q.data,
          k.data,
          v.data,
          extra.data,
          output(context, 0, dims[0]),
          output(context, 1, dims[1]),
          output(context, 2, dims[2])};
}

OrtStatus* infer_output_shapes(const OrtCustomOp*, OrtShapeInferContext* context) {
  return guarded([&] {
    TypedDims in[4];
    for (size_t i = 0; i < 4; ++i) {
      in[i] = input_type(context, i);
      for (int64_t dim : in[i].dims)
        if (dim < 0) return;  // symbolic: known when it runs
    }
    const auto out = output_dims(shape_of(in[0].dims, in[1].dims, in[2].dims, in[3].dims));
    for (size_t i = 0; i < out.size(); ++i)
      set_output(context, i, {i == 0 ? in[0].element : ORT_FLOAT, out[i]});
  });
}

}  // namespace lookglass
