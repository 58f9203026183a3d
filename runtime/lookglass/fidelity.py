"""How well the chosen garment survives in the result: its colour, its pattern and its shape.

Three shares, each 1 where nothing is lost, and their geometric mean. What the photo looks like where it is
drawn is known: it is the drawing without the room's light.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.compose import draw
from lookglass.errors import GarmentError
from lookglass.finish import finish
from lookglass.flow_measures import proportion, shown_share, stretch
from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, shown
from lookglass.types import F32, U8, FinishedLayers, Garment, Layers, Person

Bools = npt.NDArray[np.bool_]

_PATCHES = 16
"""Colours are compared in patches, so many along each side of the drawing."""
_COLOUR_SCALE = 25.0
"""CIELAB distance at which the colour's share is 1 / e; people see a distance of 2."""
_NOISE = 4.0
"""Energy of luma gradients below which a fabric has no pattern to lose."""


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What is left of a garment, each in [0, 1].

    Attributes:
        colour: exp(-d / 25), d the mean CIELAB distance (CIE 1976) between patches of the photo and of the
            result, once the result is as bright as the photo.
        pattern: likeness of the luma gradients of photo and result, times how evenly the photo is
            stretched: ratio of the flow's two stretches, and their product against the part's median.
        shape: share of the garment's area that is shown, of what neither the frame's edge nor something in
            front cuts off, times how well the sleeves keep their scale beside the torso.
    """

    colour: float
    pattern: float
    shape: float

    @property
    def score(self) -> float:
        """The geometric mean of the three."""
        return float((self.colour * self.pattern * self.shape) ** (1 / 3))

    @staticmethod
    def mean(found: Sequence["Fidelity"]) -> "Fidelity":
        """Of the garments of an outfit."""
        colour, pattern, shape = np.mean([(f.colour, f.pattern, f.shape) for f in found], axis=0).tolist()
        return Fidelity(colour, pattern, shape)

    def sentence(self) -> str:
        """The figures for people, in percent."""
        parts = f"colour {self.colour:.0%}, pattern {self.pattern:.0%}, shape {self.shape:.0%}"
        return f"garment fidelity {self.score:.0%}: {parts}"


def fidelity(result: U8, person: Person, garment: Garment, layers: Layers) -> Fidelity:
    """Compare a result with the garment that it should show.

    Args:
        result: (H, W, 3) uint8 BGR, what `compose` made of the three below.
        person, garment, layers: as for `compose`.

    Raises:
        GarmentError: nothing of the garment is drawn.
    """
    finished = finish(layers, person, garment)
    unlit = replace(finished, shading=np.ones_like(finished.shading))
    drawing = draw(result.shape[:2], person.crop, garment, unlit)
    if drawing is None or not (drawing.garment_weight > 127).any():
        raise GarmentError(
            f"nothing of {garment.name} is drawn on this person: use a photo that shows where it is worn"
        )
    seen, drawn = result[drawing.region.slices], drawing.garment_weight > 127
    covered, visible = _places(finished, person, result.shape[:2])
    evenness, scales = stretch(layers.flow, visible)
    return Fidelity(
        colour=_colour(drawing.garment, seen, drawn),
        pattern=_gradient_match(drawing.garment, seen, drawing.garment_weight > 250) * evenness,
        shape=shown_share(garment, layers.flow, covered, visible) * proportion(scales),
    )


def _places(layers: FinishedLayers, person: Person, frame_size: tuple[int, int]) -> tuple[Bools, Bools]:
    """Where each part leads, and where it is visible too, (3, 256, 192) each."""
    total, lead = layers.coverage.sum(0), layers.coverage.argmax(0)
    covered = np.stack([(lead == part) & (total > 0.5) for part in range(3)])
    rows, columns = shown(person.crop, frame_size)
    inside = np.zeros((CROP_SIZE, CROP_SIZE), bool)
    inside[rows, columns] = True
    start = (CROP_SIZE - MODEL_WIDTH) // 2
    free = layers.occluder[[0, 1, 1]] < 0.5
    return covered, covered & free & inside[:, start : start + MODEL_WIDTH]


def _colour(photo: U8, seen: U8, drawn: Bools) -> float:
    weight = _patches(drawn.astype(np.float32))
    full = weight > 0.25 * weight.max()
    means = [
        _patches(p.astype(np.float32) * drawn[..., None])[full] / weight[full, None] for p in (photo, seen)
    ]
    light = means[1].mean() / max(float(means[0].mean()), 1.0)
    alike = (means[0], means[1] / max(light, 0.05))
    one, other = (cv2.cvtColor(np.clip(p / 255, 0, 1)[None], cv2.COLOR_BGR2Lab)[0] for p in alike)
    distance = np.average(np.linalg.norm(one - other, axis=1), weights=weight[full])
    return float(np.exp(-distance / _COLOUR_SCALE))


def _patches(picture: F32) -> F32:
    size = (_PATCHES, _PATCHES)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32)


def _gradient_match(photo: U8, seen: U8, drawn: Bools) -> float:
    """Likeness of gradients inside the garment, 2 <a, b> / (<a, a> + <b, b>); 1 for a fabric without any."""
    inner = cv2.erode(drawn.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not inner.any():
        return 1.0
    one, other = (_gradients(p, drawn)[:, inner] for p in (photo, seen))
    both, energy = 2 * float((one * other).mean()), float((one * one).mean() + (other * other).mean())
    return float(np.clip((both + _NOISE) / (energy + _NOISE), 0, 1))


def _gradients(picture: U8, drawn: Bools) -> F32:
    """(2, h, w) float32, luma per pixel to the right and downwards, brightness divided out."""
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    inside, size = drawn.astype(np.float32), (31, 31)
    bright = cv2.blur(luma * inside, size) / np.maximum(cv2.blur(inside, size), np.float32(1e-3))
    luma *= np.float32(128) / (bright + np.float32(8))
    return np.stack([cv2.Sobel(luma, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1))])
