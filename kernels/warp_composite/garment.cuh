// The garment at a pixel, from the photo's parts.
#pragma once
#include "warp_composite/look_up.cuh"

namespace lookglass::warp_composite {

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

}  // namespace lookglass::warp_composite
