"""What of the new garment will be seen: coverage, and the photo's own alpha looked up through the flow."""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_PHOTO_PX = 128
_OVERLAP_PX = 23
"""Side of the neighbourhood, of 128, by which parts of the photo overlap: flow errs by a few pixels."""
_RIM_PX, _ABOUT_PX, _NEAR = 13, 5, 15
"""Sides of the neighbourhoods of the neck opening, of 128, in which the photo alone cuts the garment, and in
which what is no cloth is the opening; and of the torso, in the network's cells, where it does so."""
_SOFT, _LIFT, _FADE_PX = 5, 0.25, 12.0
"""Side of the blur, in the network's cells, of the torso's outline; what lifts it at the opening's rim, and
the distance, of 128, over which that ends: or a shoulder would begin with a step."""
_END_PX, _STEP = 9, 3.0
"""Depth of a sleeve's end, of 128, in which the photo alone cuts it, and how far, in the network's cells,
coverage is drawn on there."""
_OWN = (("torso", "front_collar"), *((sleeve,) for sleeve in PARTS[1:]))


@dataclass(frozen=True, slots=True)
class Worn:
    """The parts of the photo where the flow puts them.

    Attributes:
        coverage: (3, H, W) float32 in [0, 1], the network's, ending where a part leaves its own photo.
        seen: (3, H, W) float32 in [0, 1], that times the photo's alpha.
        opening: (H, W) float32 in [0, 1], the inside of the collar's back would be seen, but for a neck.
    """

    coverage: F32
    seen: F32
    opening: F32


def worn(layers: Layers, garment: Garment) -> Worn:
    """Look the parts of the photo up through their flows.

    A part's coverage ends where its flow leaves the part's own photo: past a cuff it may land on the torso.
    Around the neck opening it ends nowhere else, for there the photo's edge is finer than the network's; the
    shoulder's outline goes on from there to the network's own.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.
    """
    size = layers.coverage.shape[:0:-1]
    coverage, seen = np.empty_like(layers.coverage), np.empty_like(layers.coverage)
    cloth, (own, *ends) = cloth_of(garment.texture), _stencils(garment.parts)
    torso = looked_up(cv2.merge([cloth, *own]), layers.flow[0], size)
    around = cv2.dilate(layers.coverage[0], np.ones((_NEAR, _NEAR), np.uint8))
    soft, neck = cv2.blur(layers.coverage[0], (_SOFT, _SOFT)), torso[..., 2]
    higher = around * np.minimum(neck + np.minimum(soft, 4 * neck), 1)
    coverage[0] = np.maximum(layers.coverage[0] * torso[..., 1], higher)
    for part, end in enumerate(ends, 1):
        sleeve = looked_up(cv2.merge([cloth, *end]), layers.flow[part], size)
        coverage[part] = _to_its_end(layers.coverage[part], sleeve[..., 2]) * sleeve[..., 1]
        seen[part] = coverage[part] * sleeve[..., 0]
        coverage[part] = np.minimum(coverage[part], cv2.dilate(seen[part], np.ones((3, 3), np.uint8)))
    seen[0] = coverage[0] * torso[..., 0]
    return Worn(coverage, seen, np.asarray(around * torso[..., 3] * (1 - torso[..., 0]), np.float32))


@remembered
def cloth_of(texture: U8) -> U8:
    """(128, 128) the photo's alpha, of 255, without the inside of the collar's back."""
    size = (_PHOTO_PX, _PHOTO_PX)
    return np.asarray(cv2.resize(texture[..., 3], size, interpolation=cv2.INTER_AREA), np.uint8)


@remembered
def _stencils(parts: U8) -> list[list[U8]]:
    """For each part (128, 128) 255 near it; for the torso also around the neck opening and about in it, for
    sleeves near their ends."""
    size = (_PHOTO_PX, _PHOTO_PX)
    small = np.asarray(cv2.resize(parts, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    torso, *sleeves = (_labelled(small, *own) for own in _OWN)
    inside = _labelled(small, "inner_back_collar")
    neck = [_fading(inside), _grown(inside, _ABOUT_PX)]
    ends = ([_grown(sleeve, _OVERLAP_PX), _end(sleeve)] for sleeve in sleeves)
    return [[_grown(torso, _OVERLAP_PX), *neck], *ends]


def _fading(inside: U8) -> U8:
    """(128, 128) 255 around the neck opening, and what lifts a shoulder beside it."""
    rim = cv2.dilate(inside, np.ones((_RIM_PX, _RIM_PX), np.uint8))
    far = cv2.distanceTransform(255 - rim, cv2.DIST_L2, cv2.DIST_MASK_3)
    lift = np.asarray(255 * _LIFT * np.maximum(1 - far / _FADE_PX, 0), np.uint8)
    return np.asarray(cv2.max(_grown(inside, _RIM_PX), lift), np.uint8)


def _end(sleeve: U8) -> U8:
    """(128, 128) 255 around a sleeve's cuff or hem, its far end as seen from its top."""
    rows, columns = np.nonzero(sleeve)
    if len(rows) == 0:
        return sleeve
    places = np.stack([rows, columns], 1).astype(np.float32)
    along = places.mean(0) - places[rows < rows[0] + _END_PX].mean(0)
    depth = places @ (along / max(float(np.linalg.norm(along)), 1.0))
    end = np.zeros_like(sleeve)
    end[rows, columns] = 255 * (depth > depth.max() - _END_PX)
    return _grown(end, _END_PX)


def _to_its_end(coverage: F32, end: F32) -> F32:
    """Coverage, (h, w), drawn on past a cuff, (h, w), where the photo's edge is finer than the network's."""
    whole, there = cv2.moments(coverage), cv2.moments(coverage * end)
    if there["m00"] < 1:
        return coverage
    right, down = (there[axis] / there["m00"] - whole[axis] / whole["m00"] for axis in ("m10", "m01"))
    step = _STEP / max(float(np.hypot(right, down)), 1.0)
    shift = np.array([[1, 0, step * right], [0, 1, step * down]])
    longer = cv2.warpAffine(coverage, shift, coverage.shape[::-1]) * end
    return np.asarray(np.maximum(coverage, longer), np.float32)


def _labelled(parts: U8, *labels: str) -> U8:
    return np.isin(parts, [GARMENT_LABELS.index(label) for label in labels]) * np.uint8(255)


def _grown(mask: U8, side: int) -> U8:
    return np.asarray(cv2.blur(cv2.dilate(mask, np.ones((side, side), np.uint8)), (5, 5)), np.uint8)


def looked_up(stencil: cv2.typing.MatLike, flow: F32, size: tuple[int, ...]) -> F32:
    """What a flow, (2, h, w), shows of a map of 128x128 bytes, in [0, 1], on a grid of a (width, height)."""
    pixels = (flow + 1) * np.float32(_PHOTO_PX / 2) - np.float32(0.5)
    x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR) for axis in pixels)
    return np.asarray(cv2.remap(stencil, x, y, cv2.INTER_LINEAR) * np.float32(1 / 255), np.float32)
