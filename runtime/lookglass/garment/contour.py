"""A contour through noise: where two sides hardly differ, the best closed path decides, not each pixel."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.types import F32, U8

_REACH = 10
"""How far from the rough contour the path may run, pixels."""

_EDGE_REACH = 12
_EDGE_CONTRAST = 2.0
"""Change of colour over two pixels, beyond twice the weave's own, that makes half an edge."""

_INSET_PX = 1.0
"""How far within the steepest change the cloth is free of the ground's light."""

_EDGE_FAINT_SIGMA = 6.0
"""Smoothing where there is no edge, steps: less, as a neck opening is small."""

_EDGE_GAIN, _AWAY_COST, _KEPT_COST = 3.0, 0.5, 3.0
_BEND_COST = 1.5
_STEP_PX = 2.0
_FAINT_SIGMA = 10.0
"""Smoothing of a faint contour, steps: longer than JPEG's 16 px colour blocks, shorter than a sleeve."""

Points = npt.NDArray[np.float64]


def straighten(mask: F32, picture: F32, clear: F32) -> F32:
    """Move a rough contour to where brightness and colour change, evenly along it.

    Around the contour the picture is unrolled into a strip. A pixel's place between the mean colours of the
    strip's two sides says cloth or ground; the closed path through the strip that agrees best, and bends
    little, is found by dynamic programming. Where the sides differ clearly the rough contour is kept.

    Args:
        mask: (h, w) float32 in [0, 1], the rough cut-out.
        picture: (h, w, 3) float32, colours weighted by how far they can be trusted.
        clear: (h, w) float32 in [0, 1], 1 where the rough contour is to be kept whatever the colours.

    Returns:
        (h, w) float32 in [0, 1], an anti-aliased mask.
    """
    return _redrawn(mask, np.dstack([picture, clear]), _moved)


def follow_edges(mask: F32, picture: F32, kept: F32) -> F32:
    """Move a rough contour onto the edge it runs beside, where colours may be alike on both its sides.

    A shadow or a fold has soft colours, a cut edge has not: in the strip around the contour, the closed path
    that meets the sharpest changes of colour, and bends little, is found by dynamic programming.

    Args:
        mask: (h, w) float32 in [0, 1], the rough shape, right to `_EDGE_REACH` pixels.
        picture: (h, w, 3) float32, as `edge_colours` makes it.
        kept: (h, w) float32 in [0, 1], 1 where the rough contour is right.

    Returns:
        (h, w) float32 in [0, 1], an anti-aliased mask.
    """
    return _redrawn(mask, np.dstack([picture, kept]), _on_edge)


def edge_colours(picture: U8) -> F32:
    """(h, w, 3) float32 Lab of a (h, w, 3) BGR picture, weave and grain smoothed away but edges kept."""
    return cv2.cvtColor(cv2.bilateralFilter(picture, 7, 15, 4), cv2.COLOR_BGR2LAB).astype(np.float32)


def _redrawn(mask: F32, layered: F32, move: Callable[[Points, npt.NDArray[np.uint8], F32], Points]) -> F32:
    """The mask within its outlines once they are moved; specks go."""
    rough = (cv2.GaussianBlur(mask, (0, 0), 2.0) > 0.5).astype(np.uint8)
    outlines = cv2.findContours(rough, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
    rims = (_even(np.asarray(outline[:, 0], np.float64)) for outline in outlines)
    paths = [move(points, rough, layered) for points in rims if len(points) > 30]
    return filled(paths, mask.shape)


def filled(paths: list[Points], shape: tuple[int, ...]) -> F32:
    """The inside of closed paths, (n, 2) x and y: float32 in [0, 1] of a shape (h, w), anti-aliased."""
    inside = np.zeros(shape, np.uint8)
    fixed_point = [np.rint(path * 16).astype(np.int32) for path in paths]
    cv2.fillPoly(inside, fixed_point, 255, cv2.LINE_AA, shift=4)
    return np.asarray(inside / 255, np.float32)


def _even(outline: Points) -> Points:
    """An outline, (m, 2), at even steps, (n, 2), its pixel stairs smoothed away."""
    if len(outline) < 30:
        return outline
    points = smooth(outline, 3.0)
    length = np.linalg.norm(np.diff(points, axis=0, append=points[:1]), axis=1).cumsum()
    at = np.arange(0, length[-1], _STEP_PX)
    return np.stack([np.interp(at, length, points[:, k]) for k in (0, 1)], axis=1)


def _moved(points: Points, rough: npt.NDArray[np.uint8], layered: F32) -> Points:
    normals = _normals(points, rough)
    costs, clear = _costs(_unrolled(points, normals, layered, _REACH))
    moves = smooth(best_path(costs)[:, None].astype(np.float64) - _REACH, 2.0)
    moved = points + moves * normals
    return moved + (1 - clear) * (smooth(moved, _FAINT_SIGMA) - moved)


def _on_edge(points: Points, rough: npt.NDArray[np.uint8], layered: F32) -> Points:
    normals = _normals(points, rough)
    strip = _unrolled(points, normals, layered, _EDGE_REACH + 1)
    colours, kept = smooth(strip[..., :3], 1.5), strip[:, 1:-1, 3].max(1, keepdims=True)
    change = np.linalg.norm(colours[:, 2:] - colours[:, :-2], axis=2)
    away = np.abs(np.arange(-_EDGE_REACH, _EDGE_REACH + 1)) / _EDGE_REACH
    edge = change / (change + _EDGE_CONTRAST + 2 * np.median(change))
    costs = (1 - kept) * (_AWAY_COST * away**2 - _EDGE_GAIN * edge) + kept * _KEPT_COST * away
    best = best_path(costs)
    moves = smooth(best[:, None].astype(np.float64) - _EDGE_REACH, 1.5)
    moved = points + (moves - (1 - kept) * _INSET_PX) * normals
    faint = smooth((1 - kept) * (1 - edge[np.arange(len(best)), best][:, None]) ** 2, 3.0)
    return np.asarray(moved + faint * (smooth(moved, _EDGE_FAINT_SIGMA) - moved))


def _unrolled(points: Points, normals: Points, layered: F32, reach: int) -> Points:
    """The picture along a contour, (n, 2 reach + 1, C), low columns being inside."""
    offsets = np.arange(-reach, reach + 1)
    where = (points[:, None] + offsets[None, :, None] * normals[:, None]).astype(np.float32)
    strip = cv2.remap(
        layered, where[..., 0], where[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.float64)


def _costs(strip: Points) -> tuple[Points, Points]:
    """Cost of the contour at each place across the strip, (n, 2 reach + 1), low offsets being cloth.

    Also how clear the contour is, (n, 1): 0 where only the path as a whole can tell, 1 where each pixel can.
    """
    third = _REACH * 2 // 3
    strip, kept_clear = strip[..., :3], strip[..., 3].max(1, keepdims=True)
    cloth = smooth(strip[:, :third].mean(1), 12.0)
    ground = smooth(strip[:, -third:].mean(1), 12.0)
    line = cloth - ground
    contrast = np.maximum(np.linalg.norm(line, axis=1), 1.0)[:, None]
    along = ((strip - ground[:, None]) * line[:, None]).sum(2) / contrast**2
    is_cloth = np.clip(along - 0.5, -0.6, 0.6) * contrast / (contrast + 3)
    clear = smooth(np.maximum(np.clip((contrast - 8) / 24, 0, 1), kept_clear), 3.0)
    kept = clear * np.abs(np.arange(-_REACH, _REACH + 1))
    return np.asarray(-2 * (1 - clear) * is_cloth.cumsum(1) + kept), clear


def best_path(costs: Points) -> npt.NDArray[np.intp]:
    """The cheapest closed path through the strip's columns, one step aside at most (Viterbi)."""
    looped = np.concatenate([costs, costs])
    best, came = looped[0], np.zeros(looped.shape, np.intp)
    width = costs.shape[1]
    for row in range(1, len(looped)):
        padded = np.pad(best, 1, constant_values=np.inf)
        choices = np.stack([padded[:-2] + _BEND_COST, best, padded[2:] + _BEND_COST])
        step = choices.argmin(0)
        came[row] = np.arange(width) + step - 1
        best = choices.min(0) + looped[row]
    path = np.empty(len(looped), np.intp)
    path[-1] = best.argmin()
    for row in range(len(looped) - 1, 0, -1):
        path[row - 1] = came[row, path[row]]
    half = len(costs) // 2
    middle = path[half : half + len(costs)]
    return np.roll(middle, half)


def _normals(points: Points, rough: npt.NDArray[np.uint8]) -> Points:
    """Unit normals, (n, 2), that point from cloth to ground."""
    along = np.roll(points, -2, axis=0) - np.roll(points, 2, axis=0)
    normals = np.stack([along[:, 1], -along[:, 0]], axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    cloth, ground = (_count(rough, points + side * normals) for side in (-3, 3))
    return normals if cloth >= ground else -normals


def _count(rough: npt.NDArray[np.uint8], points: Points) -> int:
    """How many of the points lie on cloth."""
    column, row = np.rint(points).astype(int).T
    height, width = rough.shape
    return int(rough[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)].sum())


def smooth(values: Points, sigma: float) -> Points:
    """Gaussian smoothing along a closed path, (n, ...)."""
    reach = int(3 * sigma)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.concatenate([values[-reach:], values, values[:reach]])
    flat = padded.reshape(len(padded), -1)
    columns = [np.convolve(column, kernel / kernel.sum(), mode="valid") for column in flat.T]
    return np.stack(columns, axis=1).reshape(values.shape)
