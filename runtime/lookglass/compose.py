"""Composition: the layers of the network and the full-resolution garment photo, drawn into the frame.

The network works on a small crop; what it returns is smooth and is enlarged here. Detail comes from the
garment's photo, which is sampled straight into the frame. Pixels without alpha are the camera's, bit for
bit.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.mipmap import Mipmap, mipmap
from lookglass.person.crop import MODEL_HEIGHT
from lookglass.region import Region, region
from lookglass.types import F32, U8, Garment, Layers, Person

_COVERAGE_RAMP = (0.25, 0.75)
_MIN_COVERAGE = _COVERAGE_RAMP[0] / 3
_PAINTED_RAMP = (0.15, 0.85)
_OCCLUDER_RAMP = (0.2, 0.8)
_SEAM = 0.25
"""Half the difference in coverage over which one part gives way to the next: a pixel or two of the frame."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is to be drawn into one region of a frame.

    Attributes:
        region: where.
        garment: (h, w, 3) uint8 BGR, lit by the room.
        garment_alpha: (h, w) float32 in [0, 1].
        painted: (h, w, 3) uint8 BGR, the person without the old garment.
        painted_alpha: (h, w) float32 in [0, 1].
    """

    region: Region
    garment: U8
    garment_alpha: F32
    painted: U8
    painted_alpha: F32


def compose(frame: U8, person: Person, garment: Garment, layers: Layers) -> U8:
    """Draw a garment onto a person.

    Args:
        frame: (H, W, 3) uint8 BGR; not changed.
        person: the person in it.
        garment: what to put on.
        layers: what the network returned for the two.

    Returns:
        (H, W, 3) uint8 BGR, a new array, equal to the frame wherever nothing is drawn.
    """
    out = frame.copy()
    drawing = draw(frame.shape[:2], person, garment, layers)
    if drawing is not None:
        part = out[drawing.region.slices]
        bare = _blend(part, drawing.painted, drawing.painted_alpha)
        part[:] = _blend(bare, drawing.garment, drawing.garment_alpha)
    return out


def draw(frame_size: tuple[int, int], person: Person, garment: Garment, layers: Layers) -> Drawing | None:
    """Work out what `compose` draws.

    Args:
        frame_size: (height, width) of the frame.
        person, garment, layers: as for `compose`.

    Returns:
        The drawing; None where no garment falls into the frame, and then nothing is painted either.
    """
    covered = layers.coverage > _MIN_COVERAGE
    place = region(covered.any(0) | (layers.painted_alpha > _PAINTED_RAMP[0]), person.crop, frame_size)
    if place is None:
        return None
    colours, alpha = _dress(place, garment, layers)
    if not alpha.any():
        return None
    gain = place.sample(_bgr(layers.shading))
    painted = np.clip(place.sample(_bgr(layers.painted)) * 255 + 0.5, 0, 255)
    return Drawing(
        region=place,
        garment=np.asarray(cv2.multiply(colours, gain, dtype=cv2.CV_8U), np.uint8),
        garment_alpha=alpha,
        painted=painted.astype(np.uint8),
        painted_alpha=_ramp(place.sample(layers.painted_alpha), _PAINTED_RAMP),
    )


def _dress(place: Region, garment: Garment, layers: Layers) -> tuple[U8, F32]:
    """Sample every part's photo through its own flow; colours of two parts meet, their flows never do."""
    coverage = [place.sample(part) for part in layers.coverage]
    visible = [1 - _ramp(place.sample(front), _OCCLUDER_RAMP) for front in layers.occluder]
    edge = _ramp(coverage[0] + coverage[1] + coverage[2], _COVERAGE_RAMP)
    colours = np.zeros((place.height, place.width, 3), np.uint8)
    alpha = np.zeros((place.height, place.width), np.float32)
    frame_size = (place.top + place.height, place.left + place.width)
    for index, flow in enumerate(layers.flow):
        part = region(layers.coverage[index] > _MIN_COVERAGE, place.crop, frame_size)
        if part is None:
            continue
        inside = part.within(place)
        others = np.maximum(*(coverage[k][inside] for k in range(3) if k != index))
        share = _ramp(coverage[index][inside] - others, (-_SEAM, _SEAM))
        seen = _look_up(part, mipmap(garment.texture), flow, layers.coverage[index])
        weight = edge[inside] * share * visible[min(index, 1)][inside] * (seen[..., 3] * np.float32(1 / 255))
        colours[inside] = cv2.blendLinear(
            colours[inside], np.ascontiguousarray(seen[..., :3]), alpha[inside], weight
        )
        alpha[inside] += weight
    return colours, np.minimum(alpha, 1)


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
    across, down = np.diff(flow, axis=2)[:, :-1], np.diff(flow, axis=1)[:, :, :-1]
    area = np.abs(across[0] * down[1] - across[1] * down[0])[shown]
    cell = MODEL_HEIGHT / height / place.crop.scale
    return float(2 * cell / max(np.sqrt(np.median(area)), 1e-4))


def _blend(below: U8, above: U8, alpha: F32) -> U8:
    return np.asarray(cv2.blendLinear(below, above, 1 - alpha, alpha), np.uint8)


def _ramp(values: F32, limits: tuple[float, float]) -> F32:
    """0 below the limits, 1 above, linear between."""
    low, high = limits
    return np.asarray(np.clip((values - np.float32(low)) * np.float32(1 / (high - low)), 0, 1), np.float32)


def _bgr(layer: F32) -> F32:
    """(3, h, w) RGB -> (h, w, 3) BGR."""
    return np.ascontiguousarray(layer[::-1].transpose(1, 2, 0))
