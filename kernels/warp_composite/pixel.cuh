// A pixel of the result: the camera's, or what is laid over it.
#pragma once
#include "warp_composite/look_up.cuh"

namespace lookglass::warp_composite {

LOOKGLASS_DEVICE void copy_pixel(const Params& p, int x, int y) {
  const size_t at = (static_cast<size_t>(y) * p.width + x) * 3;
  for (int c = 0; c < 3; ++c)
    static_cast<uint8_t*>(p.out)[at + c] = static_cast<const uint8_t*>(p.frame)[at + c];
}

LOOKGLASS_DEVICE void draw_pixel(const Params& p, const Layers& layers, const Colour& garment, int x, int y) {
  const LayerTile& cover = layers.cover;
  const int repeat_alpha = layers.ramp(kLookglassPaintedRamp, cover.byte_at(kRepeatAlpha, x, y));
  const int painted_alpha = layers.ramp(kLookglassPaintedRamp, cover.byte_at(kPaintedAlpha, x, y));
  const int light = 255 - cover.byte_at(kShadow, x, y);
  if (repeat_alpha == 0 && painted_alpha == 0 && light == 255 && garment.channel[3] == 0)
    return copy_pixel(p, x, y);
  const size_t at = (static_cast<size_t>(y) * p.width + x) * 3;
  const Colour seen = repeat_alpha ? repeated(p, layers, x, y) : Colour{};
  for (int c = 0; c < 3; ++c) {  // the layers are RGB, the frame is BGR
    const int painted = cover.byte_at(kPainted + 2 - c, x, y);
    const int lit = round_byte(product(static_cast<float>(garment.channel[c]), layers.shade.at(2 - c, x, y)));
    const int behind = blend(static_cast<const uint8_t*>(p.frame)[at + c], seen.channel[c], repeat_alpha);
    const int bare = times(blend(behind, painted, painted_alpha), light);
    static_cast<uint8_t*>(p.out)[at + c] = static_cast<uint8_t>(blend(bare, lit, garment.channel[3]));
  }
}

}  // namespace lookglass::warp_composite
