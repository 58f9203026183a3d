"""The garment's parts: torso, sleeves, front collar and the inner back collar that nobody ever sees."""

import cv2
import numpy as np

from lookglass.person.graph import Graph
from lookglass.types import F32, GARMENT_LABELS, U8

GRID = 128
"""Side of the grid that the garment networks see."""

INNER_BACK_COLLAR = GARMENT_LABELS.index("inner_back_collar")


def premultiplied(texture: U8) -> F32:
    """What the parser sees: (N, N, 4) uint8 BGRA -> (1, 4, 128, 128) float32 RGB x alpha, alpha."""
    alpha = texture[..., 3:].astype(np.float32) / 255
    rgba = np.concatenate([texture[..., 2::-1].astype(np.float32) / 255 * alpha, alpha], axis=2)
    small = cv2.resize(rgba, (GRID, GRID), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(np.minimum(small, 1).transpose(2, 0, 1)[None])


def parse(texture: U8, *, parser: Graph) -> F32:
    """Tell the garment's parts apart.

    Args:
        texture: (N, N, 4) uint8 BGRA in the garment frame.
        parser: the `garment_parser` graph.

    Returns:
        (6, 128, 128) float32, probabilities in the order of `GARMENT_LABELS`; background exactly where the
        texture is transparent.
    """
    rgba = premultiplied(texture)
    labels = np.array(parser(rgba=rgba)["labels"][0], np.float32)
    alpha = rgba[0, 3]
    labels[0] = 0
    labels /= np.maximum(labels.sum(0), 1e-6)
    labels *= alpha
    labels[0] = 1 - alpha
    return labels


def hide_inner_collar(texture: U8, labels: F32) -> U8:
    """Make the inner back collar transparent, with a soft edge: it is behind the wearer's neck."""
    hidden = cv2.resize(labels[INNER_BACK_COLLAR], texture.shape[:2], interpolation=cv2.INTER_CUBIC)
    rest = cv2.resize(labels[1:INNER_BACK_COLLAR].sum(0), texture.shape[:2], interpolation=cv2.INTER_CUBIC)
    share = np.clip(hidden / np.maximum(hidden + rest, 1e-3) * 2 - 0.5, 0, 1)
    shown = texture.copy()
    shown[..., 3] = np.rint(texture[..., 3] * (1 - share)).astype(np.uint8)
    return shown


def encoder_pixels(texture: U8, labels: F32) -> F32:
    """Pack what the garment encoder sees.

    Args:
        texture: (N, N, 4) uint8 BGRA with the inner back collar still opaque.
        labels: (6, 128, 128) float32 probabilities, or 0 and 1.

    Returns:
        (1, 9, 128, 128) float32: RGB premultiplied by alpha, alpha, masks of `GARMENT_LABELS[1:]`.
    """
    return np.concatenate([premultiplied(texture), labels[None, 1:]], axis=1)
