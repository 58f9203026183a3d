// Pictures between their pixels: the garment's photo, and the frame in another place.
#pragma once
#include "warp_composite/colour.cuh"
#include "warp_composite/layers.cuh"

namespace lookglass::warp_composite {

// Where along an axis of a picture a point lies: the two pixels around it, at its border the last one, and
// how far it is past the first.
struct Between {
  LOOKGLASS_DEVICE Between(float position, int size) {
    const float low = floorf(position);
    // Far outside only the border counts; clamping first keeps the conversion in range.
    const int first = static_cast<int>(fminf(fmaxf(low, -2.0f), static_cast<float>(size)));
    pixel[0] = clamp(first, 0, size - 1), pixel[1] = clamp(first + 1, 0, size - 1);
    share = position - low;
  }
  int pixel[2];
  float share;
};

// The photo at a point of the garment frame, in [-1, 1].
LOOKGLASS_DEVICE Colour look_up(const Params& p, int level, float u, float v) {
  const int side = p.level_side[level];
  const uint32_t* texels = static_cast<const uint32_t*>(p.texture) + p.level_offset[level];
  const float half = static_cast<float>(side) / 2;
  const Between x(product(u + 1, half) - 0.5f, side), y(product(v + 1, half) - 0.5f, side);
  uint32_t texel[4];
  for (int i = 0; i < 4; ++i)
    texel[i] = load_global<uint32_t>(texels + y.pixel[i / 2] * side + x.pixel[i % 2]);
  Colour colour;
  for (int c = 0; c < 4; ++c) {
    float byte[4];
    for (int i = 0; i < 4; ++i) byte[i] = static_cast<float>(texel[i] >> (8 * c) & 255);
    const float above = LayerTile::mix(byte[0], byte[1], x.share);
    const float below = LayerTile::mix(byte[2], byte[3], x.share);
    colour.channel[c] = round_byte(LayerTile::mix(above, below, y.share));
  }
  return colour;
}

// What the frame shows elsewhere, in the crop's window, in a pixel's stead.
LOOKGLASS_DEVICE Colour repeated(const Params& p, const Layers& layers, int x, int y) {
  const Region& window = workspace(p)->regions[kLookglassWindowRegion];
  const Between across(layers.shade.at(kRepeat, x, y) + static_cast<float>(x - window.left), window.width);
  const Between down(layers.shade.at(kRepeat + 1, x, y) + static_cast<float>(y - window.top), window.height);
  Colour colour = {};
  for (int c = 0; c < 3; ++c) {
    float row[2];
    for (int i = 0; i < 2; ++i) {
      const uint8_t* pixels = static_cast<const uint8_t*>(p.frame) +
                              (static_cast<size_t>(window.top + down.pixel[i]) * p.width + window.left) * 3 +
                              c;
      row[i] = LayerTile::mix(static_cast<float>(pixels[across.pixel[0] * 3]),
                              static_cast<float>(pixels[across.pixel[1] * 3]), across.share);
    }
    colour.channel[c] = round_byte(LayerTile::mix(row[0], row[1], down.share));
  }
  return colour;
}

}  // namespace lookglass::warp_composite
