// The layers at the frame's pixels.
#pragma once
#include "warp_composite/workspace.cuh"

namespace lookglass::warp_composite {

// One region's layers around this block's tile of frame pixels: bilinear supports in shared memory, a value
// for any pixel of the tile from the nearest four. Multiplies and adds are grouped as OpenCV groups them, so
// that bytes round alike.
class LayerTile {
 public:
  LOOKGLASS_DEVICE LayerTile(const Params& p, int region, int grid, int channel, uint32_t shared)
      : grid_(p.grid[grid]), region_(workspace(p)->regions[region]), shared_(shared) {
    first_[0] = first_support(static_cast<int>(block_id().x) * kLookglassTileWidth - region_.left);
    first_[1] = first_support(static_cast<int>(block_id().y) * kLookglassTileHeight - region_.top);
    columns_ = lookglass_supports(kLookglassTileWidth, grid_.step);
    rows_ = lookglass_supports(kLookglassTileHeight, grid_.step);
    fine_ = fine_grid(p, grid) + channel * grid_.enlarge * grid_.enlarge * grid_.width * grid_.height;
  }

  // Fills the supports; `bytes` for layers in [0, 1] that go on as bytes.
  LOOKGLASS_DEVICE void fill(int channels, bool bytes) const {
    if (!meets_tile()) return;
    for (int i = static_cast<int>(thread_id().x); i < channels * rows_ * columns_; i += kThreads) {
      const int column = i % columns_, row = i / columns_ % rows_, channel = i / (columns_ * rows_);
      const float value = support(channel, first_[0] + column, first_[1] + row);
      const float byte = round_to_byte(fminf(fmaxf(value, 0.0f), 1.0f) * 255);
      store_shared(shared_ + static_cast<uint32_t>(i) * 4, bytes ? byte : value);
    }
  }

  LOOKGLASS_DEVICE bool meets_tile() const {
    const int x = static_cast<int>(block_id().x) * kLookglassTileWidth - region_.left;
    const int y = static_cast<int>(block_id().y) * kLookglassTileHeight - region_.top;
    return x < region_.width && y < region_.height && x > -kLookglassTileWidth && y > -kLookglassTileHeight;
  }

  LOOKGLASS_DEVICE bool holds(int x, int y) const {
    return x >= region_.left && x < region_.left + region_.width && y >= region_.top &&
           y < region_.top + region_.height;
  }

  LOOKGLASS_DEVICE float at(int channel, int x, int y) const {
    const Tap tx = tap(x - region_.left, region_.width, 0), ty = tap(y - region_.top, region_.height, 1);
    const float top = mix(value(channel, tx.low, ty.low), value(channel, tx.high, ty.low), tx.share);
    const float bottom = mix(value(channel, tx.low, ty.high), value(channel, tx.high, ty.high), tx.share);
    return mix(top, bottom, ty.share);
  }

  // The same for bytes, in the fixed point of cv2.resize: eleven bits a weight, of which sums drop four.
  LOOKGLASS_DEVICE int byte_at(int channel, int x, int y) const {
    const Tap tx = tap(x - region_.left, region_.width, 0), ty = tap(y - region_.top, region_.height, 1);
    const int top = fixed(channel, tx, ty.low) >> 4, bottom = fixed(channel, tx, ty.high) >> 4;
    return ((weight(1 - ty.share) * top >> 16) + (weight(ty.share) * bottom >> 16) + 2) >> 2;
  }

  LOOKGLASS_DEVICE int level() const { return region_.level; }
  LOOKGLASS_DEVICE static float mix(float a, float b, float share) { return fmaf(b - a, share, a); }

 private:
  struct Tap {
    int low, high;
    float share;
  };

  LOOKGLASS_DEVICE float support_of(int pixel) const {
    return (static_cast<float>(pixel) + 0.5f) / static_cast<float>(grid_.step) - 0.5f;
  }
  LOOKGLASS_DEVICE int first_support(int pixel) const {
    return max(static_cast<int>(floorf(support_of(pixel))), 0);
  }
  LOOKGLASS_DEVICE Tap tap(int pixel, int size, int axis) const {
    const float position = support_of(pixel), low = floorf(position);
    const int last = (size - 1) / grid_.step, index = static_cast<int>(low);
    return {clamp(index, 0, last) - first_[axis], clamp(index + 1, 0, last) - first_[axis], position - low};
  }
  LOOKGLASS_DEVICE float value(int channel, int column, int row) const {
    return load_shared<float>(shared_ +
                              static_cast<uint32_t>((channel * rows_ + row) * columns_ + column) * 4);
  }
  LOOKGLASS_DEVICE static int weight(float share) { return static_cast<int>(rintf(share * 2048)); }
  LOOKGLASS_DEVICE int fixed(int channel, const Tap& x, int row) const {
    return static_cast<int>(value(channel, x.low, row)) * weight(1 - x.share) +
           static_cast<int>(value(channel, x.high, row)) * weight(x.share);
  }

  // The enlarged grid at one of the region's supports (cv2.warpAffine).
  LOOKGLASS_DEVICE float support(int channel, int column, int row) const {
    const float stride = static_cast<float>(grid_.scale[0] * grid_.step);
    const float stride_y = static_cast<float>(grid_.scale[1] * grid_.step);
    const float x = fmaf(static_cast<float>(column), stride, region_.shift[0]);
    const float y = product(static_cast<float>(row), stride_y) + region_.shift[1];
    const float left = floorf(x), top = floorf(y);
    const int width = grid_.enlarge * grid_.width, height = grid_.enlarge * grid_.height;
    const int x0 = clamp(static_cast<int>(left), 0, width - 1),
              x1 = clamp(static_cast<int>(left) + 1, 0, width - 1);
    const int y0 = clamp(static_cast<int>(top), 0, height - 1),
              y1 = clamp(static_cast<int>(top) + 1, 0, height - 1);
    const float* plane = fine_ + channel * width * height;
    const float above = mix(plane[y0 * width + x0], plane[y0 * width + x1], x - left);
    return mix(above, mix(plane[y1 * width + x0], plane[y1 * width + x1], x - left), y - top);
  }

  const Grid& grid_;
  const Region& region_;
  const float* fine_;
  uint32_t shared_;
  int first_[2], columns_, rows_;
};

}  // namespace lookglass::warp_composite
