// Colours and alphas in bytes, rounded as OpenCV rounds them.
#pragma once
#include "common/device.cuh"

namespace lookglass::warp_composite {

// Alphas are bytes, 255 for one.
LOOKGLASS_DEVICE int times(int a, int b) { return (a * b + 127) / 255; }
LOOKGLASS_DEVICE int add(int a, int b) { return min(a + b, 255); }
// Exactly what is below where the weight is 0, and exactly what is above where it is 255.
LOOKGLASS_DEVICE int blend(int below, int above, int weight) {
  return add(times(above, weight), times(below, 255 - weight));
}
LOOKGLASS_DEVICE int round_byte(float x) { return static_cast<int>(round_to_byte(x)); }

struct Colour {
  int channel[4];  // BGR and alpha, bytes
};

}  // namespace lookglass::warp_composite
