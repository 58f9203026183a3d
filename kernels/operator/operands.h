// One CrossAttention to compute, wherever its tensors live. Plain C.
#pragma once
#include <stdint.h>

typedef struct {
  int64_t heads, queries, keys;
  int64_t key_width;    // columns of q and k
  int64_t value_width;  // columns of v and out
  int64_t extra_width;  // columns that all heads share; 0 to 8
} LookglassAttentionShape;

// q (heads, queries, key_width), k (heads, keys, key_width), v (heads, keys, value_width), extra (keys,
// extra_width)
// -> out (heads, queries, value_width), extra_out (heads, queries, extra_width), lse (heads, queries).
// q, k, v, extra and out are float32 or float16, extra_out and lse float32; all contiguous and row-major.
typedef struct {
  LookglassAttentionShape n;
  const void *q, *k, *v, *extra;
  void *out, *extra_out, *lse;
} LookglassAttentionOperands;
