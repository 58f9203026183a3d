// All layers of a block's tile of the frame.
#pragma once
#include "warp_composite/layer_tile.cuh"

namespace lookglass::warp_composite {

// The ramps' tables, a byte for each byte, in shared memory.
class Ramps {
 public:
  LOOKGLASS_DEVICE explicit Ramps(uint32_t shared) : shared_(shared) {}
  LOOKGLASS_DEVICE void fill(const Params& p) const {
    store_shared(shared_ + thread_id().x * 4, p.ramp[thread_id().x]);
  }
  LOOKGLASS_DEVICE int operator()(int ramp, int value) const {
    return load_shared<uint8_t>(shared_ + static_cast<uint32_t>(ramp * 256 + value));
  }

 private:
  static_assert(kThreads * 4 == kLookglassRamps * 256, "a word for each thread");
  uint32_t shared_;
};

// Everything that a pixel is drawn from.
struct Layers {
  LayerTile cover, shade, flow[kParts];
  Ramps ramp;
};

// The layers of this block's tile, brought into shared memory one after the other.
LOOKGLASS_DEVICE Layers load_layers(const Params& p) {
  const uint32_t flow = kLookglassRamps * 256,
                 flow_bytes = lookglass_tile_bytes(&p.grid[kLookglassFlowGrid]) / 3;
  const uint32_t cover = flow + 3 * flow_bytes;
  const uint32_t shade = cover + lookglass_tile_bytes(&p.grid[kLookglassCoverGrid]);
  const Layers layers = {LayerTile(p, kLookglassCoverRegion, kLookglassCoverGrid, 0, cover),
                         LayerTile(p, kLookglassShadeRegion, kLookglassShadeGrid, 0, shade),
                         {LayerTile(p, 0, kLookglassFlowGrid, 0, flow),
                          LayerTile(p, 1, kLookglassFlowGrid, 2, flow + flow_bytes),
                          LayerTile(p, 2, kLookglassFlowGrid, 4, flow + 2 * flow_bytes)},
                         Ramps(0)};
  layers.ramp.fill(p);
  layers.cover.fill(kCoverChannels, true);
  layers.shade.fill(kShadeChannels, false);
#pragma unroll
  for (int part = 0; part < kParts; ++part) layers.flow[part].fill(2, false);
  return layers;
}

}  // namespace lookglass::warp_composite
