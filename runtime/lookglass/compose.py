"""Composition: the layers of the network and the full-resolution garment photo, drawn into the frame.

The network works on a small crop; what it returns is smooth and is enlarged here. Detail comes from the
garment's photo, which is sampled straight into the frame. Pixels without alpha are the camera's, bit for
bit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from lookglass.finish import finish
from lookglass.finish.folds import folded
from lookglass.finish.repaint import PAINTED_RAMP
from lookglass.grain import PLAIN, grain_of
from lookglass.mipmap import Mipmap, mipmap
from lookglass.person.crop import MODEL_HEIGHT
from lookglass.region import Region, region
from lookglass.types import F32, U8, Backdrop, Crop, FinishedLayers, Garment, Layers, Person

COVERAGE_RAMP = (0.42, 0.52)
_MIN_COVERAGE = COVERAGE_RAMP[0] / 3
OCCLUDER_RAMP = (0.35, 0.65)
SEAM_RAMP = (0.375, 0.625)
"""Where one part gives way to the next, by half the difference of their coverages plus a half."""

Bytes = cv2.typing.MatLike


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn into one region of a frame.

    Attributes:
        region: where.
        garment: (h, w, 3) uint8 BGR, lit by the room.
        garment_weight: (h, w) uint8, its alpha times 255.
        painted: (h, w, 3) uint8 BGR, the person without the old garment.
        painted_weight: (h, w) uint8, its alpha times 255.
        window: what the person crop shows of the frame.
        look: x and y, (h, w) float32 each, in the window of what is seen behind the old garment.
        repeat_weight: (h, w) uint8, its alpha times 255.
        light: (h, w) uint8, 255 times what is left of the light under the garment.
    """

    region: Region
    garment: U8
    garment_weight: U8
    painted: U8
    painted_weight: U8
    window: Region
    look: tuple[F32, F32]
    repeat_weight: U8
    light: U8

    @property
    def garment_alpha(self) -> F32:
        """(h, w) float32 in [0, 1]."""
        return np.asarray(self.garment_weight / 255, np.float32)

    @property
    def painted_alpha(self) -> F32:
        """(h, w) float32 in [0, 1]."""
        return np.asarray(self.painted_weight / 255, np.float32)


def compose(
    frame: U8, person: Person, garment: Garment, layers: Layers, backdrop: Backdrop | None = None
) -> U8:
    """Draw a garment onto a person.

    Args:
        frame: (H, W, 3) uint8 BGR; not changed.
        person: the person in it.
        garment: what to put on.
        layers: what the network returned for the two.
        backdrop: what is known to be behind the person.

    Returns:
        (H, W, 3) uint8 BGR, a new array, equal to the frame wherever nothing is drawn.
    """
    finished = finish(layers, person, garment, backdrop)
    return overlay(frame, draw(frame.shape[:2], person.crop, garment, finished))


def overlay(frame: U8, drawing: Drawing | None) -> U8:
    """A new array: the frame, (H, W, 3) uint8 BGR, with what was drawn for it."""
    out = frame.copy()
    if drawing is not None:
        part = out[drawing.region.slices]
        window, border = frame[drawing.window.slices], cv2.BORDER_REPLICATE
        seen = cv2.remap(window, *drawing.look, cv2.INTER_LINEAR, borderMode=border)
        bare = _blend(part, np.asarray(seen, np.uint8), drawing.repeat_weight)
        bare = _blend(bare, drawing.painted, drawing.painted_weight)
        bare = _times(bare, cv2.merge([drawing.light] * 3))
        part[:] = _blend(bare, drawing.garment, drawing.garment_weight)
    return out


def draw(frame_size: tuple[int, int], crop: Crop, garment: Garment, layers: FinishedLayers) -> Drawing | None:
    """Work out what is to be drawn.

    Args:
        frame_size: (height, width) of the frame.
        crop: the person crop that the layers span.
        garment: what to put on.
        layers: what `finish` made of the network's.

    Returns:
        The drawing; None where no garment falls into the frame, and then nothing is painted either.
    """
    covered = (layers.coverage > _MIN_COVERAGE).any(0)
    painted = np.maximum(layers.painted_alpha, layers.repeat_alpha) > PAINTED_RAMP[0]
    window = region(np.ones_like(covered), crop, frame_size)
    place = region(covered | painted | (layers.shadow > 0), crop, frame_size)
    if place is None or window is None:
        return None
    *front, repeated, shadow = _sampled(place, *layers.occluder, layers.repeat_alpha, layers.shadow)
    colours, weight = _dress(place, garment, layers, front)
    if not weight.any():
        return None
    gain = place.sample(_last(*layers.shading[::-1]))
    *colour, painted_alpha = _sampled(place, *layers.painted[::-1], layers.painted_alpha)
    (skin,) = _sampled(place, layers.skin)
    return Drawing(
        region=place,
        garment=np.asarray(cv2.multiply(colours, gain, dtype=cv2.CV_8U), np.uint8),
        garment_weight=weight,
        painted=_grained(np.asarray(cv2.merge(colour), np.uint8), skin, place),
        painted_weight=_ramp(painted_alpha, PAINTED_RAMP),
        window=window,
        look=_look(place, window, layers.repeat),
        repeat_weight=_ramp(repeated, PAINTED_RAMP),
        light=np.asarray(cv2.bitwise_not(shadow), np.uint8),
    )


def _grained(painted: U8, skin: Bytes, place: Region) -> U8:
    """What is painted, (h, w, 3), with the grain of skin, as much as there is of it."""
    if not np.any(skin):
        return painted
    plain = np.full_like(skin, PLAIN)
    own = cv2.add(_times(grain_of(place), skin), _times(plain, cv2.bitwise_not(skin)))
    return np.asarray(cv2.multiply(painted, cv2.merge([own] * 3), scale=1 / PLAIN), np.uint8)


def _look(place: Region, window: Region, repeat: F32) -> tuple[F32, F32]:
    """x and y, (h, w) each, in the window of the pixels that are shown in a region."""
    x, y = (place.sample(axis) for axis in repeat)
    rows, columns = place.within(window)
    x += np.arange(columns.start, columns.stop, dtype=np.float32)
    y += np.arange(rows.start, rows.stop, dtype=np.float32)[:, None]
    return x, y


def _dress(place: Region, garment: Garment, layers: FinishedLayers, front: Sequence[Bytes]) -> tuple[U8, U8]:
    """Sample every part's photo through its own flow; colours of two parts meet, their flows never do."""
    coverage = _sampled(place, *layers.coverage)
    over_torso, over_sleeves = front
    sleeves = cv2.add(coverage[1], coverage[2])
    # An arm in its new sleeve is no reason for a slit along the torso, where both are half covered; what is
    # in front of the sleeve itself is.
    over_torso = np.asarray(cv2.max(cv2.addWeighted(over_torso, 1, sleeves, -2, 0), over_sleeves), np.uint8)
    edge = _ramp(cv2.add(coverage[0], sleeves), COVERAGE_RAMP)
    shown = [_times(edge, cv2.bitwise_not(_ramp(o, OCCLUDER_RAMP))) for o in (over_torso, over_sleeves)]
    colours = np.zeros((place.height, place.width, 3), np.uint8)
    weight = np.zeros((place.height, place.width), np.uint8)
    frame_size = (place.top + place.height, place.left + place.width)
    for index, flow in enumerate(layers.flow):
        part = region(layers.coverage[index] > _MIN_COVERAGE, place.crop, frame_size)
        if part is None:
            continue
        at = part.within(place)
        others = cv2.max(*(coverage[k][at] for k in range(3) if k != index))
        lead = cv2.addWeighted(coverage[index][at], 0.5, others, -0.5, 127.5)
        seen = _look_up(part, mipmap(folded(garment)), flow, layers.coverage[index])
        bare = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGRA2BGR), np.uint8)
        opaque = _times(cv2.extractChannel(seen, 3), _ramp(lead, SEAM_RAMP))
        added = _times(opaque, shown[min(index, 1)][at])
        total = cv2.add(weight[at], added)
        # What lies where nothing was drawn so far counts for nothing.
        colours[at] = _blend(colours[at], bare, cv2.divide(added, total, scale=255)) if index else bare
        weight[at] = total
    return colours, weight


def _look_up(place: Region, texture: Mipmap, flow: F32, coverage: F32) -> U8:
    """Sample the photo, (h, w, 4) uint8 BGRA, through one part's flow, (2, h', w') in [-1, 1]."""
    level = texture.level(_drawn_side(place, flow, coverage))
    x, y = (place.sample((axis + 1) * np.float32(len(level) / 2) - np.float32(0.5)) for axis in flow)
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.remap(level, x, y, cv2.INTER_LINEAR, borderMode=border), np.uint8)


def _drawn_side(place: Region, flow: F32, coverage: F32) -> float:
    """Length in frame pixels that the garment frame's side is drawn at, the median over the part."""
    height, width = flow.shape[1:]
    shown = cv2.resize(coverage, (width, height), interpolation=cv2.INTER_AREA)[:-1, :-1] > 0.3
    if not shown.any():
        return 1.0
    here = flow[:, :-1, :-1]
    across, down = flow[:, :-1, 1:] - here, flow[:, 1:, :-1] - here
    area = np.abs(across[0] * down[1] - across[1] * down[0])[shown]
    cell = MODEL_HEIGHT / height / place.crop.scale
    return float(2 * cell / max(np.sqrt(np.median(area)), 1e-4))


def _blend(below: U8, above: U8, weight: Bytes) -> U8:
    """Exactly what is below where the weight is 0, and exactly what is above where it is 255."""
    weights = cv2.merge([weight, weight, weight])
    return np.asarray(cv2.add(_times(above, weights), _times(below, cv2.bitwise_not(weights))), np.uint8)


def _times(one: Bytes, other: Bytes) -> U8:
    """Product of two alphas, or of a colour and an alpha, as bytes."""
    return np.asarray(cv2.multiply(one, other, scale=1 / 255), np.uint8)


def _ramp(values: Bytes, limits: tuple[float, float]) -> U8:
    """0 below the limits, 255 above, linear between."""
    return np.asarray(cv2.LUT(values, _ramp_table(*limits)), np.uint8)


@cache
def _ramp_table(low: float, high: float) -> U8:
    table = np.clip((np.arange(256) / 255 - low) / (high - low), 0, 1)
    return np.rint(table * 255).astype(np.uint8)


def _sampled(place: Region, *layers: F32) -> Sequence[Bytes]:
    """Layers in [0, 1], (h, w) each, at a region's pixels; together they cost less than one by one.

    At most four: `cv2.warpAffine` rounds the places of more to a 32nd of a pixel.
    """
    return place.sample_bytes(_last(*layers))


def _last(*layers: F32) -> F32:
    """(h, w) each -> (h, w, c)."""
    return np.asarray(cv2.merge(layers), np.float32)
