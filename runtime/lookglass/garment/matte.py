"""The exact edge: alpha at full resolution, and colours without a trace of the ground."""

import cv2
import numpy as np

from lookglass.types import F32, U8

_UNIT = 1 / 1024
"""Radii are given for a texture of 1024 px and grow with it."""

_MEAN_SIDE = 512


def refine_alpha(picture: U8, mask: F32) -> F32:
    """Find alpha from the colours on both sides of a rough contour.

    Each pixel near the contour lies between the local mean colour of cloth and of ground (matting by
    projection on the colour line). Where the two are alike, a soft step across the contour is kept.

    Args:
        picture: (N, N, 3) uint8 BGR.
        mask: (N, N) float32 in [0, 1], the garment, right to a few pixels.

    Returns:
        (N, N) float32 in [0, 1].
    """
    unit = max(1.0, len(mask) * _UNIT)
    inside = mask > 0.5
    distance = _signed_distance(inside)
    cloth = _local_mean(picture, distance > 2.5 * unit, 8 * unit)
    ground = _local_mean(picture, distance < -2.5 * unit, 5 * unit)
    line = cloth - ground
    length2 = np.maximum((line * line).sum(2), 1)
    along = ((picture - ground) * line).sum(2) / length2
    step = np.clip(0.5 + distance / (2 * unit), 0, 1)
    contrast = np.sqrt(length2)
    spread = _local_spread(picture, cloth, distance > 0, 8 * unit)
    trust = np.clip((contrast - 25) / 40, 0, 1) * np.clip(contrast / spread / 4 - 1, 0, 1)
    alpha = trust * np.clip(along, 0, 1) + (1 - trust) * step
    low, high = (np.clip(0.5 + (distance + s * 3 * unit) / (2 * unit), 0, 1) for s in (-1, 1))
    return np.asarray(np.clip((np.clip(alpha, low, high) - 0.1) / 0.85, 0, 1), np.float32)


def _local_spread(picture: U8, mean: F32, mask: np.ndarray, radius: float) -> F32:
    """Standard deviation, (N, N), of the masked colours around each pixel: how coarse weave and print are."""
    deviation = ((picture - mean) ** 2).sum(2, keepdims=True) * np.ones(3, np.float32)
    return np.sqrt(np.maximum(_local_mean(deviation, mask, radius)[..., 0], 1))


def bleed(picture: U8, alpha: F32) -> U8:
    """Replace colours that the ground has tinted, and all beyond the edge, by those of the cloth nearby.

    Args:
        picture: (N, N, 3) uint8 BGR.
        alpha: (N, N) float32 in [0, 1]; not all zero.

    Returns:
        (N, N, 3) uint8 BGR, unchanged where alpha is 1 up to a pixel from the edge.
    """
    radius = max(1, round(len(alpha) * _UNIT))
    solid = cv2.erode((alpha > 0.95).astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8))
    if not solid.any():
        solid = (alpha >= alpha.max()).astype(np.uint8)
    filled = _push_pull(picture.astype(np.float32), solid.astype(np.float32))
    return np.where(solid[..., None] > 0, picture, np.rint(filled).astype(np.uint8))


def _push_pull(colours: F32, weight: F32) -> F32:
    """Fill what has no weight from ever coarser means of what has (Gortler et al., 1996)."""
    if min(weight.shape) == 1 or weight.min() > 0:
        return colours
    half = ((weight.shape[1] + 1) // 2, (weight.shape[0] + 1) // 2)
    sums = cv2.resize(colours * weight[..., None], half, interpolation=cv2.INTER_AREA)
    mass = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
    means = np.asarray(sums / np.maximum(mass, 1e-6)[..., None], np.float32)
    coarse = _push_pull(means, np.asarray(np.minimum(mass * 4, 1), np.float32))
    fine = cv2.resize(coarse, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(fine + (colours - fine) * weight[..., None], np.float32)


def _signed_distance(inside: np.ndarray) -> F32:
    """Pixels to the contour, positive inside."""
    inner = cv2.distanceTransform(inside.astype(np.uint8), cv2.DIST_L2, 5)
    outer = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(inner - outer, np.float32) - np.where(inside, 0.5, -0.5).astype(np.float32)


def _local_mean(picture: U8 | F32, mask: np.ndarray, radius: float) -> F32:
    """Mean colour of the masked pixels around each pixel, from farther away where none are near.

    Worked out on a copy of at most `_MEAN_SIDE` pixels, as means are smooth.
    """
    shrink = max(1, len(mask) // _MEAN_SIDE)
    side, size = len(mask) // shrink, 2 * round(radius / shrink) + 1
    weight = mask.astype(np.float32)
    sums, mass = (
        cv2.blur(cv2.resize(values, (side, side), interpolation=cv2.INTER_AREA), (size, size))
        for values in (picture * weight[..., None], weight)
    )
    means = np.asarray(sums / np.maximum(mass, 1e-6)[..., None], np.float32)
    filled = _push_pull(means, (mass > 1e-3).astype(np.float32))
    return np.asarray(cv2.resize(filled, mask.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
