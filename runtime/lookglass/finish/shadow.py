"""Soft shadows where things touch, without which a garment looks pasted on.

The network lights the garment by the room and the body's form, too smoothly to know what lies on what. The
layers know it: arms, hands and hair darken the cloth beneath them, hem and cuffs the body below them, a
collar the neck, cloth turns away from the viewer at its outline. It is the ambient occlusion of games: what
is in front, blurred, is how much light it takes. Where sleeves and torso touch, see
`lookglass.finish.crease`.
"""

import cv2
import numpy as np

from lookglass.remembered import remembered
from lookglass.types import F32, U8, Layers

_SPREAD = 1.8
"""Standard deviation of the blur, cells of the 128x96 grid."""
_DROP = 1.5
"""Light comes from above: shadows lie this many cells lower than what casts them."""
_COLLAR, _UNDER = ((7, 7), 1.0), np.ones((5, 5), np.uint8)
"""A collar lies close around a neck: its blur is narrow, and skin is as dark up to under the cloth's edge."""
_WIDE = 11, 11
"""Sides of the blur's kernel, three standard deviations to each side."""
_ON_TORSO, _ON_SLEEVES, _ON_BODY, _ON_NECK, _AT_OUTLINE = 0.25, 0.15, 0.3, 0.35, 0.18
_ON_ARMS = 1.4
"""How much darker than that of a hem on the body a sleeve's shadow on its arm is: it hangs closer."""
_SLEEVE = 0.3
"""How far a sleeve stands before the torso, to an arm."""
_OWN_LIGHT = 0.7
"""How much of what a fold sees is the same cloth, and not an arm or the room."""
_LUMINANCE = np.array([0.21, 0.72, 0.07], np.float32)
_HIPS = 11, 9
"""Height and width of the neighbourhood of a torso in which old clothes hide the body, cells."""
_IN_SLITS, _SLIT = 0.45, (0.55, 0.85)
"""What the body loses on top where cloth surrounds it that closely: a slit beside a sleeve is a dark fold."""


@remembered
def colour_of(texture: U8) -> F32:
    """(3,) RGB that a garment's cloth gives back, linear in [0, 1], from its photo, (N, N, 4) uint8 BGRA."""
    small = cv2.resize(texture, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    alpha = small[..., 3:]
    return np.asarray((small[..., 2::-1] ** 2.2 * alpha).sum((0, 1)) / max(alpha.sum(), 1e-6), np.float32)


def albedo_of(texture: U8) -> float:
    """How much light that is, in [0, 1]."""
    return float(colour_of(texture) @ _LUMINANCE)


def shade(worn: F32, occluder: F32, mask: F32, *, albedo: float = 0.0) -> tuple[F32, F32]:
    """Shadows on the new garment and on the body.

    Args:
        worn: (3, h, w) the parts of the new garment as they will be seen but for what is in front, in [0, 1].
        occluder: (2, h, w) what stands in front of torso and sleeves, in [0, 1].
        mask: (H, W) probability that a pixel shows the person, of any size.
        albedo: of the cloth; what is bright lights its own folds.

    Returns:
        (h, w) gain of the garment, at most 1, and (h, w) share of the light that the body loses.
    """
    size = worn.shape[:0:-1]
    mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
    torso, sleeves = worn[0], np.minimum(worn[1] + worn[2], 1)
    cloth = np.minimum(torso + sleeves, 1)
    over_torso = np.minimum(occluder[0] + _SLEEVE * sleeves, 1)
    in_front = cv2.merge([over_torso, np.maximum(occluder[1], torso), cloth, sleeves])
    on_torso, on_sleeves, on_body, on_arms = cv2.split(_cast(in_front))
    outline = 1 - cv2.GaussianBlur(np.maximum(cloth, mask), _WIDE, _SPREAD)
    share = sleeves / np.maximum(torso + sleeves, np.float32(1e-3))
    gain = 1 - _ON_TORSO * on_torso * (1 - share) - _ON_SLEEVES * on_sleeves * share - _AT_OUTLINE * outline
    gain = bounced(gain, albedo)
    # Before the torso, a bare arm lies in the shadow of its sleeve alone.
    arms = np.clip(occluder[0] - occluder[1], 0, 1)
    below = on_body + arms * (_ON_ARMS * on_arms - on_body)
    slit = np.clip((on_body - _SLIT[0]) / (_SLIT[1] - _SLIT[0]), 0, 1)
    loss = (_ON_BODY * below + _IN_SLITS * slit) * (1 - cloth) * mask * (1 - occluder[1])
    return np.asarray(gain, np.float32), np.asarray(loss, np.float32)


def around_neck(cloth: F32, opening: F32) -> F32:
    """Share of the light, (h, w), that a neck loses beside a collar.

    Args:
        cloth: (h, w) the new garment's torso, in [0, 1].
        opening: (h, w) its neck opening, in [0, 1].
    """
    beside = cv2.GaussianBlur(cloth, *_COLLAR) * cv2.dilate(opening, _UNDER)
    return np.asarray(_ON_NECK * beside, np.float32)


def without_sleeves(mask: F32, layers: Layers, torso: F32) -> F32:
    """The person without the old sleeves, where there is a wall now on which no shadow falls.

    Args:
        mask: (H, W) probability that a pixel shows the person.
        layers: what the network returned.
        torso: (h, w) in [0, 1], that of the new garment: about it, the body goes on under the old clothes.
    """
    gone = layers.painted_alpha * (1 - layers.bare) * (1 - cv2.dilate(torso, np.ones(_HIPS, np.uint8)))
    coarse = cv2.resize(mask, gone.shape[::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(coarse * (1 - gone), np.float32)


def bounced(gain: F32 | np.float32, albedo: float) -> F32:
    """What is left of the light once it has bounced around in the cloth (Jimenez et al. 2016)."""
    albedo *= _OWN_LIGHT
    a, b, c = 2.0404 * albedo - 0.3324, 0.6417 - 4.7951 * albedo, 2.7552 * albedo + 0.6903
    return np.asarray(np.maximum(gain, ((a * gain + b) * gain + c) * gain), np.float32)


def _cast(layers: F32) -> F32:
    height, width = layers.shape[:2]
    down = np.array([[1, 0, 0], [0, 1, _DROP]])
    moved = cv2.warpAffine(layers, down, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.GaussianBlur(moved, _WIDE, _SPREAD), np.float32)
