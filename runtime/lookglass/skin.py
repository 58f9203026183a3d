"""Skin that the old clothes hid: in the colour of the skin in view, round as limbs are."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.types import F32, U8, Layers

_ALIKE = 0.35
"""Largest difference, in the logarithm of red over blue, between skin in view and the face."""
_DARK = 0.55
"""Least share of the face's light that skin in view has."""
_CUFF = 5
"""Side of the neighbourhood of old clothes, crop pixels, in whose shadow skin is darker than it is."""
_LIGHT = (0.8, 1.25)
_CALM = 1.0
"""Standard deviation, of 64x48 cells, of the blur that takes the old clothes' folds out of the light."""
_COARSE = 8
"""Cells of the pyramid's top level, over which the mean goes on."""
_ROUND, _TURNED = 1.5, 0.3
"""Standard deviation, cells, of the outline's blur, and share of the light that skin at an outline loses."""


def skin_of(layers: Layers, window: U8, old: F32, tone: F32) -> F32:
    """Skin as it would look everywhere.

    Its colour is carried on from the skin in view as a smooth membrane (push and pull over a pyramid, Gortler
    et al. 1996), its light is the network's, and it turns away at its outline.

    Args:
        layers: what the network returned.
        window: (256, 192, 3) uint8 RGB, the crop it saw.
        old: (256, 192) float32 in [0, 1], the old clothes.
        tone: (3,) RGB in [0, 1], of the face, for where no skin is in view.

    Returns:
        (h, w, 3) float32 RGB in [0, 1], on the grid of the network's alphas.
    """
    rows, columns = layers.bare.shape
    size = (columns // 2, rows // 2)  # Colours are smooth.
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    hidden = cv2.dilate(old, np.ones((_CUFF, _CUFF), np.uint8))
    hidden = cv2.resize(hidden, (columns, rows), interpolation=cv2.INTER_AREA)
    paint = _light(layers, size)
    # Squared, for cells at the edge of a hand have the colour of what is beside it, too.
    free = np.clip(1 - 2 * hidden, 0, 1) * np.clip(2 * layers.bare - 1, 0, 1) ** 2
    known = cv2.resize(free, size, interpolation=cv2.INTER_AREA) ** 2 * _alike(shown, tone)
    known = np.asarray(known, np.float32)[..., None]
    near = _fill(np.dstack([shown, paint]) * known, known, np.append(tone, paint.mean()))
    # As much lighter or darker as the network says, but for half of the contrast: it still sees old folds.
    light = np.sqrt((paint + np.float32(0.05)) / (near[..., 3] + np.float32(0.05)))
    lit = near[..., :3] * np.clip(light, *_LIGHT)[..., None]
    lit = cv2.resize(lit, (columns, rows), interpolation=cv2.INTER_LINEAR)
    body = np.maximum(layers.bare, layers.coverage.max(0))  # Under cloth it goes on.
    facing = cv2.GaussianBlur(body, (0, 0), _ROUND)
    turned = 1.08 - np.float32(_TURNED) * np.clip(2 - 2 * facing, 0, 1)
    return np.asarray(np.clip(lit * turned[..., None], 0, 1), np.float32)


def _alike(shown: F32, tone: F32) -> npt.NDArray[np.bool_]:
    """(h, w) whether colours, (h, w, 3), may be skin: a grey cuff has not the face's hue, a beard is dark."""
    redness = np.log((shown[..., 0] + 0.02) / (shown[..., 2] + 0.02))
    alike = np.abs(redness - np.log((tone[0] + 0.02) / (tone[2] + 0.02))) < _ALIKE
    return np.asarray(alike & (shown.sum(2) > _DARK * tone.sum()))


def _light(layers: Layers, size: tuple[int, int]) -> F32:
    """(h, w) luminance of the network's skin, smooth, from inside what is bare alone: beside it, it glows."""
    inside = cv2.erode(layers.bare, np.ones((3, 3), np.uint8)) ** 2 + np.float32(1e-3)
    grey = cv2.cvtColor(cv2.merge(tuple(layers.skin)), cv2.COLOR_RGB2GRAY)
    both = cv2.resize(np.dstack([grey * inside, inside]), size, interpolation=cv2.INTER_AREA)
    weighted, weight = cv2.split(cv2.GaussianBlur(both, (0, 0), _CALM))
    return np.asarray(weighted / weight, np.float32)


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
