"""The folds of a worn top, which the flat photo of a plain one lacks: without them it is cut from paper.

They were simulated once, as a T-shirt and a shirt on a body, and lie in a picture beside this file, which
`lookglass-export folds` draws: what light they take and give, over the box of the torso and of a sleeve. They
are laid over the photo, once for each garment, and move with it. They are the same for every top; one whose
photo has a print or folds of its own gets less of them.
"""

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lookglass import pictures
from lookglass.finish.shadow import colour_of
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment

F64 = npt.NDArray[np.float64]
Points = npt.NDArray[np.floating[Any]]

SIDE = 192
"""Height and width of each map."""
_TEE, _SHORT, _SHIRT, _LONG = range(4)
"""The maps, from the picture's top to its bottom: torso and left sleeve of a T-shirt, and of a shirt."""
_AMOUNT = 0.36
"""How much light a plain top's deepest fold takes or gives, of what the simulated one does."""
_OWN_LIGHT = 0.4
"""How much less of its own colour the whitest cloth loses in a fold: the light there has bounced in it."""
_PLAIN, _BUSY = 0.02, 0.06
"""Contrast of cloth, its standard deviation over a few folds, in [0, 1], that hides none and every one."""
_SLENDER = 3.5
"""How many times as long as broad long sleeves are, and short ones are not."""
_FEW = 30
"""Pixels of a photo's labels that are no sleeve."""
_SEAM = 5, 5
"""Width, pixels of the photo's labels, over which the folds of one part give way to another's."""
_SPREAD = 3**0.5
"""Half a rectangle's side, in standard deviations of its points along it."""


@remembered
def folded(garment: Garment) -> U8:
    """A garment's photo with a wearer's folds, which are so as fine as its weave and cost a frame nothing.

    Args:
        garment: whose photo it is; it stays as it is.

    Returns:
        (N, N, 4) uint8 BGRA; the photo itself where there is nothing to be folded.
    """
    texture, amount = garment.texture, _AMOUNT * _plain(garment.texture)
    if garment.category == "lower" or amount == 0 or not garment.parts.size:
        return texture
    light = np.zeros(texture.shape[:2], np.float32)
    for name, (to_box, number) in zip(PARTS, _boxes(garment.parts), strict=True):
        if number is not None:
            light += _on_photo(_maps()[number], to_box, len(light)) * _where(garment.parts, name, len(light))
    shares = amount * (1 - _OWN_LIGHT * colour_of(texture)[::-1])
    gain = cv2.merge([*(1 + np.float32(share) * light for share in shares), np.ones_like(light)])
    return np.asarray(cv2.multiply(texture, gain, dtype=cv2.CV_8U), np.uint8)


def _on_photo(folds: F32, to_box: F64, side: int) -> F32:
    """(side, side) folds over a unit box, 0 beyond it, where the photo's places, in [-1, 1], lie in it."""
    turn, shift = to_box[:, :2], to_box[:, 2:]
    pixels = (SIDE - 1) * np.hstack([turn * 2 / side, turn.sum(1, keepdims=True) * (1 / side - 1) + shift])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(folds, pixels, (side, side), flags=how), np.float32)


def _where(parts: U8, name: str, side: int) -> F32:
    """(side, side) in [0, 1], where labels, (n, n), are those of a part."""
    own = cv2.blur((parts == GARMENT_LABELS.index(name)).astype(np.float32), _SEAM)
    return np.asarray(cv2.resize(own, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)


def _boxes(parts: U8) -> list[tuple[F64, int | None]]:
    """For torso and sleeves the affine map, (2, 3), from photo to unit box, and the number of the map."""
    torso, *sleeves = (
        (np.argwhere(parts == GARMENT_LABELS.index(name))[:, ::-1] + 0.5) * (2 / len(parts)) - 1
        for name in PARTS
    )
    if len(torso) < 2:
        return [(np.zeros((2, 3)), None)] * 3
    found = [_sleeve(own, torso) for own in sleeves]
    number = _SHIRT if any(kind == _LONG for _, kind in found) else _TEE
    return [(torso_box(torso, 1 / len(parts)), number), *found]


def _sleeve(points: Points, torso: Points) -> tuple[F64, int | None]:
    """The same for a sleeve from its points and the torso's, (n, 2)."""
    if len(points) < _FEW:
        return np.zeros((2, 3)), None
    to_box = sleeve_box(points, torso)
    aside, along = np.linalg.norm(to_box[:, :2], axis=1)
    return to_box, _LONG if aside > _SLENDER * along else _SHORT


def torso_box(points: Points, margin: float) -> F64:
    """The affine map, (2, 3), from places to the unit box of points (n, 2), so much wider on each side."""
    low, high = points.min(0) - margin, points.max(0) + margin
    scale = np.diag(1 / (high - low))
    return np.column_stack([scale, -scale @ low])


def sleeve_box(points: Points, torso: Points) -> F64:
    """The same for a sleeve, whose box lies along it: from its inner to its outer side, and to its hem."""
    middle = points.mean(0)
    spread, ways = np.linalg.eigh(np.cov((points - middle).T))
    aside, along = ways.T
    aside = aside * np.sign(aside @ (middle - torso.mean(0)))
    along = along * np.sign(along[1] or 1)
    broad, length = 2 * _SPREAD * np.sqrt(np.maximum(spread, 1e-6))
    turn = np.stack([aside / broad, along / length])
    return np.column_stack([turn, 0.5 - turn @ middle])


def _plain(texture: U8) -> float:
    """How plain cloth is, in [0, 1], from its photo, (N, N, 4) uint8 BGRA."""
    small = cv2.resize(texture, (128, 128), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    inside = cv2.erode(small[..., 3], np.ones((9, 9), np.uint8)) > 0.99
    grey = small[..., :3].mean(2)
    detail = (grey - cv2.GaussianBlur(grey, (0, 0), 6))[inside]
    contrast = float(np.sqrt(np.mean(detail**2))) if detail.size else _BUSY
    return float(np.clip((_BUSY - contrast) / (_BUSY - _PLAIN), 0, 1))


@cache
def _maps() -> F32:
    """(4, SIDE, SIDE) in [-1, 1], over the unit boxes."""
    grey = pictures.read(Path(__file__).with_name("folds.png"))[..., 0]
    return np.asarray((grey.reshape(-1, SIDE, SIDE).astype(np.float32) - 128) / 127, np.float32)
