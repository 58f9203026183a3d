"""The neck opening: what is seen through it in the photo is the inside of the back, never of a wearer."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.garment.contour import edge_colours, filled, follow_edges
from lookglass.garment.neck import opening_line
from lookglass.garment.tail import tail_labels
from lookglass.types import F32, GARMENT_LABELS, U8

TORSO, FRONT_COLLAR, INNER_BACK_COLLAR = (
    GARMENT_LABELS.index(label) for label in ("torso", "front_collar", "inner_back_collar")
)

_SIDE = 512
_SURE = 0.7
_NECK_DEPTH = 0.35
"""Share of a garment's length; what opens deeper hangs open in front."""
_SMOOTH_PX, _EVEN_PX, _STEEP = 1.2, 5.0, 0.6
"""Standard deviations of the blurs that make an opening's edge smooth; and its steepness in the end, a pixel
of the photo: as sharp as the garment's own edge, whatever the photo's size."""
_BROW_PX = 20
"""Rows of a front that hangs open, of 512, over which it is as wide as what is behind the head."""
_ALIKE, _CALM_PX = 14.0, 1.0
"""How far, in units of `edge_colours`, the back's inside is from its own colour, where that is smoothed."""
_NEAR_PX, _TIP = 13, 0.5
"""Twice the distance from the opening's edge within which the back's inside tells its colour; and how much
deeper than the opening its tip may be, as a share of the depth."""
_HOLLOW = 0.33
"""Share of a tip by which an opening may be less convex with it: no tailor cuts notches."""
_HOOD, _TOP, _LEAST = 0.12, 0.15, 16
"""How much of what is around the opening of a hood is front collar, how far below the garment's upper edge it
begins, as a share of its height, and its least cells. Of 480 rendered products, 21 hoodies have 0.61 to 0.84
of it, 10 open jackets with hoods 0.15 to 0.20, and pieces that are no opening at most 0.08."""


def keep_at_neck(labels: F32) -> F32:
    """Give pieces of inner back collar that do not reach up to the garment's upper edge to the torso.

    A hood goes on above its opening, so that what it surrounds may begin below the edge.

    Args:
        labels: (6, n, n) float32 probabilities; background is 1 where the garment is not.

    Returns:
        The labels with the inner back collar in the upper quarter's neck alone, and all that hangs from it,
        and in a tail that shows below the front's hem.
    """
    cloth = labels[0] < 0.7
    y, _, height = (cv2.boundingRect(cloth.astype(np.uint8))[k] for k in (1, 2, 3))
    likely = (labels[INNER_BACK_COLLAR] > 0.35) & cloth
    count, pieces = cv2.connectedComponents(likely.astype(np.uint8), connectivity=4)
    rim = likely & ~cv2.erode(cloth.astype(np.uint8), np.ones((7, 1), np.uint8)).astype(np.bool_)
    rim[y + height // 4 :] = False
    keep = np.zeros(count, np.bool_)
    keep[np.unique(pieces[rim])] = True
    for piece in range(1, count):
        keep[piece] |= _in_hood(pieces == piece, labels[FRONT_COLLAR], y + _TOP * height)
    moved = labels[INNER_BACK_COLLAR] * ~(keep[pieces] & likely | (tail_labels(labels) > 0))
    tidy = labels.copy()
    tidy[INNER_BACK_COLLAR] -= moved
    tidy[TORSO] += moved
    return tidy


def _in_hood(piece: npt.NDArray[np.bool_], collar: F32, lowest: float) -> bool:
    """Whether a piece, (n, n), begins above a row, and front collar, (n, n), is around it."""
    if np.count_nonzero(piece) < _LEAST or np.flatnonzero(piece.any(1))[0] > lowest:
        return False
    around = cv2.dilate(piece.astype(np.uint8), np.ones((5, 5), np.uint8)) > piece
    return float(collar[around].mean()) > _HOOD


def neck_opening(texture: U8, labels: F32) -> F32:
    """Find the opening's edge in the picture, near where the labels change.

    Args:
        texture: (N, N, 4) uint8 BGRA.
        labels: (6, n, n) float32 probabilities.

    Returns:
        (N, N) float32 in [0, 1], 1 in the opening, with a smooth edge of about two pixels.
    """
    size = (_SIDE, _SIDE)
    alpha = np.maximum(1 - labels[0], 1e-3)
    share = cv2.resize(labels[INNER_BACK_COLLAR] / alpha, size, interpolation=cv2.INTER_CUBIC)
    if share.max() < _SURE:
        return np.zeros(texture.shape[:2], np.float32)
    small = np.asarray(cv2.resize(texture, size, interpolation=cv2.INTER_AREA), np.uint8)
    cloth, colours = np.asarray(small[..., 3] / 255, np.float32), edge_colours(small[..., :3])
    rough = _largest((share > 0.5) & (cloth > 0.5))
    deep = np.ptp(np.flatnonzero(rough.any(1))) > _NECK_DEPTH * np.ptp(np.flatnonzero((cloth > 0.5).any(1)))
    opening = _open_front(share, colours, cloth) if deep else _neck(rough, colours, cloth)
    soft = cv2.GaussianBlur(opening, (0, 0), _SMOOTH_PX)
    fine = cv2.resize(soft, texture.shape[:2], interpolation=cv2.INTER_CUBIC)
    steeper = np.float32(max(_STEEP * _SMOOTH_PX * np.sqrt(2 * np.pi) * len(texture) / _SIDE, 1))
    return np.asarray(np.clip((fine - 0.5) * steeper + np.float32(0.5), 0, 1), np.float32)


def _neck(rough: F32, colours: F32, cloth: F32) -> F32:
    """The opening above a neckline; above its ends lies the back's edge, not a thread of which is to stay."""
    line = opening_line(rough, colours, cloth)
    opening = filled([np.concatenate([line, [[line[-1, 0], 0], [line[0, 0], 0]]])], cloth.shape)
    return np.asarray(np.maximum(opening, _tip(opening, colours, cloth)), np.float32)


def _tip(opening: F32, colours: F32, cloth: F32) -> F32:
    """What is left of the back's inside below a line that bends little: a V-neck ends in a corner.

    Only what closes by itself is one: where cloth is as light as its inside, there is no telling them apart.
    """
    rows, columns = (np.flatnonzero((opening > 0.5).any(axis)) for axis in (1, 0))
    top, low, left, right = rows[0], rows[-1], columns[0], columns[-1]
    deepest = round(low + _TIP * (low - top))
    inside = ((opening > 0.5) & (cloth > 0.9)).astype(np.uint8)
    rim = inside - cv2.erode(inside, np.ones((_NEAR_PX, _NEAR_PX), np.uint8))
    half, quarter = (top + low) // 2, (right - left) // 4
    middle = np.s_[half : deepest + 1, left + quarter : right - quarter]
    told = colours[middle][rim[middle] > 0]
    if len(told) == 0:
        return np.zeros_like(opening)
    off = cv2.GaussianBlur(colours, (0, 0), _CALM_PX) - np.median(told, axis=0)
    alike = (np.linalg.norm(off, axis=2) < _ALIKE) & (cloth > 0.9) & (opening < 0.5)
    alike[:half] = alike[deepest + 1 :] = False
    _, pieces = cv2.connectedComponents(alike.astype(np.uint8), connectivity=4)
    beside = np.unique(pieces[middle][cv2.dilate(inside, np.ones((3, 3), np.uint8))[middle] > 0])
    outside = pieces.copy()
    outside[half:deepest, left : right + 1] = 0
    closed = np.setdiff1d(beside, np.append(np.unique(outside), 0))
    if len(closed) == 0:
        return np.zeros_like(opening)
    # A seam may part it.
    whole = cv2.dilate(np.isin(pieces, closed).astype(np.uint8), np.ones((3, 3), np.uint8))
    tip = _largest(whole > 0)
    hollow = _hollow(np.maximum(opening, tip)[half:]) - _hollow(opening[half:])
    return tip * np.float32(hollow < _HOLLOW * tip.sum())


def _hollow(shape: F32) -> float:
    """By how many pixels a shape, (h, w), is smaller than its convex hull."""
    inside = (shape > 0.5).astype(np.uint8)
    hull = cv2.convexHull(np.argwhere(inside)[:, ::-1].astype(np.int32))
    return float(cv2.fillConvexPoly(np.zeros_like(inside), hull, 1).sum()) - float(inside.sum())


def _open_front(share: F32, colours: F32, cloth: F32) -> F32:
    """The opening of a jacket that hangs open, which is no half circle."""
    # Beyond the garment's upper edge too, or a thread of that edge would stay.
    beyond = cv2.erode(cloth, np.ones((5, 5), np.uint8)) < 0.98
    rough = (share > 0.5).astype(np.float32)
    top = np.flatnonzero(rough.any(1))[0] + _BROW_PX
    rough[:top, rough[:top].any(0)] = 1  # Above it is the back of a hood.
    rough = np.where(beyond, cv2.dilate(rough, np.ones((15, 15), np.uint8)), rough)
    opening = follow_edges(rough, colours, beyond.astype(np.float32))
    # The line of least curvature: thread and shadow make a contour ragged, no tailor does.
    even = cv2.GaussianBlur(opening, (0, 0), _EVEN_PX) > 0.5
    return np.asarray(even, np.float32)


def _largest(mask: npt.NDArray[np.bool_]) -> F32:
    """The largest piece of a mask, as 0 and 1."""
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return np.asarray(pieces == 1 + stats[1:, cv2.CC_STAT_AREA].argmax(), np.float32)
