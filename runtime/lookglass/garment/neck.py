"""The line where the front of a neck or a waistband ends and the inside of its back begins, in the photo.

The parser knows how deep an opening is, but not where its sides run: a stand, a leaf or a neckband rises
there, as light as the cloth beside it. So rays go out from the middle of the back's upper edge, and the line
that meets the sharpest changes of colour, bends little and is even on both sides is found by dynamic
programming.
"""

import cv2
import numpy as np

from lookglass.garment.contour import Points, best_path, smooth
from lookglass.types import F32

_RAYS = 181
_ANGLES = np.linspace(0, np.pi, _RAYS)
_TO_SIDE = np.abs(np.cos(_ANGLES))
_REACH = np.linspace(0.5, 1.25, 76)
"""Where along a ray the line may lie, in lengths of the ray within the rough opening."""

_TOO_WIDE, _TRUST, _DOUBT = 0.17, 0.05, 0.15
"""By how much the rough opening is too wide at its sides; how far it may err below, and how much more there,
in lengths of its rays; measured on four shops' photos."""

_SHALLOW, _SHADED = (1.2, 1.35), 0.1
"""How deep an opening is, in halves of its width, that surely is no V-neck, and that may be one; and how much
farther than in a V-neck it may err below: the front of a collar that stands, in its own shade, is easily
taken for the back's inside."""

_STEEP = 0.3
_ROUGH_COST, _EDGE_GAIN, _EDGE_PX = 0.9, 7.5, 1.5
_ROUGH_RAYS, _ALONG_RAYS, _EVEN_RAYS, _FAINT_RAYS = 14.0, 2.0, 6.0, 12.0
"""Smoothing of the rough opening, of the picture along the line, and of the line where it meets an edge and
where there is none."""


def opening_line(rough: F32, picture: F32, cloth: F32) -> Points:
    """Find the edge of an opening, from one end of the back's upper edge down and up to the other.

    Args:
        rough: (h, w) float32 in [0, 1], the opening as the parser sees it, in one piece.
        picture: (h, w, 3) float32, as `contour.edge_colours` makes it.
        cloth: (h, w) float32 in [0, 1], the garment's alpha.

    Returns:
        (n, 2) x and y in pixels, its two ends at one height.
    """
    start, rays = _fan(rough, cloth)
    places = start + rays[:, None] * _REACH[:, None]
    outwards = _EDGE_PX * rays[:, None] / np.maximum(np.linalg.norm(rays, axis=1), 1e-6)[:, None, None]
    layered = np.dstack([picture, cloth])
    inner, outer = (_look(layered, places + side * outwards) for side in (-1, 1))
    change = np.linalg.norm((outer - inner)[..., :3], axis=2) * np.minimum(inner, outer)[..., 3]
    edge = change / (change + 0.5 * np.median(change) + 0.25 * np.percentile(change, 90) + 1)
    edge = (edge + edge[::-1]) / 2
    deep = 2 * np.ptp(rays[:, 1]) / np.ptp(rays[:, 0])
    trust = _TRUST + _SHADED * np.clip((_SHALLOW[1] - deep) / (_SHALLOW[1] - _SHALLOW[0]), 0, 1)
    off = (_REACH - (1 - _TOO_WIDE * _TO_SIDE)[:, None]) / (trust + _DOUBT * _TO_SIDE)[:, None]
    costs = _ROUGH_COST * off**2 - _EDGE_GAIN * edge
    # The path is closed: it comes back as it went.
    found = best_path(np.concatenate([costs, costs[::-1]]))[:_RAYS]
    faint = smooth((1 - edge[np.arange(_RAYS), found]) ** 2, 3.0)
    reach = smooth(_REACH[found], _EVEN_RAYS)
    return start + rays * (reach + faint * (smooth(reach, _FAINT_RAYS) - reach))[:, None]


def _fan(rough: F32, cloth: F32) -> tuple[Points, Points]:
    """Where rays start, (2,), and rays to the rough opening's edge, (n, 2), right by way of down to left.

    Upwards the opening does not narrow: what leans in there is the back's edge.
    """
    columns = np.flatnonzero((rough > 0.5).any(0))
    middle, half = (columns[0] + columns[-1]) / 2, (columns[-1] - columns[0]) / 2 + 1
    top = 2 + int((cloth[:, round(middle)] > 0.5).argmax())
    depth = max(int(np.flatnonzero(rough[:, round(middle)] > 0.5)[-1]) - top, 4)
    start, ways = np.array([middle, top]), np.stack([half * np.cos(_ANGLES), depth * np.sin(_ANGLES)], 1)
    share = np.linspace(0, 1.6, 161)
    calm = np.asarray(cv2.GaussianBlur(rough, (0, 0), 2.0), np.float32)
    seen = _look(calm, start + ways[:, None] * share[:, None])
    reach = np.where(seen > 0.5, share, 0).max(1)
    aside = reach * _TO_SIDE
    for half_way in (aside[_RAYS // 2 :], aside[_RAYS // 2 :: -1]):
        np.maximum.accumulate(half_way, out=half_way)
    reach = np.where(_TO_SIDE > _STEEP, aside / np.maximum(_TO_SIDE, _STEEP), reach)
    return start, ways * smooth(reach, _ROUGH_RAYS)[:, None]


def _look(layers: F32, places: Points) -> Points:
    x, y = places.astype(np.float32).transpose(2, 0, 1)
    seen = cv2.remap(layers, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(seen, (1, 0), sigmaX=1, sigmaY=_ALONG_RAYS), np.float64)
