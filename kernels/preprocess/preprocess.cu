// One pass from the camera's bytes to a network's input: averaged down, cut, normalised, planar. See
// README.md.
#include "common/device.cuh"
#include "preprocess/preprocess.h"

namespace lookglass {
namespace {

using Params = LookglassPreprocessParams;

struct Pixel {
  float bgr[3];
};

// A cell of the averaged-down frame, rounded to a byte as cv2.resize(INTER_AREA) leaves it.
LOOKGLASS_DEVICE Pixel cell(const Params& p, int column, int row) {
  column = min(max(column, 0), p.region_size[0] - 1), row = min(max(row, 0), p.region_size[1] - 1);
  const int x = p.region[0] + column * p.factor, y = p.region[1] + row * p.factor;
  int sum[3] = {0, 0, 0};
  for (int i = 0; i < p.factor; ++i) {
    const uint8_t* bytes = static_cast<const uint8_t*>(p.frame);
    const uint8_t* source = bytes + (static_cast<size_t>(y + i) * p.frame_width + x) * 3;
    for (int j = 0; j < p.factor; ++j)
      for (int c = 0; c < 3; ++c) sum[c] += load_global<uint8_t>(source + j * 3 + c);
  }
  Pixel mean;
  const float share = 1 / static_cast<float>(p.factor * p.factor);
  for (int c = 0; c < 3; ++c) {
    const float value = static_cast<float>(sum[c]) * share;
    // OpenCV rounds halves up for a factor of two, to even for the others.
    mean.bgr[c] = p.factor == 2 ? floorf(value + 0.5f) : round_to_byte(value);
  }
  return mean;
}

LOOKGLASS_DEVICE void store(const Params& p, int channel, int x, int y, float value) {
  const size_t at = (static_cast<size_t>(channel) * p.height + y) * p.width + x;
  if (p.half)
    store_global(static_cast<uint16_t*>(p.out) + at, to_half(value));
  else
    store_global(static_cast<float*>(p.out) + at, value);
}

LOOKGLASS_DEVICE void preprocess(const Params& p) {
  const int x = static_cast<int>(block_id().x * 32 + thread_id().x % 32);
  const int y = static_cast<int>(block_id().y * 8 + thread_id().x / 32);
  if (x >= p.width || y >= p.height) return;
  const float u = static_cast<float>(x) * p.scale + p.offset[0],
              v = static_cast<float>(y) * p.scale + p.offset[1];
  const float left = floorf(u), top = floorf(v), fx = u - left, fy = v - top;
  const int column = static_cast<int>(left), row = static_cast<int>(top);
  const Pixel a = cell(p, column, row), b = cell(p, column + 1, row);
  const Pixel c = cell(p, column, row + 1), d = cell(p, column + 1, row + 1);
  for (int i = 0; i < 3; ++i) {
    const float above = a.bgr[i] + (b.bgr[i] - a.bgr[i]) * fx, below = c.bgr[i] + (d.bgr[i] - c.bgr[i]) * fx;
    const int channel = 2 - i;
    const float byte = round_to_byte(above + (below - above) * fy);
    store(p, channel, x, y, byte * (1 / 255.0f) * p.gain[channel] + p.bias[channel]);
  }
}

}  // namespace
}  // namespace lookglass

LOOKGLASS_KERNEL(preprocess, LookglassPreprocessParams, 256, 4) { lookglass::preprocess(params); }
