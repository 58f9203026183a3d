"""Rendered layers put together: what hides what, and the shade where surfaces come close."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import PARSE
from lookglass_export.data.renderer import Layer

U8 = npt.NDArray[np.uint8]
F32 = npt.NDArray[np.float32]
GENEROUS_M = 0.03
_OVERLAP_M = 0.05
"""By which the one of top and trousers that is worn over the other may lie behind it."""


def _labels(*names: str) -> list[int]:
    return [PARSE.index(name) for name in names]


# Metres by which a layer may lie behind a surface it covers, by parse label: cloth sinks into skin at
# joints, never into hands, hair or the face.
_SINK = np.zeros(16, np.float32)
_SINK[_labels("legs", "trunk")] = 0.03
_SINK[_labels("bottom")] = 0.05
_SINK[_labels("neck", "left_arm", "right_arm")] = 0.012
_TUCKED = _SINK.copy()
_TUCKED[_labels("bottom")] = -0.02
_LAID_ON = np.zeros(16, np.float32)
_LAID_ON[_labels("hair", "face", "left_arm", "right_arm", "left_hand", "right_hand", "strap")] = 1


@dataclass(slots=True)
class Picture:
    """Layers put together: colour (H, W, 3) float32 in 0..255, label, part, inside (or a shoe), distance."""

    colour: F32
    label: U8
    part: U8
    inside: U8
    distance: F32


def put_on(base: Layer, layer: Layer, *, tucked: bool = False) -> Picture:
    """Lay a top over the person by distance, cloth winning by a little over the skin it hugs."""
    on = layer.distance < base.distance + (_TUCKED if tucked else _SINK)[base.label]
    colour = np.where(on[..., None], layer.colour, base.colour).astype(np.float32)
    part = np.where(on, layer.part, 0).astype(np.uint8)
    inside = np.where(on, layer.inside, base.inside).astype(np.uint8)
    label = np.where(on, layer.label, base.label).astype(np.uint8)
    return Picture(colour, label, part, inside, np.where(on, layer.distance, base.distance))


def reach(base: Layer, *, tucked: bool = False, bulk: float = 0.0) -> F32:
    """How far the cloth of each part may be and still be in front of the person: (3, H, W) metres.

    Args:
        base: the person without a top.
        tucked: whether the trousers go over it.
        bulk: metres by which the torso's cloth is thicker than what the pose left room for; arms, hair and
            straps keep in front of it.
    """
    sleeves = base.distance + (_TUCKED if tucked else _SINK)[base.label]
    return np.stack([sleeves - bulk * _LAID_ON[base.label], sleeves, sleeves])


def lay(base: Picture, layer: Layer, limits: F32) -> Picture:
    """Lay a lower garment over a dressed person where it is nearer than `limits`."""
    on = layer.distance < limits
    colour = np.where(on[..., None], layer.colour, base.colour).astype(np.float32)
    over, distance = np.where(on, layer.label, base.label), np.where(on, layer.distance, base.distance)
    part, inside = np.where(on, layer.part, 0), np.where(on, layer.inside, base.inside)
    return Picture(colour, *(a.astype(np.uint8) for a in (over, part, inside)), distance)


def reach_below(base: Picture, *, tucked: bool) -> F32:
    """How far a lower garment may be and still be in front of a person in a top: (H, W) metres."""
    sink = _SINK[base.label]
    trunk = np.isin(base.label, _labels("top", "inner")) & (base.part < 2)
    return base.distance + np.where(trunk, _OVERLAP_M if tucked else -_OVERLAP_M, sink).astype(np.float32)


def contact_shade(distance: F32) -> F32:
    """Gain (H, W, 1) that darkens what lies close behind something nearer: arms, chins, collars."""
    there = np.isfinite(distance)
    depth = np.where(there, distance, distance[there].max() + 0.3 if there.any() else 0).astype(np.float32)
    wide = cv2.blur(np.roll(depth, 5, axis=0), (21, 21))
    close = cv2.blur(np.roll(depth, 2, axis=0), (7, 7))
    wide, close = (np.clip((depth - around) / reach, 0, 1) for around, reach in ((wide, 0.12), (close, 0.03)))
    return np.asarray((1 - 0.35 * wide - 0.2 * close)[..., None], np.float32)


def shaded(picture: Picture) -> Picture:
    """The picture with contact shadows."""
    picture.colour = picture.colour * contact_shade(picture.distance)
    return picture


def nearest(
    parts: list[F32], limits: F32, *, past: float = GENEROUS_M, bulk: float = 0.0
) -> npt.NDArray[np.bool_]:
    """Where each part would be seen if it were cut a little past its edges: (3, H, W) bool.

    Args:
        parts: for each part (H, W, 4): product x, y, margin, distance (0 for nothing).
        limits: `reach` of the person.
        past: metres past its edges.
        bulk: metres by which sleeves may lie behind the torso and still be before it.
    """
    distances = []
    for exact in parts:
        there = (exact[..., 3] > 0) & (exact[..., 2] > -past)
        distances.append(np.where(there, exact[..., 3], np.inf))
    stack = np.stack(distances)
    order = stack + np.array([bulk, 0, 0], np.float32)[:, None, None]
    return np.asarray((stack < limits) & (order == order.min(0)[None]) & np.isfinite(stack))
