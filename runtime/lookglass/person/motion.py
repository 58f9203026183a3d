"""Small motions between two pictures: one step of Gauss and Newton (Lucas and Kanade 1981)."""

import cv2
import numpy as np

from lookglass.types import F32, U8

_STRANGE = 12.0
"""Levels of 255 by which cells differ that move on their own, such as a hand's: they count for little."""
_BLOCK, _REACH = 4, 3
"""Cells that share a local motion, and the side of the neighbourhood, in blocks, that is averaged twice."""
_STIFFNESS = 0.1
"""Weight of the common motion against the local one, as a share of the picture's mean detail."""
_LEAST_DETAIL = 0.1
"""Mean square slope, levels per cell, of a picture that tells nothing."""


def luminance(picture: U8, size: tuple[int, int]) -> F32:
    """(height, width) of `size` (width, height): a BGR picture blurred a little, as the slopes need it."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    cells = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(cells.astype(np.float32), (5, 5), 1.0), np.float32)


def moments(last: F32, now: F32, weight: F32) -> F32:
    """(5, h, w) xx, xy, yy of the slopes, and x, y of slopes times what must be explained by motion."""
    change = last - now
    weight = weight / (1 + np.square(change * np.float32(1 / _STRANGE)))
    change -= np.float32(np.vdot(weight, change) / max(float(weight.sum()), 1e-6))
    mean = (last + now) * np.float32(0.25)  # A quarter: the slope is half the difference of the neighbours.
    across, down = cv2.Sobel(mean, cv2.CV_32F, 1, 0, ksize=1), cv2.Sobel(mean, cv2.CV_32F, 0, 1, ksize=1)
    x, y = weight * across, weight * down
    return np.stack([x * across, x * down, y * down, x * change, y * change])


def common(terms: F32) -> F32:
    """(2,) cells by which everything moved; zero where the picture tells nothing."""
    xx, xy, yy, x, y = terms.reshape(len(terms), -1).mean(1).astype(np.float64)
    normal = np.array([[xx, xy], [xy, yy]])
    if np.linalg.eigvalsh(normal)[0] < _LEAST_DETAIL:
        return np.zeros(2, np.float32)
    return np.asarray(np.linalg.solve(normal, [x, y]), np.float32)


def local(terms: F32, *, farthest: float) -> F32:
    """How every block of 4x4 cells moved, where it tells; as its surroundings and everything else elsewhere.

    Args:
        terms: (5, h, w) from `moments`.
        farthest: cells beyond which a motion is not believed: there it is the common one.

    Returns:
        (h // 4, w // 4, 2) float32, cells.
    """
    everywhere = common(terms)
    size = terms.shape[2] // _BLOCK, terms.shape[1] // _BLOCK
    xx, xy, yy, x, y = (_around(cv2.resize(term, size, interpolation=cv2.INTER_AREA)) for term in terms)
    stiff = np.float32(_STIFFNESS) * (xx.mean() + yy.mean()) / 2 + np.float32(1e-6)
    xx, yy, x, y = xx + stiff, yy + stiff, x + stiff * everywhere[0], y + stiff * everywhere[1]
    field = np.dstack([yy * x - xy * y, xx * y - xy * x]) / (xx * yy - xy * xy)[..., None]
    field[np.hypot(field[..., 0], field[..., 1]) > farthest] = everywhere
    return np.asarray(field, np.float32)


def _around(blocks: cv2.typing.MatLike) -> F32:
    once = cv2.blur(blocks, (_REACH, _REACH))
    return np.asarray(cv2.blur(once, (_REACH, _REACH)), np.float32)
