"""The garment's parts: torso, sleeves, front collar and the inner back collar that nobody ever sees."""

import cv2
import numpy as np

from lookglass.garment.collar import INNER_BACK_COLLAR, TORSO, keep_at_neck, neck_opening
from lookglass.garment.tail import back_tail, tail_labels
from lookglass.person.graph import Graph
from lookglass.types import F32, GARMENT_LABELS, U8

MIRRORED = {"left_sleeve": "right_sleeve", "right_sleeve": "left_sleeve"}

GRID = 128
"""Side of the grid that the garment networks see."""

_EVEN = 0.97
"""Overlap of a silhouette with its mirror image; 0.987 to 0.992 in photos of shirts laid out with care."""

_SHIFTS = ((0, 0), (2, 0), (-2, 0), (0, 2), (0, -2))
_MIRROR = [GARMENT_LABELS.index(MIRRORED.get(name, name)) for name in GARMENT_LABELS]


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
    alpha = rgba[0, 3]
    labels = _evened(_vote(rgba, parser), alpha)
    return keep_at_neck(_within(alpha, labels))


def without_tail(texture: U8, labels: F32) -> tuple[U8, F32]:
    """Leave out the back where it shows below the front's hem: it is behind the wearer's legs.

    Args:
        texture: (N, N, 4) uint8 BGRA.
        labels: (6, 128, 128) float32 probabilities, as `parse` returns them.

    Returns:
        Both without the tail, new arrays where there is one.
    """
    tail = back_tail(texture, labels)
    if tail is None:
        return texture, labels
    front = texture.copy()
    front[..., 3] = np.rint(texture[..., 3] * (1 - tail)).astype(np.uint8)
    moved = labels.copy()
    moved[TORSO] += labels[INNER_BACK_COLLAR] * tail_labels(labels)
    moved[INNER_BACK_COLLAR] *= 1 - tail_labels(labels)
    return front, _within(premultiplied(front)[0, 3], moved)


def _within(alpha: F32, labels: F32) -> F32:
    """The labels of a garment's parts as shares of its alpha, (128, 128); the rest is background."""
    parts = labels.copy()
    parts[0] = 0
    parts *= alpha / np.maximum(parts.sum(0), 1e-6)
    parts[0] = 1 - alpha
    return parts


def _vote(rgba: F32, parser: Graph) -> F32:
    """The mean of what the parser says of the garment, moved a little, mirrored and as a negative.

    Calmer edges; and a shaded collar is not taken for the inside, which a negative shows bright.
    """
    colour, alpha = rgba[:, :3], rgba[:, 3:]
    tones = (rgba, np.concatenate([alpha - colour, alpha], axis=1))
    votes = []
    for turn, shift in enumerate(_SHIFTS):
        for picture, mirrored in zip(tones, (turn % 2 == 0, turn % 2 == 1), strict=True):
            moved = np.roll(picture, shift, (2, 3))
            seen = np.ascontiguousarray(moved[..., ::-1]) if mirrored else moved
            found = parser(rgba=seen)["labels"][0]
            votes.append(np.roll(found[_MIRROR, :, ::-1] if mirrored else found, np.negative(shift), (1, 2)))
    return np.asarray(np.mean(votes, axis=0), np.float32)


def _evened(labels: F32, alpha: F32) -> F32:
    """The labels averaged over both halves of a garment that lies evenly: (6, 128, 128)."""
    shape = alpha > 0.5
    mirrored = shape[:, ::-1]
    alike = np.count_nonzero(shape & mirrored) > _EVEN * np.count_nonzero(shape | mirrored)
    return np.asarray((labels + labels[_MIRROR, :, ::-1]) / 2, np.float32) if alike else labels


def hide_inner_collar(texture: U8, labels: F32) -> U8:
    """Make the inner back collar transparent: it is behind the wearer's neck.

    Args:
        texture: (N, N, 4) uint8 BGRA.
        labels: (6, 128, 128) float32 probabilities.

    Returns:
        (N, N, 4) uint8 BGRA, a new array.
    """
    shown = texture.copy()
    shown[..., 3] = np.rint(texture[..., 3] * (1 - neck_opening(texture, labels))).astype(np.uint8)
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
