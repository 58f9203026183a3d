// Softmax attention of person tokens over garment tokens: fp16 in, fp32 accumulation, with extra columns at
// full precision, the log-sum-exp, and split-KV combined in the same launch. See README.md.
#include "cross_attention/results.cuh"
#include "cross_attention/split_combine.cuh"
#include "cross_attention/tile.cuh"
#include "cross_attention/warp_attention.cuh"

namespace lookglass::cross_attention {

// Block (x, y, z): 16 kWarps queries, one head, one range of key tiles.
template <int kDk, int kDv, int kWarps>
LOOKGLASS_DEVICE void attend(const Params& p) {
  using Loader = TileLoader<kDk, kDv, kWarps * 32>;
  const int first_tile = static_cast<int>(block_id().z) * p.tiles_per_split;
  const int last_tile = min(first_tile + p.tiles_per_split, ceil_div(p.keys, kKeys)) - 1;
  const int first_row = (static_cast<int>(block_id().x) * kWarps + static_cast<int>(thread_id().x) / 32) * 16;

  Loader loader;
  loader.start(p, first_tile);
  WarpAttention<kDk, kDv> warp;
  const size_t head = static_cast<size_t>(block_id().y) * p.queries * kDk;
  warp.load_queries(static_cast<const uint16_t*>(p.q) + head, first_row, p.queries);
  for (int tile = first_tile; tile <= last_tile; ++tile) {
    const uint32_t stage = loader.stage();
    loader.finish();
    block_barrier();  // the tile is here, and nobody reads the other stage any more
    if (tile < last_tile) loader.start(p, tile + 1);
    warp.attend(stage, Loader::kV, Loader::kE, p.keys - tile * kKeys, p.extra_width > 0);
  }
  warp.finish();

  if (p.splits == 1) return store_results(p, warp, first_row);
  const SplitCombine<kDk, kDv, kWarps> combine(p);
  combine.publish_rows(warp);
  if (combine.is_last()) combine.combine();
}

}  // namespace lookglass::cross_attention

// Eight resident warps are the least to ask for: it leaves each thread the 255 registers that avoid spills.
#define CROSS_ATTENTION(dk, dv, warps)                                                                \
  LOOKGLASS_KERNEL(cross_attention_##dk##_##dv##_w##warps, LookglassCrossAttentionParams, warps * 32, \
                   8 / warps) {                                                                       \
    lookglass::cross_attention::attend<dk, dv, warps>(params);                                        \
  }
#define CROSS_ATTENTION_ALL(dk, dv) \
  CROSS_ATTENTION(dk, dv, 2)        \
  CROSS_ATTENTION(dk, dv, 4)        \
  CROSS_ATTENTION(dk, dv, 8)

CROSS_ATTENTION_ALL(64, 64)
CROSS_ATTENTION_ALL(64, 32)
CROSS_ATTENTION_ALL(32, 32)
CROSS_ATTENTION_ALL(32, 16)
