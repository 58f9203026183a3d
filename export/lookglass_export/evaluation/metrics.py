"""The scores of one picture, as plain functions of arrays. A score without a pixel to judge is NaN."""

import cv2
import numpy as np
import numpy.typing as npt
from skimage.metrics import structural_similarity

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Picture = npt.NDArray[np.uint8]

GARMENT_FRAME_PX = 128
"""Sampling errors are given in pixels of a garment frame of this size."""


def alpha_iou(alpha: Array, truth: Array, where: Mask) -> float:
    """Intersection over union of two alphas (h, w) in [0, 1], cut at one half.

    Example:
        >>> alpha, truth = np.array([[1, 1, 0]]), np.array([[0, 1, 0]])
        >>> alpha_iou(alpha, truth, np.ones((1, 3), bool))
        0.5
    """
    found, wanted = (alpha > 0.5) & where, (truth > 0.5) & where
    return ratio((found & wanted).sum(), (found | wanted).sum())


def sampling_error_px(flow: Array, truth: Array) -> Array:
    """(h, w) distance between two flows (2, h, w) in [-1, 1], px of a 128 px garment frame."""
    return np.linalg.norm(flow - truth, axis=0) * (GARMENT_FRAME_PX / 2)


def near_boundary(labels: npt.NDArray[np.integer], reach_px: float) -> Mask:
    """Labelled pixels (h, w) within reach of a pixel that has another label; 0 is no label.

    Example:
        >>> near_boundary(np.array([[1, 1, 1, 2, 2, 0]]), 1.5).astype(int)
        array([[0, 0, 1, 1, 0, 0]])
    """
    near = np.zeros(labels.shape, bool)
    for label in np.unique(labels[labels > 0]):
        others = (labels > 0) & (labels != label)
        if others.any():
            distance = cv2.distanceTransform((~others).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            near |= (labels == label) & (distance <= reach_px)
    return near


def ssim_map(picture: Picture, truth: Picture) -> Array:
    """(h, w) structural similarity of two (h, w, 3) uint8 pictures (Wang et al. 2004, Gaussian window)."""
    _, similarity = structural_similarity(
        picture, truth, channel_axis=2, data_range=255, gaussian_weights=True, full=True
    )
    return similarity.mean(2)


def changed(picture: Picture, frame: Picture, tolerance: int = 2) -> Mask:
    """(h, w) where any channel differs by more than `tolerance` of 255."""
    return cv2.absdiff(picture, frame).max(2) > tolerance


def steepness(picture: Picture) -> Array:
    """(h, w) largest difference of neighbouring pixels of any channel, levels; of an (h, w, 3) picture."""
    slopes = [cv2.Scharr(picture, cv2.CV_32F, *axis, scale=1 / 32) for axis in ((1, 0), (0, 1))]
    return np.hypot(*slopes).max(2)


def seam(picture: Picture, frame: Picture, truth: Picture) -> float:
    """Seam visibility: how much steeper than in truth a picture is where what was drawn ends, levels a pixel.

    Args:
        picture: (h, w, 3), the frame with something drawn over it.
        frame: what it was drawn over.
        truth: what it should look like.

    Example:
        >>> frame = np.full((9, 9, 3), 50, np.uint8)
        >>> picture = frame.copy()
        >>> picture[:, :4] = 90
        >>> seam(picture, frame, picture), round(seam(picture, frame, frame))
        (0.0, 20)
    """
    drawn = changed(picture, frame).astype(np.uint8)
    edge = cv2.morphologyEx(drawn, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    return mean_over(np.maximum(steepness(picture) - steepness(truth), 0), edge)


def mean_over(values: Array, where: Mask) -> float:
    """Mean of the values that count."""
    return ratio(values[where].sum(), where.sum())


def ratio(part: float, whole: float) -> float:
    """part / whole, NaN where there is no whole."""
    return float(part / whole) if whole else float("nan")
