"""A garment in another colour: the same cloth, dyed.

Every pixel is a mixture of cloth and print. The cloth's share of it takes the new colour and keeps its folds
and weave; the print's share stays.
"""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.oklab import from_oklab, to_oklab
from lookglass.types import F32, U8, Garment

Lab = npt.NDArray[np.float32]

_SMALL_PX = 160
_BIN = np.array([0.08, 0.03, 0.03], np.float32)
"""Sides of the cells of OKLab in which the cloth's colour is looked for: folds change lightness most."""
_ROUNDS = 6
_GREY, _COLOURED = 0.02, 0.05
"""Chroma below which cloth has no hue to tell it from its print by, and above which it has."""
_LEAST_FOLDS = 0.7
"""Dark cloth shows its folds less than pale cloth does, but it shows them."""


def dyed(garment: Garment, lab: tuple[float, float, float]) -> Garment:
    """Dye a garment.

    Args:
        garment: to be dyed; it stays as it is.
        lab: the new colour of its cloth, OKLab.

    Returns:
        A garment with another texture; what the networks see of it, where its parts lie, is the same.
    """
    texture = garment.texture
    target = np.array(lab, np.float32)
    colours = np.ascontiguousarray(texture[..., :3])
    changed = _dyed(to_oklab(colours), cloth_colour(texture), target)
    return replace(garment, texture=np.dstack([from_oklab(changed), texture[..., 3]]))


def cloth_colour(texture: U8) -> Lab:
    """(3,) float32 OKLab: the colour that most of a texture (N, N, 4) uint8 BGRA has."""
    small = cv2.resize(texture, (_SMALL_PX, _SMALL_PX), interpolation=cv2.INTER_AREA)
    colours = to_oklab(np.asarray(small, np.uint8)[small[..., 3] > 250, :3])
    if not len(colours):
        return np.array([0.5, 0, 0], np.float32)
    cells, count = np.unique(np.floor(colours / _BIN), axis=0, return_counts=True)
    centre = (cells[count.argmax()] + 0.5) * _BIN
    for _ in range(_ROUNDS):
        weight = np.exp(-0.5 * (((colours - centre) / _BIN) ** 2).sum(1))
        centre = weight @ colours / weight.sum()
    return np.asarray(centre, np.float32)


def _dyed(lab: Lab, cloth: Lab, target: Lab) -> Lab:
    share = _share(lab, cloth)[..., None]
    shade = lab[..., :1] - cloth[0]
    folds = np.clip(target[0] / cloth[0], _LEAST_FOLDS, 1)
    light = _rolled_off(target[0] + folds * shade, target[0])
    hue = target[1:] * (light / target[0])
    own = lab[..., 1:] - cloth[1:] * (lab[..., :1] / cloth[0])
    fresh = np.concatenate([light, hue + 0.5 * own], -1)
    return np.asarray(lab + share * (fresh - lab), np.float32)


def _share(lab: Lab, cloth: Lab) -> F32:
    """How much of a pixel is cloth: by its hue where the cloth has one, otherwise by lightness."""
    chroma = float(np.hypot(*cloth[1:]))
    coloured = float(np.clip((chroma - _GREY) / (_COLOURED - _GREY), 0, 1))
    if coloured == 0:
        return _by_lightness(lab, cloth)
    shade = lab[..., 0] / cloth[0]
    along = lab[..., 1:] @ (cloth[1:] / chroma) / chroma
    by_hue = np.clip(along / np.maximum(shade, 0.05), 0, 1)
    share = np.maximum(by_hue, _near(lab, cloth))
    return np.asarray(coloured * share + (1 - coloured) * _by_lightness(lab, cloth), np.float32)


def _near(lab: Lab, cloth: Lab) -> F32:
    """What differs as little as photos err is cloth: JPEG keeps faint hues in blocks."""
    away = lab - cloth
    distance = np.sqrt((0.4 * away[..., 0]) ** 2 + (away[..., 1:] ** 2).sum(-1))
    return np.asarray(np.clip((0.075 - distance) / 0.03, 0, 1), np.float32)


def _by_lightness(lab: Lab, cloth: Lab) -> F32:
    """Grey cloth: folds are darker by up to a third; what is darker, much lighter or coloured is print."""
    light = lab[..., 0]
    darker = np.clip((light / cloth[0] - 0.4) / 0.25, 0, 1)
    lighter = np.clip((0.38 - (light - cloth[0])) / 0.22, 0, 1)
    pale = np.clip((0.11 - np.hypot(*np.moveaxis(lab[..., 1:] - cloth[1:], -1, 0))) / 0.07, 0, 1)
    return np.asarray(darker * lighter * pale, np.float32)


def _rolled_off(light: F32, target: float) -> F32:
    """Lightness that comes near to 1, and to 0, ever more slowly instead of being clipped there."""
    away = light - target
    room = np.where(away > 0, 1 - target, target)
    return np.asarray(target + room * np.tanh(away / room), np.float32)
