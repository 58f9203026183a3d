// A pixel of the result: the camera's, or what is laid over it.
#pragma once
#include "warp_composite/look_up.cuh"

namespace lookglass::warp_composite {

LOOKGLASS_DEVICE void copy_pixel(const Params& p, int x, int y) {
  const size_t at = (static_cast<size_t>(y) * p.width + x) * 3;
  for (int c = 0; c < 3; ++c)
    static_cast<uint8_t*>(p.out)[at + c] = static_cast<const uint8_t*>(p.frame)[at + c];
}

// The grain of skin, as much as there is of it; what leaves the light as it is elsewhere.
LOOKGLASS_DEVICE int grain_at(const Params& p, int skin, int x, int y) {
  constexpr int kPlain = 128;
  if (skin == 0) return kPlain;
  const int column = static_cast<int>(floor(x * p.grain_scale[0] + (p.grain_map[0] + 0.5))) & p.grain_mask;
  const int row = static_cast<int>(floor(y * p.grain_scale[1] + (p.grain_map[1] + 0.5))) & p.grain_mask;
  const uint8_t* grain = static_cast<const uint8_t*>(p.grain) + p.grain_offset;
  return blend(kPlain, load_global<uint8_t>(grain + row * (p.grain_mask + 1) + column), skin);
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
  const int grain = painted_alpha ? grain_at(p, cover.byte_at(kSkin, x, y), x, y) : 0;
  for (int c = 0; c < 3; ++c) {  // the layers are RGB, the frame is BGR
    const int painted =
        round_byte(static_cast<float>(cover.byte_at(kPainted + 2 - c, x, y) * grain) / 128.0f);
    const int lit = round_byte(product(static_cast<float>(garment.channel[c]), layers.shade.at(2 - c, x, y)));
    const int behind = blend(static_cast<const uint8_t*>(p.frame)[at + c], seen.channel[c], repeat_alpha);
    const int bare = times(blend(behind, painted, painted_alpha), light);
    static_cast<uint8_t*>(p.out)[at + c] = static_cast<uint8_t>(blend(bare, lit, garment.channel[3]));
  }
}

}  // namespace lookglass::warp_composite
