"""What light does to a garment: the gain from its product photo to how it is worn, where that is known."""

from collections.abc import Callable

import cv2
import numpy as np

from lookglass_export.training.scenes import (
    HALF,
    Array,
    Product,
    Scene,
    View,
    crop_frame,
    flow_targets,
    open_product,
)

_FLOOR = 0.04
"""Added to both sides of the ratio, so that black has no wild gains."""
_MIN_CELLS = 40

Camera = Callable[[Array], Array]


def _as_it_is(picture: Array) -> Array:
    return picture


def log_gain(
    scene: Scene,
    view: View,
    garment: int,
    product: Product,
    targets: tuple[Array, Array],
    size: tuple[int, int],
    camera: Camera = _as_it_is,
) -> tuple[Array, np.ndarray]:
    """Log gain from a product photo to the worn garment, averaged over cells.

    Args:
        scene, view, garment, product: what is worn in whose crop, and its photo.
        targets: its flow (3, 2, 128, 96) and weights (3, 128, 96), see `flow_targets`.
        size: (width, height) of the grid of cells.
        camera: how the picture's colours were changed.

    Returns:
        (height, width, 3) float32 log gain, and (height, width) bool where it is known.
    """
    flow, weight = targets
    part = weight.argmax(0)
    x, y = (np.take_along_axis(flow[:, axis], part[None], 0)[0] for axis in (0, 1))
    photo = cv2.remap(product.rgba, (x + 1) * 64 - 0.5, (y + 1) * 64 - 0.5, cv2.INTER_LINEAR)
    known = (weight.max(0) == 1) & (photo[..., 3] > 0.9)
    worn = cv2.resize(camera(crop_frame(scene, view, garment)) / 255, HALF, interpolation=cv2.INTER_AREA)
    share = cv2.resize(known.astype(np.float32), size, interpolation=cv2.INTER_AREA)[..., None]
    means = [
        cv2.resize(picture[..., :3] * known[..., None], size, interpolation=cv2.INTER_AREA)
        / np.maximum(share, 1e-3)
        for picture in (worn, photo)
    ]
    gain = np.log((means[0] + _FLOOR) / (means[1] + _FLOOR))
    return gain.astype(np.float32), share[..., 0] > 0.5


def worn_light(
    scene: Scene, view: View, garment: int, size: tuple[int, int], camera: Camera = _as_it_is
) -> tuple[Array, Array]:
    """Log gain (3, height, width) of a garment worn in a view, and (1, height, width) 1 where it is known."""
    product = open_product(scene, garment, view.mirrored)
    targets = flow_targets(scene, view, garment, product)
    gain, known = log_gain(scene, view, garment, product, targets, size, camera)
    return gain.transpose(2, 0, 1), known[None].astype(np.float32)


def relief(gain: Array, known: np.ndarray) -> tuple[Array, Array]:
    """What of a gain is the body's form and not the room's light: grey, less its smooth part.

    Args:
        gain: (h, w, 3) float32 log gain.
        known: (h, w) bool.

    Returns:
        (1, h, w) float32 in [-0.6, 0.6] and (1, h, w) float32 weights, 0 where it is unknown.
    """
    height, width = known.shape
    if known.sum() < _MIN_CELLS:
        return np.zeros((1, height, width), np.float32), np.zeros((1, height, width), np.float32)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    basis = np.stack([np.ones_like(x), x, y, y * y], -1)
    grey = gain.mean(-1)
    fit = np.linalg.lstsq(basis[known], grey[known], rcond=None)[0]
    rest = np.where(known, np.clip(grey - basis @ fit, -0.6, 0.6), 0)
    return rest[None].astype(np.float32), known[None].astype(np.float32)
