"""What of the new garment will be seen: coverage, and the photo's own alpha looked up through the flow."""

import cv2
import numpy as np

from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_PHOTO_PX = 128
_OVERLAP_PX = 13
"""Side of the neighbourhood, of 128, by which parts of the photo overlap: flow errs by a few pixels."""
_OWN = [
    np.array([255 * (label in own) for label in GARMENT_LABELS], np.uint8)
    for own in (("torso", "front_collar"), *((sleeve,) for sleeve in PARTS[1:]))
]
"""For each part, 255 at the labels that are its own."""
_CLOTH = np.array(
    [255 * (label not in ("background", "inner_back_collar")) for label in GARMENT_LABELS], np.uint8
)


_OPENING = np.array([255 * (label == "inner_back_collar") for label in GARMENT_LABELS], np.uint8)
_RIM_PX, _NEAR = 13, 9
"""Sides of the neighbourhoods, of 128, of the neck opening, where the photo cuts the garment alone."""


def worn(layers: Layers, garment: Garment) -> tuple[F32, F32]:
    """Look the parts of the photo up through their flows.

    A part's coverage ends where its flow leaves the part's own photo: past a cuff it may land on the torso.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.

    Returns:
        The new coverage, and that times the photo's alpha, (3, H, W) float32 each.
    """
    size = layers.coverage.shape[:0:-1]
    looked_up = np.empty_like(layers.coverage)
    coverage = np.empty_like(layers.coverage)
    parts = cv2.resize(garment.parts, (_PHOTO_PX, _PHOTO_PX), interpolation=cv2.INTER_NEAREST)
    cloth = _CLOTH[parts]
    for part, flow in enumerate(layers.flow):
        own = _OWN[part][parts]
        near = _grown(own, _OVERLAP_PX)
        rim = _grown(_OPENING[parts], _RIM_PX) if part == 0 else near
        pixels = (flow + 1) * np.float32(_PHOTO_PX / 2) - np.float32(0.5)
        x, y = (cv2.resize(axis, size, interpolation=cv2.INTER_LINEAR) for axis in pixels)
        seen = cv2.remap(cv2.merge([near, cloth, rim]), x, y, cv2.INTER_LINEAR) * np.float32(1 / 255)
        coverage[part] = layers.coverage[part] * seen[..., 0]
        if part == 0:  # At the neck the photo's own edge is finer than the network's.
            around = cv2.dilate(layers.coverage[0], np.ones((_NEAR, _NEAR), np.uint8))
            coverage[0] = np.maximum(coverage[0], seen[..., 2] * around)
        looked_up[part] = coverage[part] * seen[..., 1]
    return coverage, looked_up


def _grown(mask: U8, side: int) -> U8:
    return np.asarray(cv2.blur(cv2.dilate(mask, np.ones((side, side), np.uint8)), (5, 5)), np.uint8)
