"""Layers snapped to the edges of the frame.

The network draws its alphas on a grid of two crop pixels and a little soft. Where hands, hair and the old
clothes end, the frame itself has the edge: a guided filter (He et al. 2010) with the person crop as its guide
moves the alphas there. Where the frame is flat there is no edge to snap to, and the network's own stays.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.types import F32, U8, Layers

_FAINT = 0.02
_REACH = 5
"""Side of the neighbourhood in the network's cells: its edges are about two of them off."""
_FLATNESS = 0.03**2
"""Variance of the frame's luminance below which an edge is noise."""
_STEEP = 2.0
"""How much steeper the edge of hair and hands gets: new cloth must not be seen through their tips."""


def snap_to_edges(layers: Layers, picture: U8) -> Layers:
    """Move coverage, occluders and the old garment's alpha to the frame's own edges.

    The filter's coefficients are those of the network's grid enlarged (fast guided filter, He and Sun 2015).

    Args:
        layers: what the network returned.
        picture: (256, 256, 3) uint8 BGR, the person crop.

    Returns:
        Layers whose alphas are on the crop's own grid, 256x192.
    """
    coverage, occluder = (np.zeros((n, MODEL_HEIGHT, MODEL_WIDTH), np.float32) for n in (3, 2))
    painted_alpha = np.zeros((MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    # Nothing in front of the garment matters where neither new nor old clothes are.
    cells = box_around(np.maximum(layers.coverage.max(0), layers.painted_alpha) > _FAINT, _REACH)
    at = doubled(cells)
    columns = np.ascontiguousarray(model_columns(picture)[at], np.uint8)
    if columns.size == 0:
        return replace(layers, coverage=coverage, occluder=occluder, painted_alpha=painted_alpha)
    guide = np.asarray(cv2.cvtColor(columns, cv2.COLOR_BGR2GRAY) * np.float32(1 / 255), np.float32)
    size = (guide.shape[1] // 2, guide.shape[0] // 2)
    small = np.asarray(cv2.resize(guide, size, interpolation=cv2.INTER_AREA), np.float32)
    mean = _blur(small)
    variance = np.maximum(_blur(small * small) - mean * mean, np.float32(0))
    local = _Guide(small, mean, variance, np.asarray(variance / (variance + _FLATNESS), np.float32))
    # What is drawn snaps only where the network sees an edge, too: trees are full of edges. Coverage snaps
    # half way, for the frame's edges are those of the body and of the old garment.
    for alpha, moved in zip(layers.coverage, coverage, strict=True):
        alpha = alpha[cells]
        moved[at] = _snap(alpha, local, np.minimum(6 * alpha * (1 - alpha), np.float32(0.5)), guide)
    for alpha, moved in zip(layers.occluder, occluder, strict=True):
        alpha = alpha[cells]
        share = np.minimum(12 * alpha * (1 - alpha), np.float32(1))
        moved[at] = _snap(alpha, local, share, guide, steep=_STEEP)
    old = _snap(layers.painted_alpha[cells], local, np.float32(1), guide)
    # A pixel more of paint: the rim of the old clothes is mixed into the pixels around them. But hair
    # tips and fingers that lie on them are the frame's own.
    painted_alpha[at] = np.minimum(cv2.dilate(old, np.ones((3, 3), np.uint8)), 1 - occluder[1][at])
    return replace(layers, coverage=coverage, occluder=occluder, painted_alpha=painted_alpha)


@dataclass(frozen=True, slots=True)
class _Guide:
    """The frame's luminance on the network's grid, (h, w) each; trust is 0 where it is flat, 1 at an edge."""

    values: F32
    mean: F32
    variance: F32
    trust: F32


def _snap(alpha: F32, local: _Guide, share: F32 | np.float32, guide: F32, *, steep: float = 1.0) -> F32:
    """The alpha (h, w), moved to the guide's (H, W) edges: slope * guide + offset, steeper and clipped."""
    mean = _blur(alpha)
    slope = (_blur(local.values * alpha) - local.mean * mean) / (local.variance + np.float32(_FLATNESS))
    offset = _blur(mean - slope * local.mean)
    trust = local.trust * share
    size = guide.shape[::-1]
    moved = steep * (alpha + trust * (offset - alpha)) + (1 - steep) / 2
    fine = cv2.resize(steep * trust * _blur(slope), size, interpolation=cv2.INTER_LINEAR)
    base = cv2.resize(moved, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(fine * guide + base, 0, 1), np.float32)


def _blur(values: F32) -> F32:
    return np.asarray(cv2.blur(values, (_REACH, _REACH)), np.float32)
