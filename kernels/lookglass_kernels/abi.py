"""The kernels' C interface in ctypes: params structs, launch plans, and the library that makes the plans.

A mirror of `common/launch_plan.h` and each kernel's header; `tests/kernels` holds the sizes against C.
"""

import ctypes
from ctypes import Structure, c_char, c_int32, c_uint32, c_uint64, c_void_p
from functools import cache
from typing import ClassVar

from lookglass_kernels.build import build_plans


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
    fault = _plans().lookglass_cross_attention(
        ctypes.byref(params), multiprocessors, warps, splits, ctypes.byref(plan)
    )
    if fault:
        raise ValueError(fault.decode())
    return plan


@cache
def _plans() -> ctypes.CDLL:
    library = ctypes.CDLL(str(build_plans()))
    library.lookglass_cross_attention.restype = ctypes.c_char_p
    library.lookglass_cross_attention.argtypes = [c_void_p, c_int32, c_int32, c_int32, c_void_p]
    return library
