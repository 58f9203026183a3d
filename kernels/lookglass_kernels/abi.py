"""The kernels' C interface in ctypes: params structs, launch plans, and the library that makes the plans.

A mirror of `common/launch_plan.h` and each kernel's header; `tests/kernels` holds the sizes against C.
"""

import ctypes
from ctypes import Structure, c_char, c_double, c_float, c_int32, c_uint32, c_uint64, c_void_p
from functools import cache
from typing import ClassVar

from lookglass_kernels.build import build_plans

MAX_LEVELS = 16


class LaunchPlan(Structure):
    """How to launch: kernel name, grid, block, shared memory, workspace."""

    _fields_: ClassVar = [
        ("kernel", c_char * 64),
        ("grid", c_uint32 * 3),
        ("block", c_uint32 * 3),
        ("shared_bytes", c_uint32),
        ("reserved", c_uint32),
        ("workspace_bytes", c_uint64),
    ]


class CrossAttentionParams(Structure):
    """See `cross_attention/cross_attention.h`."""

    _fields_: ClassVar = [
        *((name, c_void_p) for name in ("q", "k", "v", "extra", "out", "extra_out", "lse", "workspace")),
        *(
            (name, c_int32)
            for name in ("heads", "queries", "keys", "key_width", "value_width", "extra_width")
        ),
        ("splits", c_int32),
        ("tiles_per_split", c_int32),
    ]


class LayerGrid(Structure):
    """One of the grids that the try-on network's layers come on."""

    _fields_: ClassVar = [
        ("scale", c_double * 2),
        ("offset", c_double * 2),
        *((name, c_int32) for name in ("width", "height", "channels", "step", "enlarge", "reserved")),
    ]


class WarpCompositeParams(Structure):
    """See `warp_composite/warp_composite.h`."""

    _fields_: ClassVar = [
        *((name, c_void_p) for name in ("frame", "out", "flow", "coverage", "occluder", "shading")),
        *((name, c_void_p) for name in ("repeat", "repeat_alpha", "painted", "painted_alpha", "skin")),
        *((name, c_void_p) for name in ("shadow", "grain", "texture", "workspace")),
        *((name, c_int32) for name in ("width", "height", "level_count")),
        ("level_side", c_int32 * MAX_LEVELS),
        ("grain_side", c_int32),
        ("grain_finest", c_double),
        ("crop_scale", c_double),
        ("crop_center", c_double * 2),
        ("ramp_limits", c_double * 2 * 4),
        ("grid", LayerGrid * 3),
        ("cover_scale", c_double * 2),
        ("cover_offset", c_double * 2),
        ("grain_scale", c_double * 2),
        ("grain_map", c_double * 2),
        ("grain_offset", c_int32),
        ("grain_mask", c_int32),
        ("level_area", c_double * MAX_LEVELS),
        ("level_offset", c_int32 * MAX_LEVELS),
        ("fine_offset", c_int32 * 3),
        ("ramp", c_uint32 * 256),
    ]


class PreprocessParams(Structure):
    """See `preprocess/preprocess.h`."""

    _fields_: ClassVar = [
        *((name, c_void_p) for name in ("frame", "out")),
        *((name, c_int32) for name in ("frame_width", "frame_height", "width", "height")),
        *((name, c_int32) for name in ("crop_size", "left", "half")),
        ("crop_scale", c_double),
        ("crop_center", c_double * 2),
        ("gain", c_float * 3),
        ("bias", c_float * 3),
        ("factor", c_int32),
        ("region", c_int32 * 2),
        ("region_size", c_int32 * 2),
        ("scale", c_float),
        ("offset", c_float * 2),
    ]


def plan_cross_attention(
    params: CrossAttentionParams, *, multiprocessors: int, warps: int = 0, splits: int = 0
) -> LaunchPlan:
    """Choose tile and split for the sizes in `params`, which also receives the split.

    Args:
        params: with sizes; pointers may still be missing.
        multiprocessors: of the GPU.
        warps: 2, 4 or 8 to force a tile, 0 to let the plan choose.
        splits: parts of the keys, 0 to let the plan choose.

    Raises:
        ValueError: no kernel for these sizes.

    Example:
        >>> params = CrossAttentionParams(heads=4, queries=192, keys=256, key_width=32, value_width=32)
        >>> plan = plan_cross_attention(params, multiprocessors=132)
        >>> plan.kernel.decode(), list(plan.grid), params.splits
        ('cross_attention_32_32_w2', [6, 4, 4], 4)
    """
    plan = LaunchPlan()
    _check(
        _plans().lookglass_cross_attention(
            ctypes.byref(params), multiprocessors, warps, splits, ctypes.byref(plan)
        )
    )
    return plan


def plan_warp_composite(params: WarpCompositeParams) -> tuple[LaunchPlan, LaunchPlan]:
    """Complete the params and plan the two launches, prepare and draw, that share one workspace.

    Args:
        params: with frame, grid, level and crop sizes; pointers may still be missing.

    Raises:
        ValueError: the sizes do not go together.
    """
    plans = (LaunchPlan * 2)()
    _check(_plans().lookglass_warp_composite(ctypes.byref(params), plans))
    return plans[0], plans[1]


def plan_preprocess(params: PreprocessParams) -> LaunchPlan:
    """Complete the params and plan the launch.

    Args:
        params: with sizes and crop; pointers may still be missing.

    Raises:
        ValueError: the sizes do not go together.
    """
    plan = LaunchPlan()
    _check(_plans().lookglass_preprocess(ctypes.byref(params), ctypes.byref(plan)))
    return plan


def _check(fault: bytes | None) -> None:
    if fault:
        raise ValueError(fault.decode())


@cache
def _plans() -> ctypes.CDLL:
    library = ctypes.CDLL(str(build_plans()))
    library.lookglass_cross_attention.restype = ctypes.c_char_p
    library.lookglass_cross_attention.argtypes = [c_void_p, c_int32, c_int32, c_int32, c_void_p]
    library.lookglass_warp_composite.restype = ctypes.c_char_p
    library.lookglass_warp_composite.argtypes = [c_void_p, c_void_p]
    library.lookglass_preprocess.restype = ctypes.c_char_p
    library.lookglass_preprocess.argtypes = [c_void_p, c_void_p]
    return library
