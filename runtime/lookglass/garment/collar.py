"""The neck opening: what is seen through it in the photo is the inside of the back, never of a wearer."""

import cv2
import numpy as np

from lookglass.types import F32, GARMENT_LABELS, U8

TORSO, INNER_BACK_COLLAR = GARMENT_LABELS.index("torso"), GARMENT_LABELS.index("inner_back_collar")

_SIDE = 512
_OUTSIDE, _INSIDE = 0.25, 0.7
_LABEL_WEIGHT = 120


def keep_at_neck(labels: F32) -> F32:
    """Give pieces of inner back collar that do not reach up to the garment's upper edge to the torso.

    Args:
        labels: (6, n, n) float32 probabilities; background is 1 where the garment is not.

    Returns:
        The labels with the inner back collar in the upper quarter's neck alone, and all that hangs from it.
    """
    cloth = labels[0] < 0.7
    y, _, height = (cv2.boundingRect(cloth.astype(np.uint8))[k] for k in (1, 2, 3))
    likely = (labels[INNER_BACK_COLLAR] > 0.35) & cloth
    count, pieces = cv2.connectedComponents(likely.astype(np.uint8), connectivity=4)
    rim = likely & ~cv2.erode(cloth.astype(np.uint8), np.ones((7, 1), np.uint8)).astype(np.bool_)
    rim[y + height // 4 :] = False
    keep = np.zeros(count, np.bool_)
    keep[np.unique(pieces[rim])] = True
    moved = labels[INNER_BACK_COLLAR] * ~(keep[pieces] & likely)
    tidy = labels.copy()
    tidy[INNER_BACK_COLLAR] -= moved
    tidy[TORSO] += moved
    return tidy


def neck_opening(texture: U8, labels: F32) -> F32:
    """Find the opening's edge in the picture, near where the labels change.

    Args:
        texture: (N, N, 4) uint8 BGRA.
        labels: (6, n, n) float32 probabilities.

    Returns:
        (N, N) float32 in [0, 1], 1 in the opening, with a smooth and slightly soft edge.
    """
    size = (_SIDE, _SIDE)
    alpha = np.maximum(1 - labels[0], 1e-3)
    share = cv2.resize(labels[INNER_BACK_COLLAR] / alpha, size, interpolation=cv2.INTER_CUBIC)
    if share.max() < _INSIDE:
        return np.zeros(texture.shape[:2], np.float32)
    small = cv2.resize(texture, size, interpolation=cv2.INTER_AREA)
    markers = np.where(share > _INSIDE, 2, np.where(share < _OUTSIDE, 1, 0)).astype(np.int32)
    markers[small[..., 3] < 128] = 0
    # Weave and small print are no edge of an opening; where the picture has none, the labels' slope is one.
    grey = cv2.bilateralFilter(cv2.cvtColor(small, cv2.COLOR_BGRA2GRAY), 9, 18, 5)
    slope = np.clip(share * _LABEL_WEIGHT, 0, 255).astype(np.uint8)
    opening = (cv2.watershed(cv2.merge([grey, slope, slope]), markers) == 2).astype(np.float32)
    # Beyond the garment's upper edge too, or a thread of that edge would stay.
    beyond = cv2.erode(small[..., 3], np.ones((5, 5), np.uint8)) < 250
    opening = np.where(beyond, cv2.dilate(opening, np.ones((15, 15), np.uint8)), opening)
    soft = np.clip((cv2.GaussianBlur(opening, (0, 0), 5.0) - 0.5) * 5 + 0.5, 0, 1)
    return np.asarray(cv2.resize(soft, texture.shape[:2], interpolation=cv2.INTER_LINEAR), np.float32)
