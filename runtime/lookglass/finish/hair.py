"""Long hair over the old clothes: it stays where it is, in front of the new ones.

Towards its ends the network is not sure of hair any more, and takes it for what lies under it. By its colour
it is told from that, for both are in view close by: hair above, cloth below.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.box import box_around, doubled
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_FAINT = 0.2
_ENDS, _REACH = 13, 21
"""Twice the length, in cells, of the ends that the network is not sure of, and the side of the neighbourhood
in which hair and cloth are compared."""
_ALIKE = (0.2, 0.35)
"""How far, in RGB from 0 to 1, a colour may be from the hair's, surely and surely not."""
_HUE = (0.2, 0.4)
"""The same for the logarithm of red over blue: brown hair is no black jacket."""
_STRANDS = (0.4, 2.2)
"""How dark and how light strands are, in shares of the light of the hair around them."""
_SLIP = 3
"""Cells across that the old clothes have at least beside hair; a slip of them is the hair's rim."""
_SHOULDERS, _OVER, _BESIDE = [11, 12], (2.0, 4.0), 5
"""Landmarks; how many cells of hair over the new garment surely end on a shoulder, and surely fall over it;
and the width, cells, of a strand that is longer than those beside it."""
_LIKELIER, _STEEP = 0.4, 3.0
"""Share of the distance between hair and cloth from which hair begins, and how fast it becomes sure."""


def keep_hair(layers: Layers, person: Person) -> Layers:
    """Carry hair on to its ends: in front of the new garment, and not part of the old one.

    Args:
        layers: what the network returned.
        person: whose crop they span.
    """
    front, old = layers.occluder[1], layers.painted_alpha
    sure = ((front > 1 - _FAINT) & (layers.bare < _FAINT) & (old < _FAINT)).astype(np.uint8)
    near = cv2.dilate(sure, np.ones((_ENDS, _ENDS), np.uint8))
    cells = box_around((near > 0) & (old > _FAINT), _REACH // 2)
    window = np.ascontiguousarray(model_columns(person.picture)[doubled(cells)], np.uint8)
    if window.size == 0:
        return layers
    size = (window.shape[1] // 2, window.shape[0] // 2)
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    mask = np.ascontiguousarray(model_columns(person.mask)[doubled(cells)], np.float32)
    mask = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
    front, old, near = front[cells], old[cells], near[cells].astype(np.float32)
    bare = np.clip(1 - 2 * layers.bare[cells], 0, 1)
    hair = np.clip(2 * front - 1, 0, 1) * np.clip(1 - 2 * old, 0, 1) * bare
    cloth = np.clip(2 * old - 1, 0, 1) * np.clip(1 - 2 * front, 0, 1) * mask
    found = _like_hair(shown, hair, cloth) * bare * mask * cv2.blur(near, (3, 3))
    occluder, painted_alpha = layers.occluder.copy(), layers.painted_alpha.copy()
    occluder[:, *cells] = np.maximum(occluder[:, *cells], found)
    left = np.asarray(old * (1 - found), np.float32)
    slips = left - cv2.morphologyEx(left, cv2.MORPH_OPEN, np.ones((1, _SLIP), np.uint8))
    painted_alpha[cells] = left - slips * cv2.blur(near, (3, 3))
    return replace(layers, occluder=occluder, painted_alpha=painted_alpha)


def behind_shoulders(layers: Layers, new: F32, person: Person) -> Layers:
    """Let hair that ends on the shoulders end behind the new garment; what falls farther stays in front.

    Where it ended the old collar said, whose outline its end would draw on the new one.

    Args:
        layers: whose occluder, (2, h, w), is in front of the new garment.
        new: (h, w) the new garment.
        person: whose shoulders are looked at.
    """
    scale, offset = window_map(person.crop, new.shape)
    shoulders = person.landmarks[_SHOULDERS, 1] * scale[1] + offset[1]
    last = round(min(max(float(shoulders.mean()) + _REACH, 0), len(new)))
    hair = layers.occluder[1][:last] * np.clip(1 - 2 * layers.bare[:last], 0, 1)
    over = hair * new[:last]
    depth = cv2.dilate(over.sum(0, keepdims=True), np.ones((1, _BESIDE), np.uint8))
    least, most = _OVER
    short = np.clip((most - cv2.blur(depth, (_BESIDE, 1))) / (most - least), 0, 1)
    occluder = layers.occluder.copy()
    occluder[:, :last] -= np.minimum(occluder[:, :last], over * short)
    return replace(layers, occluder=occluder)


def _like_hair(shown: cv2.typing.MatLike, hair: F32, cloth: F32) -> F32:
    """(h, w) in [0, 1], how surely colours, (h, w, 3), are those of the hair around and not of the cloth."""
    to_hair, hue = colour_distances(shown, hair, _REACH, light=_STRANDS)
    to_cloth, _ = colour_distances(shown, cloth, _REACH)
    share = to_cloth / (to_hair + to_cloth + np.float32(1e-2))
    likely = np.clip(_STEEP * (share - _LIKELIER), 0, 1)
    alike = np.clip((_ALIKE[1] - to_hair) / (_ALIKE[1] - _ALIKE[0]), 0, 1)
    return np.asarray(likely * alike * np.clip((_HUE[1] - hue) / (_HUE[1] - _HUE[0]), 0, 1), np.float32)


def colour_distances(
    shown: cv2.typing.MatLike, weight: F32, reach: int, *, light: tuple[float, float] | None = None
) -> tuple[F32, F32]:
    """(h, w) each, from the mean colour around, (h, w, 3), of what has weight, (h, w), of colour and of hue.

    Around is a square of `reach` cells. Where nothing has weight, both are far. What is lit otherwise is near
    the mean if only its share of the mean's light is in the range of `light`.
    """
    size = (reach, reach)
    total = cv2.blur(weight, size)
    mean = cv2.blur(cv2.multiply(shown, cv2.merge([weight] * 3)), size)
    mean = cv2.divide(mean, cv2.merge([np.maximum(total, np.float32(1e-4))] * 3))
    near = mean
    if light is not None:
        along = _total(shown * mean) / np.maximum(_total(mean * mean), np.float32(1e-4))
        near = cv2.multiply(mean, cv2.merge([np.clip(along, *light)] * 3))
    apart = cv2.sqrt(_total(np.square(shown - near)))
    (blue, _, red), (mean_blue, _, mean_red) = (
        cv2.split(colour + np.float32(0.02)) for colour in (shown, mean)
    )
    hue = np.abs(cv2.log(red * mean_blue / (blue * mean_red)))
    none = (total < 1e-3).astype(np.float32)
    return np.asarray(apart + none, np.float32), np.asarray(hue + none, np.float32)


def _total(colour: cv2.typing.MatLike) -> F32:
    """(h, w) the sum of three channels; plane by plane it costs a fifth of a sum along each pixel."""
    blue, green, red = cv2.split(colour)
    return np.asarray(blue + green + red, np.float32)
