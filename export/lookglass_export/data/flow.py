"""Extended flow: exact on the shell, continued smoothly around it."""

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
REACH_PX = 10
NONE, EXTENDED, SHELL, VISIBLE = range(4)
_SIGMA_PX = 5.0


def extend(flow: F32, known: npt.NDArray[np.bool_]) -> tuple[F32, npt.NDArray[np.uint8]]:
    """Continue a flow field beyond where it is known.

    Each unknown pixel takes its nearest known pixel's value plus a smoothed slope times the way there,
    up to `REACH_PX` pixels out and constant beyond; what was filled is then blurred.

    Args:
        flow: (h, w, 2) float32.
        known: (h, w) bool.

    Returns:
        The filled (h, w, 2) flow without NaN, and (h, w) uint8: NONE, EXTENDED or SHELL.
    """
    if known.sum() < 12:
        return np.zeros_like(flow), np.zeros(known.shape, np.uint8)
    values = np.where(known[..., None], flow, 0).astype(np.float32)
    slopes = _slopes(values, known)
    gap, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ys, xs = np.nonzero(known)
    home = np.zeros(len(ys) + 1, int)
    home[label[ys, xs]] = np.arange(len(ys))
    source = home[label]
    rows, columns = np.mgrid[: known.shape[0], : known.shape[1]]
    shorten = np.minimum(1, REACH_PX / np.maximum(gap, 1e-3))
    across, down = (columns - xs[source]) * shorten, (rows - ys[source]) * shorten
    at = (ys[source], xs[source])
    guess = values[at] + slopes[0][at] * across[..., None] + slopes[1][at] * down[..., None]
    filled = np.where(known[..., None], values, guess).astype(np.float32)
    soft = cv2.GaussianBlur(filled, (0, 0), 2.0)
    out = np.where(known[..., None], values, soft)
    state = np.where(known, SHELL, np.where(gap <= REACH_PX, EXTENDED, NONE)).astype(np.uint8)
    return np.clip(out, -3, 3).astype(np.float32), state


def _slopes(values: F32, known: npt.NDArray[np.bool_]) -> list[F32]:
    """Smoothed d/dx and d/dy from pairs of known neighbours, limited against steep silhouettes."""
    out = []
    for axis in (1, 0):
        both = known & np.roll(known, 1, axis)
        step = np.where(both[..., None], values - np.roll(values, 1, axis), 0)
        limit = 2.0 * np.median(np.abs(step[both]), axis=0) + 1e-3 if both.any() else 1e-3
        weight = cv2.GaussianBlur(both.astype(np.float32), (0, 0), _SIGMA_PX)[..., None]
        smooth = cv2.GaussianBlur(np.clip(step, -limit, limit).astype(np.float32), (0, 0), _SIGMA_PX)
        out.append(np.asarray(smooth / (weight + 1e-4), np.float32))
    return out
