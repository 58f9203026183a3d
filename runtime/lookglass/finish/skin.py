"""Skin that the old clothes hid: in the colour of the skin in view, lit and round as the network sees it."""

import cv2
import numpy as np

from lookglass.types import F32, U8, Layers

_ALIKE = (0.4, 0.3)
"""Difference from the face, in the logarithm of red over blue, of what is no skin, and of what is."""
_DARK = (0.6, 0.75)
"""Share of the face's light that skin in view has to have before it tells of skin elsewhere, and to tell all:
beards and the creases of hands do not."""
_CUFF = 5
"""Side of the neighbourhood of old clothes, crop pixels, in whose shadow skin is darker than it is."""
_LIGHT, _FLOOR = (0.4, 1.5), np.float32(0.05)
"""Limits of a place's light over that of the skin in view, and what keeps the dark from dividing."""
_WARM = (0.88, 1.04, 1.1)
"""How much more or less than the light red, green and blue change: skin is redder in its shade. Measured on
the faces and hands of the sample pictures."""
_CALM = 0.7
"""Standard deviation of the light's blur, cells."""
_BESIDE, _WIDE = 11, 15
"""Side of the neighbourhood, cells, of both a cuff and skin in view, where the cuff darkens the light; and of
the one whose light is taken there."""
_ROUND, _TURNED = 2.0, 0.18
"""Standard deviation, cells, of the outline's blur, and share of the light that skin at an outline loses:
beside a bright wall the network makes it glow, and no hand in view does."""
_AT_EDGE = np.float32(0.01)
"""How much skin at its edge tells, into which what is behind it is mixed; fingers are all edge."""
_NEARBY, _PALER = 13, np.float32(0.09)
"""Side of the neighbourhood, cells, of skin in view; and how much lighter it is elsewhere: the mean of a face
has its beard and its shades in it, that of a hand its creases."""
_COARSE = 8
"""Cells of the pyramid's top level, over which the mean goes on."""


def skin_of(layers: Layers, window: U8, old: F32, tone: F32) -> F32:
    """Skin as it would look everywhere.

    Its light is the network's. The colour that skin in view has in that light goes on as a smooth membrane
    (push and pull over a pyramid, Gortler et al. 1996).

    Args:
        layers: what the network returned.
        window: (256, 192, 3) uint8 RGB, the crop it saw.
        old: (256, 192) float32 in [0, 1], the old clothes.
        tone: (3,) RGB in [0, 1], of the face, for where no skin is in view.

    Returns:
        (h, w, 3) float32 RGB in [0, 1], on the grid of the network's alphas.
    """
    rows, columns = layers.bare.shape
    size, coarse = (columns, rows), (columns // 2, rows // 2)  # Colours are smooth.
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    hidden = cv2.resize(cv2.dilate(old, _square(_CUFF)), size, interpolation=cv2.INTER_AREA)
    free = _step(hidden, (0.5, 0)) * _step(layers.bare, (0.5, 1))
    light = _light(layers, np.asarray(hidden, np.float32), free)
    # Cells at the edge of a hand have the colour of what is beside it, too.
    known = (free * _alike(shown, tone)) ** 2
    known *= cv2.erode(free, _square(3)) + _AT_EDGE
    told = cv2.merge([*(channel * known for channel in (*cv2.split(shown), light)), known])
    told = cv2.resize(told, coarse, interpolation=cv2.INTER_AREA)
    weighted, weight = np.split(np.asarray(told, np.float32), [4], axis=2)
    near = _fill(weighted, weight, np.append(tone, light.mean()))
    *colour, usual = cv2.split(cv2.resize(near, size, interpolation=cv2.INTER_LINEAR))
    body = np.maximum(layers.bare, layers.coverage.max(0))  # Under cloth it goes on.
    turned = np.float32(2 * _TURNED) * (1 - cv2.GaussianBlur(body, (0, 0), _ROUND))
    lighter = np.clip((light * (1 - turned) + _FLOOR) / (usual + _FLOOR), *_LIGHT) - 1
    in_view = cv2.blur(cv2.dilate(known, _square(_NEARBY)), (_NEARBY, _NEARBY))
    lighter += _PALER * (1 - in_view)
    skin = [channel * (1 + warm * lighter) for channel, warm in zip(colour, _WARM, strict=True)]
    return np.asarray(np.clip(cv2.merge(skin), 0, 1), np.float32)


def _alike(shown: cv2.typing.MatLike, tone: F32) -> F32:
    """(h, w) in [0, 1] whether colours, (h, w, 3), are skin: a grey cuff has not the face's hue."""
    red, green, blue = cv2.split(shown + np.float32(0.02))
    face = (tone[0] + 0.02) / (tone[2] + 0.02)
    other = np.abs(cv2.log(red / (blue * np.float32(face))))
    return _step(other, _ALIKE) * _step((red + green + blue) / np.float32(tone.sum() + 0.06), _DARK)


def _light(layers: Layers, hidden: F32, free: F32) -> F32:
    """(h, w) luminance of the network's skin; the arm's at its wrist, on which the cuff cast its shadow."""
    cuff = np.minimum(cv2.dilate(hidden, _square(_BESIDE)), cv2.dilate(free, _square(_BESIDE)))
    grey = cv2.cvtColor(cv2.merge(tuple(layers.skin)), cv2.COLOR_RGB2GRAY)
    inside = layers.bare**2 + np.float32(1e-3)  # Beside skin, it glows.
    near, weight = (cv2.GaussianBlur(a, (5, 5), _CALM) for a in (grey * inside, inside))
    light = near / weight
    sure = inside * (1 - cuff) + np.float32(1e-3)
    wide, weight = (cv2.blur(a, (_WIDE, _WIDE)) for a in (grey * sure, sure))
    return np.asarray(light + cv2.blur(cuff, (5, 5)) * (wide / weight - light), np.float32)


def _step(values: cv2.typing.MatLike, limits: tuple[float, float]) -> F32:
    """0 up to the first limit, 1 from the second on, linear between; limits may fall."""
    start, end = limits
    return np.asarray(np.clip((values - np.float32(start)) * np.float32(1 / (end - start)), 0, 1), np.float32)


def _square(side: int) -> U8:
    return np.ones((side, side), np.uint8)


def _fill(weighted: F32, weight: F32, prior: F32) -> F32:
    """Continue values (h, w, c), given times their weight (h, w, 1), smoothly; a prior (c,) where none is."""
    height, width, channels = weighted.shape
    if min(height, width) < _COARSE:
        mean = (weighted.sum((0, 1)) + 1e-6 * prior) / (weight.sum() + 1e-6)
        return np.asarray(weighted + (1 - weight) * mean, np.float32)
    means = cv2.resize(np.dstack([weighted, weight]), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    # One known pixel of the four is enough, so that what is known counts however far it must reach.
    full = np.asarray(np.minimum(4 * means[..., channels:], 1), np.float32)
    share = full / np.maximum(means[..., channels:], np.float32(1e-6))
    coarse = np.asarray(means[..., :channels] * share, np.float32)
    around = cv2.resize(_fill(coarse, full, prior), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(weighted + (1 - weight) * around, np.float32)
