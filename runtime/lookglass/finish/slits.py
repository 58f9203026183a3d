"""Slits between a torso and an arm beside it, and between legs, in which only old clothes were to be seen.

No place of the frame shows what is behind there, so what was looked up was a scrap of the old clothes, or
fog. Cloth is stretched over the slit, row by row.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.stretch import across
from lookglass.finish.unrolled import clipped
from lookglass.finish.worn import Worn
from lookglass.types import F32, Layers

_AT_ARMS, _BETWEEN_LEGS = (2.0, 2.0), (3.0, 4.0)
"""Cells of a slit that is closed, from twice that on it is meant to be seen; and of wall in one with which it
stays, for the frame shows what is behind."""
_LITTLE = 0.2
"""Cells of a slit that nobody sees."""
_EVEN = 11
"""Rows over which the width of a slit is averaged."""
_EASE, _LEAST = 6.0, 1.5
"""Cells of cloth beside a slit that are stretched, and how many times its width at least."""


def close_at_arms(layers: Layers, worn: Worn) -> tuple[Layers, Worn]:
    """Stretch the torso of a top to the arms beside it.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
    """
    arms = np.maximum(worn.seen[1:].max(0), layers.bare)
    return _closed(layers, worn, 0, arms, _AT_ARMS)


def close_between_legs(layers: Layers, worn: Worn) -> tuple[Layers, Worn]:
    """Stretch the legs of trousers, parts 1 and 2, to the middle between them; arguments as above."""
    left, right = worn.seen[1:]
    layers, worn = _closed(layers, worn, 1, right, _BETWEEN_LEGS, share=0.5)
    return _closed(layers, worn, 2, left, _BETWEEN_LEGS, share=0.5)


def _closed(
    layers: Layers, worn: Worn, part: int, beside: F32, limits: tuple[float, float], *, share: float = 1.0
) -> tuple[Layers, Worn]:
    """Stretch a part towards what is beside it, (h, w), over a share of slits within limits."""
    own, old = worn.seen[part], layers.painted_alpha
    right = share * _slit(own, beside, old, limits)
    left = share * _slit(own[:, ::-1], beside[:, ::-1], old[:, ::-1], limits)
    if max(right.max(), left.max()) < _LITTLE:
        return layers, worn
    columns = np.arange(beside.shape[1], dtype=np.float32) - _shift(own, right)
    columns += _shift(own[:, ::-1], left)[:, ::-1]
    flow, coverage, seen = layers.flow.copy(), worn.coverage.copy(), worn.seen.copy()
    for alphas in (coverage, seen):
        free = 1 - np.minimum(alphas.sum(0) - alphas[part], 1)
        np.maximum(alphas[part], np.minimum(across(alphas[part][None], columns)[0], free), out=alphas[part])
    cell = np.float32(beside.shape[1] / flow.shape[3])
    coarse = np.asarray(cv2.resize(columns, flow.shape[:1:-1], interpolation=cv2.INTER_AREA), np.float32)
    flow[part] = across(flow[part], (coarse + np.float32(0.5)) / cell - np.float32(0.5))
    return replace(layers, flow=flow), replace(worn, coverage=coverage, seen=seen)


def _slit(own: F32, beside: F32, old: F32, limits: tuple[float, float]) -> F32:
    """(h, 1) cells of old clothes on the right of a part, up to what is beside it, that are to be covered."""
    past = _past(own)
    there = np.maximum.accumulate(beside * past, axis=1)
    slit = past * (1 - there)
    hidden = (slit * old).sum(1, keepdims=True)
    shown = slit.sum(1, keepdims=True) - hidden
    between = clipped(2 * np.minimum(there[:, -1:], own.max(1, keepdims=True)) - 1)
    most, wall = map(np.float32, limits)
    hidden *= clipped(2 - hidden / most) * clipped(1 - shown / wall) * between
    return np.asarray(cv2.blur(hidden, (1, _EVEN)), np.float32)


def _shift(own: F32, gap: F32) -> F32:
    """(h, w) how far to the left of a place is what it is to show, for a part to reach over gaps, (h, 1)."""
    edge = np.float32(own.shape[1] - 0.5) - _past(own).sum(1, keepdims=True)
    ease = np.maximum(_LEAST * gap, np.float32(_EASE))
    x = np.arange(own.shape[1], dtype=np.float32)
    return np.asarray(gap * clipped((x - (edge - ease)) / (ease + gap)), np.float32)


def _past(own: F32) -> F32:
    """(h, w) in [0, 1], what is on the right of all of a part."""
    return np.asarray(1 - np.maximum.accumulate(own[:, ::-1], axis=1)[:, ::-1], np.float32)
