"""The hips of trousers and skirts: what is a little narrower there than the old clothes is let out to them.

Cloth lies on hips, and how wide they are the frame shows. Between the two outlines a strip of wall would have
to be invented, between a hand and a hip most of all.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.gaps import to_close
from lookglass.finish.stretch import across
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.region import window_map
from lookglass.types import F32, Garment, Layers, Person

_MOST = 2.5
"""Cells by which a side is let out at most. Over a gap of twice that it stays: the old clothes were wide."""
_HIGH, _LOW = (-0.6, -0.4), (0.3, 0.7)
"""Where hips begin and end, fading, below the hips' landmarks in shares of a torso."""
_SPREAD = 9
"""Rows over which a gap is averaged."""
_TORSO = [11, 12], [23, 24]


def let_out(layers: Layers, person: Person, garment: Garment) -> Layers:
    """Widen the new garment about the hips to where the old clothes were, side by side.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        garment: whose photo the flow points into.
    """
    hips, cell = _hips(person, layers.bare.shape), layers.bare.shape[1] // layers.flow.shape[3]
    _, first, _, count = cv2.boundingRect((hips > 0).astype(np.uint8))
    coarse = slice(first // cell, -(-(first + count) // cell))
    rows = slice(cell * coarse.start, cell * coarse.stop)
    if count == 0:
        return layers
    hips, old = hips[rows], layers.painted_alpha[rows]
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    cloth, size = cloth_of(garment.texture), old.shape[::-1]
    parts = zip(coverage[:, rows], flow[:, :, coarse], strict=True)
    new = np.minimum(sum(part * looked_up(cloth, own, size) for part, own in parts), 1)
    moved = _moved(new, old, hips)
    wider = across(coverage[:, rows], moved)
    coverage[:, rows] = np.maximum(coverage[:, rows], np.minimum(wider, old))
    size = flow.shape[3], coarse.stop - coarse.start
    moved = np.asarray(cv2.resize(moved, size, interpolation=cv2.INTER_AREA), np.float32)
    looked = across(flow[:, :, coarse].reshape(-1, *size[::-1]), (moved + 0.5) / cell - 0.5)
    flow[:, :, coarse] = looked.reshape(*flow.shape[:2], *size[::-1])
    return replace(layers, coverage=coverage, flow=flow)


def _moved(new: F32, old: F32, hips: F32) -> F32:
    """(h, w) the column that is to be seen at each place about the hips, (h, 1)."""
    about = (new * hips).sum(0)
    middle = float(about @ np.arange(len(about)) / max(float(about.sum()), 1.0))
    left, right = _gap(new, old, hips), _gap(new[:, ::-1], old[:, ::-1], hips)
    x = np.arange(len(about), dtype=np.float32) - np.float32(middle)
    half = max(float(about.sum() / max(float(hips.sum()), 1.0)) / 2, 1.0)
    side = np.where(x < 0, left, right) / np.float32(half)
    return np.asarray(x / (1 + side * hips) + np.float32(middle), np.float32)


def _hips(person: Person, grid: tuple[int, int]) -> F32:
    """(h, 1) in [0, 1], which rows show the hips."""
    scale, offset = window_map(person.crop, grid)
    points = person.landmarks[:, :2] * scale + offset
    top, hips = (points[pair, 1].mean() for pair in _TORSO)
    below = (np.arange(grid[0], dtype=np.float32)[:, None] - np.float32(hips)) / np.float32(
        max(hips - top, 1.0)
    )
    rise, fall = ((below - low) / (high - low) for low, high in (_HIGH, _LOW))
    return np.asarray(np.clip(np.minimum(rise, 1 - fall), 0, 1), np.float32)


def _gap(new: F32, old: F32, hips: F32) -> float:
    """How far on its left the old clothes reach beyond the new ones about the hips, cells."""
    beside = np.maximum(1 - np.cumsum(new, 1, dtype=np.float32), 0) * new.max(1, keepdims=True)
    gaps = (old * beside).sum(1, keepdims=True) * hips
    gap = float(cv2.blur(gaps, (1, _SPREAD)).max())
    return to_close(gap, _MOST)
