"""The back's hem, seen below the front's in photos of shirts that lie flat: the wearer's legs hide it."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.garment.contour import best_path, edge_colours
from lookglass.types import F32, GARMENT_LABELS, U8

Places = npt.NDArray[np.intp]

_TORSO, _INNER_BACK = GARMENT_LABELS.index("torso"), GARMENT_LABELS.index("inner_back_collar")

_SIDE = 512
_SURE, _LIKELY = 0.7, 0.35
"""What the parser has to say of a piece at its surest place, and of each of its places: of 58 rendered
garments without a tail it was never surer than 0.62; of 182 with one it was surer than 0.7 in 105."""
_REACH = 10
"""By how many pixels the tail may be deeper and wider than the parser says."""
_EDGE_GAIN, _EDGE_PX, _PLAIN, _DEPTH_COST = 8.0, 2, 0.35, 0.05
"""What a hem gains, how far above and below it light is compared, what is no hem, and what depth costs."""
_CALM_PX, _SOFT_PX = 4.0, 0.6
"""Smoothing along the front's hem, and of the edge."""


def tail_labels(labels: F32) -> F32:
    """Where the parser sees the inside of the back below the front's hem.

    Args:
        labels: (6, n, n) float32 probabilities; background is 1 where the garment is not.

    Returns:
        (n, n) float32, 1 in pieces that it is sure of, lie in the garment's lower half and reach its edge.
    """
    cloth = (labels[0] < 0.7).astype(np.uint8)
    _, y, _, height = cv2.boundingRect(cloth)
    low = labels[_INNER_BACK] * cloth
    likely = (low > _LIKELY).astype(np.uint8)
    count, pieces = cv2.connectedComponents(likely, connectivity=4)
    keep, rim = np.zeros(count, np.bool_), likely & (1 - cv2.erode(cloth, np.ones((7, 1), np.uint8)))
    keep[np.intersect1d(pieces[rim > 0], pieces[low > _SURE])] = True
    keep[np.append(np.unique(pieces[: y + height // 2]), 0)] = False
    return keep[pieces].astype(np.float32)


def back_tail(texture: U8, labels: F32) -> F32 | None:
    """Find the tail's upper edge in the picture, which is the front's hem.

    Args:
        texture: (N, N, 4) uint8 BGRA.
        labels: (6, n, n) float32 probabilities.

    Returns:
        (N, N) float32 in [0, 1], 1 in the tail and below it, with a slightly soft edge; None without a tail.
    """
    size = (_SIDE, _SIDE)
    rough = cv2.resize(tail_labels(labels), size, interpolation=cv2.INTER_LINEAR)
    sides = np.flatnonzero((rough > 0.5).any(0))
    if len(sides) == 0:
        return None
    small = np.asarray(cv2.resize(texture, size, interpolation=cv2.INTER_AREA), np.uint8)
    columns = np.arange(max(sides[0] - _REACH, 0), min(sides[-1] + _REACH + 1, _SIDE))
    trunk = cv2.resize(labels[_TORSO] + labels[_INNER_BACK], size)[:, columns] > 0.5
    bottom = np.asarray(_SIDE - 1 - trunk[::-1].argmax(0), np.intp)
    deepest = int((rough > 0.5).sum(0).max()) + _REACH
    depth = _front_hem(small, columns, bottom, deepest)
    hem = cv2.GaussianBlur((bottom - depth).astype(np.float32)[None], (0, 0), _CALM_PX)
    rows, tail = np.arange(_SIDE)[:, None], np.zeros(size, np.float32)
    # A sleeve may lie below.
    tail[:, columns] = np.clip(rows - hem + 0.5, 0, 1) * (rows < bottom + _REACH)
    soft = cv2.GaussianBlur(tail, (0, 0), _SOFT_PX)
    return np.asarray(cv2.resize(soft, texture.shape[:2], interpolation=cv2.INTER_LINEAR), np.float32)


def _front_hem(texture: U8, columns: Places, bottom: Places, deepest: int) -> Places:
    """How far above the tail's lower edge the front's hem lies, in each column: there its shadow begins."""
    places = bottom[:, None] - np.arange(deepest)
    light = np.dstack([edge_colours(texture[..., :3])[..., 0], np.asarray(texture[..., 3] / 255, np.float32)])
    above, below = (
        light[np.clip(places + off, 0, _SIDE - 1), columns[:, None]] for off in (-_EDGE_PX, _EDGE_PX)
    )
    drop = np.maximum(above - below, 0)[..., 0] * np.minimum(above, below)[..., 1]
    edge = drop / (drop + 0.5 * np.median(drop) + 0.25 * np.percentile(drop, 90) + 1)
    to_end = np.minimum(np.arange(len(columns)), np.arange(len(columns))[::-1])
    depths = np.arange(deepest)
    costs = _DEPTH_COST * depths - _EDGE_GAIN * np.maximum(edge - _PLAIN, 0)
    costs = np.where(depths > to_end[:, None], np.inf, costs)
    # The path is closed: it comes back as it went.
    return best_path(np.concatenate([costs, costs[::-1]]))[: len(columns)]
