"""What of the new garment will be seen: coverage, and the photo's own alpha looked up through the flow."""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_PHOTO_PX = 128
_OVERLAP_PX = 23
"""Side of the neighbourhood, of 128, by which parts of the photo overlap: flow errs by a few pixels."""
_RIM_PX, _ABOUT_PX, _NEAR = 13, 5, 9
"""Sides of the neighbourhoods of the neck opening, of 128, in which the photo alone cuts the garment, and in
which what is no cloth is the opening; and of the torso, in the network's cells, where it does so."""
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
    Around the neck opening it ends nowhere else, for there the photo's edge is finer than the network's.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.
    """
    size = layers.coverage.shape[:0:-1]
    coverage, seen = np.empty_like(layers.coverage), np.empty_like(layers.coverage)
    cloth = _cloth(garment.texture)
    torso, *sleeves = (
        _looked_up(np.dstack([cloth, stencil]), flow, size)
        for stencil, flow in zip(_stencils(garment.parts), layers.flow, strict=True)
    )
    around = cv2.dilate(layers.coverage[0], np.ones((_NEAR, _NEAR), np.uint8))
    coverage[0] = np.maximum(layers.coverage[0] * torso[..., 1], around * torso[..., 2])
    for part, sleeve in enumerate(sleeves, 1):
        coverage[part] = layers.coverage[part] * sleeve[..., 1]
        seen[part] = coverage[part] * sleeve[..., 0]
        coverage[part] = np.minimum(coverage[part], cv2.dilate(seen[part], np.ones((3, 3), np.uint8)))
    seen[0] = coverage[0] * torso[..., 0]
    return Worn(coverage, seen, np.asarray(around * torso[..., 3] * (1 - torso[..., 0]), np.float32))


@remembered
def _cloth(texture: U8) -> U8:
    """(128, 128) the photo's alpha, without the inside of the collar's back."""
    size = (_PHOTO_PX, _PHOTO_PX)
    return np.asarray(cv2.resize(texture[..., 3], size, interpolation=cv2.INTER_AREA), np.uint8)


@remembered
def _stencils(parts: U8) -> list[U8]:
    """For each part (128, 128, c), 255 near it; for the torso also around and about in the neck opening."""
    size = (_PHOTO_PX, _PHOTO_PX)
    small = np.asarray(cv2.resize(parts, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    near = [_grown(_labelled(small, *own), _OVERLAP_PX) for own in _OWN]
    inside = _labelled(small, "inner_back_collar")
    near[0] = np.dstack([near[0], _grown(inside, _RIM_PX), _grown(inside, _ABOUT_PX)])
    return near


def _labelled(parts: U8, *labels: str) -> U8:
    return np.isin(parts, [GARMENT_LABELS.index(label) for label in labels]) * np.uint8(255)


def _grown(mask: U8, side: int) -> U8:
    return np.asarray(cv2.blur(cv2.dilate(mask, np.ones((side, side), np.uint8)), (5, 5)), np.uint8)


def _looked_up(stencil: U8, flow: F32, size: tuple[int, ...]) -> F32:
    pixels = (flow + 1) * np.float32(_PHOTO_PX / 2) - np.float32(0.5)
    x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR) for axis in pixels)
    return np.asarray(cv2.remap(stencil, x, y, cv2.INTER_LINEAR) * np.float32(1 / 255), np.float32)
