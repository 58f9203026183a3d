// Draws a garment into a frame: layers enlarged, each part's photo sampled through its own flow, lit, and
// laid over the camera's picture. lookglass/compose.py tells why each step is as it is; this is the same
// arithmetic.
#include "warp_composite/doubled_grid.cuh"
#include "warp_composite/garment.cuh"
#include "warp_composite/layers.cuh"
#include "warp_composite/mipmap_level.cuh"
#include "warp_composite/pixel.cuh"
#include "warp_composite/region.cuh"

namespace lookglass::warp_composite {

LOOKGLASS_DEVICE void prepare_region(const Params& p, int index) {
  Region region = find_region(p, index);
  if (index < kParts) region.level = find_level(p, index);
  if (thread_id().x == 0) workspace(p)->regions[index] = region;
}

// The first blocks find one region each, the others double a cell a thread.
LOOKGLASS_DEVICE void prepare(const Params& p) {
  const int block = static_cast<int>(block_id().x);
  if (block < kLookglassRegions)
    prepare_region(p, block);
  else
    prepare_cell(p, (block - kLookglassRegions) * kThreads + static_cast<int>(thread_id().x));
}

// Nothing is painted in a frame where no garment is visible: the last block to finish takes it back.
LOOKGLASS_DEVICE void take_back_if_bare(const Params& p) {
  fence();
  block_barrier();
  const uint32_t last = grid_size().x * grid_size().y - 1;
  if (thread_id().x == 0) store_shared(0, take_ticket(&workspace(p)->ticket, last) == last ? 1u : 0u);
  block_barrier();
  if (!load_shared<uint32_t>(0)) return;
  fence();
  block_barrier();
  if (thread_id().x == 0) store_shared(0, exchange(&workspace(p)->visible, 0));
  block_barrier();
  if (load_shared<uint32_t>(0)) return;
  const Region& place = workspace(p)->regions[kLookglassCoverRegion];
  for (int i = static_cast<int>(thread_id().x); i < place.width * place.height; i += kThreads)
    copy_pixel(p, place.left + i % place.width, place.top + i / place.width);
}

LOOKGLASS_DEVICE void draw(const Params& p) {
  const Layers layers = load_layers(p);
  block_barrier();

  const int x = static_cast<int>(block_id().x * kLookglassTileWidth + thread_id().x % kLookglassTileWidth);
  const int y = static_cast<int>(block_id().y * kLookglassTileHeight + thread_id().x / kLookglassTileWidth);
  bool visible = false;
  if (layers.cover.holds(x, y)) {
    const Colour garment = dress(p, layers, x, y);
    visible = garment.channel[3] > 0;
    draw_pixel(p, layers, garment, x, y);
  } else if (x < p.width && y < p.height) {
    copy_pixel(p, x, y);
  }
  if (any_in_warp(visible) && thread_id().x % 32 == 0) exchange(&workspace(p)->visible, 1);
  take_back_if_bare(p);
}

}  // namespace lookglass::warp_composite

LOOKGLASS_KERNEL(warp_composite_prepare, LookglassWarpCompositeParams, 256, 4) {
  lookglass::warp_composite::prepare(params);
}
LOOKGLASS_KERNEL(warp_composite_draw, LookglassWarpCompositeParams, 256, 4) {
  lookglass::warp_composite::draw(params);
}
