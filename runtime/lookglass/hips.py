"""The hips of trousers and skirts: what is a little narrower there than the old clothes is let out to them.

Cloth lies on hips, and how wide they are the frame shows. Between the two outlines a strip of wall would have
to be invented, between a hand and a hip most of all.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.gaps import to_close
from lookglass.region import window_map
from lookglass.types import F32, Garment, Layers, Person
from lookglass.worn import cloth_of, looked_up

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
    height, width = layers.bare.shape
    cloth = cloth_of(garment.texture)
    parts = zip(layers.coverage, layers.flow, strict=True)
    new = np.minimum(sum(part * looked_up(cloth, flow, (width, height)) for part, flow in parts), 1)
    hips = _hips(person, (height, width))
    about = (new * hips).sum(0)
    middle = float(about @ np.arange(width) / max(float(about.sum()), 1.0))
    out = [_gap(side, old, hips) for side, old in ((new, layers.painted_alpha), _mirrored(new, layers))]
    x = np.arange(width, dtype=np.float32) - np.float32(middle)
    half = max(float(about.sum() / max(float(hips.sum()), 1.0)) / 2, 1.0)
    side = np.where(x < 0, out[0], out[1]) / np.float32(half)
    moved = x / (1 + side * hips) + np.float32(middle)
    wider = cv2.split(_looked(cv2.merge(tuple(layers.coverage)), moved))
    coverage = np.maximum(layers.coverage, np.minimum(np.asarray(wider, np.float32), layers.painted_alpha))
    size, cell = layers.flow.shape[:1:-1], width / layers.flow.shape[3]
    coarse = (cv2.resize(moved, size, interpolation=cv2.INTER_AREA) + 0.5) / cell - 0.5
    flow = cv2.split(_looked(cv2.merge(tuple(layers.flow.reshape(-1, *size[::-1]))), coarse))
    return replace(layers, coverage=coverage, flow=np.asarray(flow, np.float32).reshape(layers.flow.shape))


def _mirrored(new: F32, layers: Layers) -> tuple[F32, F32]:
    return new[:, ::-1], layers.painted_alpha[:, ::-1]


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


def _looked(layer: cv2.typing.MatLike, columns: cv2.typing.MatLike) -> F32:
    """A layer, (h, w, c), looked up along its rows at other columns, (h, w)."""
    rows = np.repeat(np.arange(len(columns), dtype=np.float32)[:, None], columns.shape[1], 1)
    x = np.asarray(columns, np.float32)
    return np.asarray(
        cv2.remap(layer, x, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
