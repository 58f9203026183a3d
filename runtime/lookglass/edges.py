"""Layers snapped to the edges of the frame.

The network draws its alphas on a grid of two crop pixels and a little soft. Where hands, hair and the old
clothes end, the frame itself has the edge: a guided filter (He et al. 2010) with the person crop as its guide
moves the alphas there. Where the frame is flat there is no edge to snap to, and the network's own stays.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.types import F32, U8, Layers

_REACH = 5
"""Side of the neighbourhood in the network's cells: its edges are about two of them off."""
_FLATNESS = 0.03**2
"""Variance of the frame's luminance below which an edge is noise."""


def snap_to_edges(layers: Layers, picture: U8) -> Layers:
    """Move coverage, occluders and the old garment's alpha to the frame's own edges.

    The filter's coefficients are those of the network's grid enlarged (fast guided filter, He and Sun 2015).

    Args:
        layers: what the network returned.
        picture: (256, 256, 3) uint8 BGR, the person crop.

    Returns:
        Layers whose alphas are on the crop's own grid, 256x192.
    """
    columns = np.ascontiguousarray(model_columns(picture), np.uint8)
    guide = np.asarray(cv2.cvtColor(columns, cv2.COLOR_BGR2GRAY) * np.float32(1 / 255), np.float32)
    alphas = np.dstack([*layers.coverage, *layers.occluder, layers.painted_alpha])
    slope, offset = _coefficients(alphas, _resize(guide, alphas.shape[1::-1]))
    size = (MODEL_WIDTH, MODEL_HEIGHT)
    moved = _resize(slope, size) * guide[..., None] + _resize(offset, size)
    snapped = np.ascontiguousarray(np.clip(moved, 0, 1).transpose(2, 0, 1))
    # A pixel more of paint: the rim of the old clothes is mixed into the pixels around them.
    old = np.asarray(cv2.dilate(snapped[5], np.ones((3, 3), np.uint8)), np.float32)
    return replace(layers, coverage=snapped[:3], occluder=snapped[3:5], painted_alpha=old)


def _coefficients(alphas: F32, guide: F32) -> tuple[F32, F32]:
    """Slope and offset, (h, w, 6) each: slope * guide + offset are the alphas, at the guide's edges."""
    guide = guide[..., None]
    mean, mean_alphas = _blur(guide), _blur(alphas)
    variance = np.maximum(_blur(guide * guide) - mean * mean, np.float32(0))
    steep = variance + np.float32(_FLATNESS)
    slope = np.asarray((_blur(guide * alphas) - mean * mean_alphas) / steep, np.float32)
    offset = _blur(mean_alphas - slope * mean)
    trust = np.repeat(variance / steep, alphas.shape[2], axis=2)
    # What is drawn snaps only where the network sees an edge, too: a tree behind a shoulder is full of edges.
    drawn = alphas[..., :5]
    trust[..., :5] *= np.minimum(12 * drawn * (1 - drawn), 1)
    return np.asarray(trust * _blur(slope), np.float32), alphas + trust * (offset - alphas)


def _resize(values: F32, size: tuple[int, int]) -> F32:
    area = size[0] < values.shape[1]
    return np.asarray(
        cv2.resize(values, size, interpolation=cv2.INTER_AREA if area else cv2.INTER_LINEAR), np.float32
    )


def _blur(values: F32) -> F32:
    blurred = np.asarray(cv2.blur(values, (_REACH, _REACH)), np.float32)
    return blurred if blurred.ndim == 3 else blurred[..., None]
