// The plans as a library, for launchers that are not C++.
#include "cross_attention/cross_attention.h"
#include "preprocess/preprocess.h"
#include "warp_composite/warp_composite.h"

#define LOOKGLASS_EXPORT extern "C" __attribute__((visibility("default")))

LOOKGLASS_EXPORT const char* lookglass_cross_attention(LookglassCrossAttentionParams* params,
                                                       int32_t multiprocessors, int32_t warps, int32_t splits,
                                                       LookglassLaunchPlan* plan) {
  return lookglass_plan_cross_attention(params, multiprocessors, warps, splits, plan);
}

LOOKGLASS_EXPORT const char* lookglass_warp_composite(LookglassWarpCompositeParams* params,
                                                      LookglassLaunchPlan plans[2]) {
  return lookglass_plan_warp_composite(params, plans);
}

LOOKGLASS_EXPORT const char* lookglass_preprocess(LookglassPreprocessParams* params,
                                                  LookglassLaunchPlan* plan) {
  return lookglass_plan_preprocess(params, plan);
}
