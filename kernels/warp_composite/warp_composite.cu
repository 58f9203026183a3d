// Draws a garment into a frame: layers enlarged, each part's photo sampled through its own flow, lit, and
// laid over the camera's picture. lookglass/compose.py tells why each step is as it is; this is the same
// arithmetic.
#include "common/device.cuh"
#include "warp_composite/warp_composite.h"

namespace lookglass {
namespace {

using Params = LookglassWarpCompositeParams;
using Grid = LookglassLayerGrid;

constexpr int kThreads = kLookglassTileWidth * kLookglassTileHeight;
constexpr int kParts = kLookglassParts;

// Channels of the cover grid, and of the shading grid after the three of its gain.
enum { kCoverage = 0, kOccluder = 3, kPainted = 5, kPaintedAlpha = 8, kRepeatAlpha, kShadow, kCoverChannels };
enum { kRepeat = 3, kShadeChannels = 5 };

// The rectangle of the frame that a part may touch (none if width is 0), and where its bilinear supports
// start in the doubled grid.
struct Region {
  int left, top, width, height;
  float shift[2];
  int level, unused;
};

// The workspace: a ticket, whether any garment is visible, the regions, the doubled grids.
struct Workspace {
  uint32_t ticket, visible, unused[62];
  Region regions[kLookglassRegions];
  unsigned char padding[256 - kLookglassRegions * sizeof(Region)];
};
static_assert(sizeof(Workspace) == 512, "the plan reserves this much");

LOOKGLASS_DEVICE Workspace* workspace(const Params& p) { return static_cast<Workspace*>(p.workspace); }
LOOKGLASS_DEVICE float* fine_grid(const Params& p, int grid) {
  return reinterpret_cast<float*>(workspace(p) + 1) + p.fine_offset[grid];
}
LOOKGLASS_DEVICE int clamp(int value, int low, int high) { return min(max(value, low), high); }
// Reduces over the block; `join` of two values, through 4 bytes of shared memory per warp.
template <class Join>
LOOKGLASS_DEVICE float block_reduce(float value, Join join) {
  for (int mask = 16; mask; mask /= 2) value = join(value, shuffle_xor(value, mask));
  block_barrier();
  if (thread_id().x % 32 == 0) store_shared(thread_id().x / 32 * 4, value);
  block_barrier();
  for (uint32_t warp = 0; warp < kThreads / 32; ++warp) value = join(value, load_shared<float>(warp * 4));
  return value;
}
LOOKGLASS_DEVICE float block_min(float value) {
  return block_reduce(value, [](float a, float b) { return fminf(a, b); });
}
LOOKGLASS_DEVICE float block_max(float value) {
  return block_reduce(value, [](float a, float b) { return fmaxf(a, b); });
}

// --- prepare: the regions, and the layers doubled
// -------------------------------------------------------------

// Whether a cell of the coverage grid belongs to a region's support.
LOOKGLASS_DEVICE bool supports(const Params& p, int region, int cell) {
  const Grid& grid = p.grid[kLookglassCoverGrid];
  const int cells = grid.width * grid.height;
  const float least = static_cast<float>(p.ramp_limits[kLookglassCoverageRamp][0] / kParts);
  if (region < kParts) return load_global<float>(p.coverage + region * cells + cell) > least;
  if (region == kLookglassWindowRegion) return true;
  const float painted = static_cast<float>(p.ramp_limits[kLookglassPaintedRamp][0]);
  bool any = load_global<float>(p.painted_alpha + cell) > painted;
  any |= load_global<float>(p.repeat_alpha + cell) > painted;
  any |= load_global<float>(p.shadow + cell) > 0;
  for (int part = 0; part < kParts; ++part)
    any |= load_global<float>(p.coverage + part * cells + cell) > least;
  return any;
}

// First and last frame pixel, along an axis, of cells low to high (lookglass.region.region).
LOOKGLASS_DEVICE int2 frame_range(const Params& p, int axis, float low, float high, int frame_size) {
  const Grid& grid = p.grid[kLookglassCoverGrid];
  const double cells = axis ? grid.height : grid.width;
  // Bicubic interpolation reaches two cells; the window ends half a cell beyond its last centre.
  const double from = fmax(low - 2.0, -0.5), to = fmin(high + 2.0, cells - 0.5);
  const int first = static_cast<int>(fmax(ceil((from - p.cover_offset[axis]) / p.cover_scale[axis]), 0.0));
  const int last = static_cast<int>(
      fmin(floor((to - p.cover_offset[axis]) / p.cover_scale[axis]), static_cast<double>(frame_size - 1)));
  return make_int2(first, last);
}

LOOKGLASS_DEVICE Region find_region(const Params& p, int index) {
  const Grid& cover = p.grid[kLookglassCoverGrid];
  const int lane = static_cast<int>(thread_id().x) % 32, warp = static_cast<int>(thread_id().x) / 32;
  float left = INFINITY, right = -1, top = INFINITY, bottom = -1;
  for (int row = warp; row < cover.height; row += kThreads / 32) {
    const float y = static_cast<float>(row);
#pragma unroll 4  // without a branch, so that the loads of four steps are under way at once
    for (int column = lane; column < cover.width; column += 32) {
      const bool drawn = supports(p, index, row * cover.width + column);
      const float x = static_cast<float>(column);
      left = fminf(left, drawn ? x : INFINITY), right = fmaxf(right, drawn ? x : -1);
      top = fminf(top, drawn ? y : INFINITY), bottom = fmaxf(bottom, drawn ? y : -1);
    }
  }
  left = block_min(left), right = block_max(right), top = block_min(top), bottom = block_max(bottom);
  Region region = {};
  if (right < 0) return region;
  const int2 x = frame_range(p, 0, left, right, p.width), y = frame_range(p, 1, top, bottom, p.height);
  if (x.y < x.x || y.y < y.x) return region;
  region.left = x.x, region.top = y.x, region.width = x.y - x.x + 1, region.height = y.y - y.x + 1;
  const Grid& grid = p.grid[index < kParts                   ? kLookglassFlowGrid
                            : index == kLookglassCoverRegion ? kLookglassCoverGrid
                                                             : kLookglassShadeGrid];
  const double middle = (grid.step - 1) / 2.0;
  region.shift[0] = static_cast<float>(grid.scale[0] * (region.left + middle) + grid.offset[0]);
  region.shift[1] = static_cast<float>(grid.scale[1] * (region.top + middle) + grid.offset[1]);
  return region;
}

// The area that a cell of the flow grid covers in the garment frame; -1 where the part is not shown.
LOOKGLASS_DEVICE float flow_area(const Params& p, int part, int x, int y) {
  const Grid &grid = p.grid[kLookglassFlowGrid], &cover = p.grid[kLookglassCoverGrid];
  if (x + 1 == grid.width || y + 1 == grid.height) return -1;
  const int columns = cover.width / grid.width, rows = cover.height / grid.height;
  const float* shown = p.coverage + (part * cover.height + rows * y) * cover.width + columns * x;
  float sum = 0;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j) sum += load_global<float>(shown + i * cover.width + j);
  if (!(sum / static_cast<float>(rows * columns) > 0.3f)) return -1;
  const float* u = p.flow + (2 * part * grid.height + y) * grid.width + x;
  const float* v = u + grid.height * grid.width;
  const float u0 = load_global<float>(u), v0 = load_global<float>(v);
  const float across[2] = {load_global<float>(u + 1) - u0, load_global<float>(v + 1) - v0};
  const float down[2] = {load_global<float>(u + grid.width) - u0, load_global<float>(v + grid.width) - v0};
  return fabsf(across[0] * down[1] - across[1] * down[0]);
}

// Whether the median of the areas in shared memory reaches a limit; sixteen lanes work on each limit.
LOOKGLASS_DEVICE bool median_reaches(int cells, float limit) {
  float below = 0, total = 0, low = -1, high = INFINITY;
  for (int cell = static_cast<int>(thread_id().x) % 16; cell < cells; cell += 16) {
    const float area = load_shared<float>(static_cast<uint32_t>(cell) * 4);
    if (area < 0) continue;
    total += 1;
    if (area < limit)
      below += 1, low = fmaxf(low, area);
    else
      high = fminf(high, area);
  }
  for (int mask = 8; mask; mask /= 2) {
    below += shuffle_xor(below, mask), total += shuffle_xor(total, mask);
    low = fmaxf(low, shuffle_xor(low, mask)), high = fminf(high, shuffle_xor(high, mask));
  }
  // The limit may fall between the two middle areas of an even number of them.
  if (2 * below == total && total > 0) return (low + high) / 2 >= limit;
  return 2 * below < total || total == 0;
}

// The smallest level of the mipmap that still has a texel per frame pixel (lookglass.mipmap).
LOOKGLASS_DEVICE int find_level(const Params& p, int part) {
  const Grid& grid = p.grid[kLookglassFlowGrid];
  const int cells = grid.width * grid.height;
  block_barrier();
  for (int cell = static_cast<int>(thread_id().x); cell < cells; cell += kThreads)
    store_shared(static_cast<uint32_t>(cell) * 4, flow_area(p, part, cell % grid.width, cell / grid.width));
  block_barrier();
  const int level = static_cast<int>(thread_id().x) / 16;
  const bool reached =
      median_reaches(cells, static_cast<float>(p.level_area[level])) && level < p.level_count;
  return static_cast<int>(block_max(reached ? static_cast<float>(level) : 0.0f));
}

LOOKGLASS_DEVICE void prepare_region(const Params& p, int index) {
  Region region = find_region(p, index);
  if (index < kParts) region.level = find_level(p, index);
  if (thread_id().x == 0) workspace(p)->regions[index] = region;
}

LOOKGLASS_DEVICE const float* source_of(const Params& p, int grid, int channel) {
  const int cells = p.grid[grid].width * p.grid[grid].height;
  if (grid == kLookglassFlowGrid) return p.flow + channel * cells;
  if (grid == kLookglassShadeGrid)
    return channel < kRepeat ? p.shading + channel * cells : p.repeat + (channel - kRepeat) * cells;
  if (channel < kOccluder) return p.coverage + channel * cells;
  if (channel < kPainted) return p.occluder + (channel - kOccluder) * cells;
  if (channel < kPaintedAlpha) return p.painted + (channel - kPainted) * cells;
  if (channel == kPaintedAlpha) return p.painted_alpha;
  return channel == kRepeatAlpha ? p.repeat_alpha : p.shadow;
}

// Doubling by Keys' cubic with a = -0.75: the weights of the four cells around, and the first of those cells.
struct CubicTaps {
  LOOKGLASS_DEVICE explicit CubicTaps(int fine) : first((fine + 1) / 2 - 2) {
    constexpr float kNear = -0.03515625f, kOwn = 0.26171875f, kNext = 0.87890625f, kFar = -0.10546875f;
    const bool even = fine % 2 == 0;
    weight[0] = even ? kNear : kFar, weight[1] = even ? kOwn : kNext;
    weight[2] = even ? kNext : kOwn, weight[3] = even ? kFar : kNear;
  }
  int first;
  float weight[4];
};

LOOKGLASS_DEVICE void prepare_cell(const Params& p, int cell) {
  int grid = kLookglassShadeGrid;
  while (grid > 0 && cell < p.fine_offset[grid]) --grid;
  const int width = p.grid[grid].width, height = p.grid[grid].height, enlarge = p.grid[grid].enlarge;
  const int local = cell - p.fine_offset[grid], channel = local / (enlarge * enlarge * width * height);
  if (channel >= p.grid[grid].channels) return;
  const float* source = source_of(p, grid, channel);
  if (enlarge == 1) {
    fine_grid(p, 0)[cell] = load_global<float>(source + local % (width * height));
    return;
  }
  const CubicTaps x(local % (2 * width)), y(local / (2 * width) % (2 * height));
  float sum = 0;
  for (int i = 0; i < 4; ++i) {
    const float* row = source + clamp(y.first + i, 0, height - 1) * width;
    float value = 0;
    for (int j = 0; j < 4; ++j)
      value += x.weight[j] * load_global<float>(row + clamp(x.first + j, 0, width - 1));
    sum += y.weight[i] * value;
  }
  fine_grid(p, 0)[cell] = sum;
}

// --- draw
// ------------------------------------------------------------------------------------------------------

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

// Alphas are bytes, 255 for one.
LOOKGLASS_DEVICE int times(int a, int b) { return (a * b + 127) / 255; }
LOOKGLASS_DEVICE int add(int a, int b) { return min(a + b, 255); }
// Exactly what is below where the weight is 0, and exactly what is above where it is 255.
LOOKGLASS_DEVICE int blend(int below, int above, int weight) {
  return add(times(above, weight), times(below, 255 - weight));
}
LOOKGLASS_DEVICE int round_byte(float x) { return static_cast<int>(round_to_byte(x)); }

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

struct Colour {
  int channel[4];  // BGR and alpha, bytes
};

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

// Everything that a pixel is drawn from.
struct Layers {
  LayerTile cover, shade, flow[kParts];
  Ramps ramp;
};

// How much of the torso and of the sleeves is seen.
LOOKGLASS_DEVICE void find_shown(const Layers& layers, const int (&coverage)[kParts], int x, int y,
                                 int (&shown)[2]) {
  const int sleeves = add(coverage[1], coverage[2]);
  const int edge = layers.ramp(kLookglassCoverageRamp, add(coverage[0], sleeves));
  for (int i = 0; i < 2; ++i) {
    int front = layers.cover.byte_at(kOccluder + i, x, y);
    // An arm in its new sleeve is no reason for a slit along the torso, where both are half covered; what
    // is in front of the sleeve itself is.
    if (i == 0) front = max(front - 2 * sleeves, layers.cover.byte_at(kOccluder + 1, x, y));
    shown[i] = times(edge, 255 - layers.ramp(kLookglassOccluderRamp, front));
  }
}

// The garment's colour and alpha at a pixel: colours of two parts meet, their flows never do.
LOOKGLASS_DEVICE Colour dress(const Params& p, const Layers& layers, int x, int y) {
  int coverage[kParts], shown[2];
  for (int part = 0; part < kParts; ++part) coverage[part] = layers.cover.byte_at(kCoverage + part, x, y);
  find_shown(layers, coverage, x, y, shown);
  Colour colour = {};
#pragma unroll
  for (int part = 0; part < kParts; ++part) {
    const LayerTile& flow = layers.flow[part];
    if (!flow.holds(x, y)) continue;
    const int others = max(coverage[(part + 1) % kParts], coverage[(part + 2) % kParts]);
    const int lead = round_byte(static_cast<float>(coverage[part] - others) * 0.5f + 127.5f);
    const int leads = layers.ramp(kLookglassSeamRamp, lead), front = shown[min(part, 1)];
    if (leads == 0 || front == 0) continue;  // most pixels are one part's
    const Colour seen = look_up(p, flow.level(), flow.at(0, x, y), flow.at(1, x, y));
    const int added = times(times(seen.channel[3], leads), front), total = add(colour.channel[3], added);
    if (added == 0) continue;
    const int share = round_byte(static_cast<float>(added * 255) / static_cast<float>(total));
    for (int c = 0; c < 3; ++c) colour.channel[c] = blend(colour.channel[c], seen.channel[c], share);
    colour.channel[3] = total;
  }
  return colour;
}

LOOKGLASS_DEVICE void copy_pixel(const Params& p, int x, int y) {
  const size_t at = (static_cast<size_t>(y) * p.width + x) * 3;
  for (int c = 0; c < 3; ++c)
    static_cast<uint8_t*>(p.out)[at + c] = static_cast<const uint8_t*>(p.frame)[at + c];
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

}  // namespace
}  // namespace lookglass

LOOKGLASS_KERNEL(warp_composite_prepare, LookglassWarpCompositeParams, 256, 4) {
  const int block = static_cast<int>(lookglass::block_id().x);
  if (block < kLookglassRegions)
    lookglass::prepare_region(params, block);
  else
    lookglass::prepare_cell(params,
                            (block - kLookglassRegions) * 256 + static_cast<int>(lookglass::thread_id().x));
}
LOOKGLASS_KERNEL(warp_composite_draw, LookglassWarpCompositeParams, 256, 4) { lookglass::draw(params); }
