"""The old clothes, as far as the frame shows them.

The network draws them a few pixels wider than they are, so that nothing of them stays. What it draws over the
wall and over skin in view, the frame knows better: every pixel that need not be painted is the camera's.
"""

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.person.crop import model_columns
from lookglass.types import F32, Layers, Person

_FAINT = 0.2
_SURE, _INNER = 0.9, 7
"""Alpha from which the network is sure of old clothes, and the side of the neighbourhood, in cells, that must
be so: such cells are the person even where the mask misses an arm that leaves the frame."""
_MISSED = 5, 5
"""Height and width of the neighbourhood, in cells, in which the mask shows nothing where it misses an arm."""
_HUE, _DARK = (0.2, 0.4), (0.35, 0.55)
"""How far from the face's the logarithm of red over blue is in skin, surely and surely not; and the share of
the face's light that is surely too dark for skin, and surely not."""
_REACH_PX = 5.0
"""Frame pixels outside the person in which the rim of the old clothes is mixed into what is behind them."""
_RIM_PX = 3
"""Side of the neighbourhood, crop pixels, by which they are mixed into a busy street, too."""
_BESIDE = 3, 5
"""Height and width of the neighbourhood, in cells, that lies beside the new garment."""
_NEARBY, _PLAIN = 9, (8.0, 20.0)
"""Side of the neighbourhood, in pairs of cells, in which a wall is looked at, and the mean step there from
pair to pair, of 255 levels, up to which it is plain, and from which on it is none."""


def old_clothes(layers: Layers, person: Person, mask: F32) -> F32:
    """End the old clothes where the person ends, and where skin is in view that will be bare anyway.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        mask: (256, 192) float32, the probability that a pixel shows the person.

    Returns:
        (h, w) float32 in [0, 1].
    """
    old, size = layers.painted_alpha, layers.painted_alpha.shape[::-1]
    mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
    sure = _surely(old, mask)
    body = cv2.max(mask, sure)
    found = np.asarray(cv2.min(old, body), np.float32)
    cells = box_around((found > _FAINT) & (layers.bare > _FAINT), 0)
    window = np.ascontiguousarray(model_columns(person.picture)[doubled(cells)], np.uint8)
    if window.size > 0:
        size = (window.shape[1] // 2, window.shape[0] // 2)
        shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
        skin = like_skin(shown, person.tone, layers.occluder[1][cells])
        found[cells] *= 1 - skin * np.clip(2 * layers.bare[cells] - 0.5, 0, 1) * (1 - sure[cells])
    return found


def near_person(person: Person, mask: F32, old: F32, new: F32) -> F32:
    """Where something may be painted: on the person, and a little beyond.

    Beside the new garment the camera's pixels are better than a busy street painted anew, but for the one in
    which the old clothes end; on a plain wall nobody sees the paint, but everybody what is left of them.

    Args:
        person: whose crop the layers span.
        mask: (256, 192) probability that a pixel shows the person.
        old: (h, w) the old clothes, in [0, 1].
        new: (h, w) the new garment, in [0, 1].

    Returns:
        (256, 192) float32 in [0, 1].
    """
    size = mask.shape[::-1]
    coarse = np.asarray(cv2.resize(mask, old.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    beside = cv2.dilate(new, np.ones(_BESIDE, np.uint8)) * _busy(person, coarse)
    sure, fine = (cv2.resize(a, size, interpolation=cv2.INTER_LINEAR) for a in (_surely(old, coarse), beside))
    body = cv2.blur(cv2.max(mask, sure), (3, 3))
    side = max(2 * round(_REACH_PX * person.crop.scale) + 1, _RIM_PX)
    rim = cv2.dilate(body, np.ones((_RIM_PX, _RIM_PX), np.uint8))
    around = cv2.dilate(body, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    reached = rim + (around - rim) * (1 - fine)
    return np.asarray(np.clip(3 * reached - 0.75, 0, 1), np.float32)


def _busy(person: Person, mask: F32) -> F32:
    """(h, w) in [0, 1], how much there is to see of what is around the person near a cell."""
    size = (mask.shape[1] // 2, mask.shape[0] // 2)
    green = cv2.resize(
        cv2.extractChannel(model_columns(person.picture), 1), size, interpolation=cv2.INTER_AREA
    )
    body = cv2.dilate(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    steps = cv2.morphologyEx(green, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    nearby = (_NEARBY, _NEARBY)
    share = np.maximum(cv2.blur(1 - body, nearby), np.float32(0.01))
    low, high = _PLAIN
    busy = np.clip((cv2.blur(steps * (1 - body), nearby) / share - low) / (high - low), 0, 1)
    return np.asarray(cv2.resize(busy, mask.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def _surely(old: F32, mask: F32) -> cv2.typing.MatLike:
    """Cells deep inside what is surely old; up to its edge, where the mask misses them altogether."""
    around = np.ones((_INNER, _INNER), np.uint8)
    core = cv2.erode((old > _SURE).astype(np.float32), around)
    missed = cv2.dilate(core * (1 - cv2.dilate(mask, np.ones(_MISSED, np.uint8))), around)
    return cv2.max(core, missed)


def like_skin(shown: cv2.typing.MatLike, tone: F32, front: F32 | np.float32) -> F32:
    """(h, w) in [0, 1], how surely colours, (h, w, 3) BGR, are skin: a grey cuff has not the face's hue.

    What the network sees in front, (h, w), may be darker: hands are, in the shadow of their sleeves.
    """
    # A sum over three channels takes NumPy as long as all the rest.
    blue, green, red = cv2.split(shown)
    black = np.float32(0.02)
    other = cv2.log((red + black) / ((blue + black) * ((tone[0] + black) / (tone[2] + black))))
    hue = ((_HUE[1] - np.abs(other)) / (_HUE[1] - _HUE[0])).clip(0, 1)
    lit = (((blue + green + red) / tone.sum() - _DARK[0]) / (_DARK[1] - _DARK[0])).clip(0, 1)
    return np.asarray(hue * np.maximum(lit, front), np.float32)
