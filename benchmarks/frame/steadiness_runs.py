"""The two ways to dress a sequence that `steadiness.py` compares, and what it reads off them."""

from dataclasses import dataclass, fields

import cv2
import numpy as np
import numpy.typing as npt

from lookglass import Frame, TryOn
from lookglass.compose import draw, overlay
from lookglass.finish import finish
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH, crop_matrix
from lookglass.steady import SteadyFlow
from lookglass.types import EncodedGarment, Layers, Person

Array = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

FPS = 30
GARMENT_FRAME_PX = 128
ALPHAS = ("garment_alpha", "painted_alpha")


@dataclass(frozen=True, slots=True)
class Dressed:
    """One frame, dressed.

    Attributes:
        person: who is in it.
        layers: what was drawn, its own copy.
        image: (H, W, 3) uint8 BGR.
        alphas: (2, H, W) float32, that of the garment, and of paint what shows past it.
    """

    person: Person
    layers: Layers
    image: Picture
    alphas: Array


class Run:
    """Dresses frame after frame as a stream does, or every frame by itself: found anew, nothing smoothed."""

    def __init__(self, mirror: TryOn, garment: EncodedGarment, *, follow: bool) -> None:
        self._mirror, self._garment, self._follow = mirror, garment, follow
        self._tracker, self._steady = mirror.tracker(), SteadyFlow()
        self._number = 0

    def look(self, image: Picture) -> tuple[Person, Layers]:
        """Who is in the next frame, and what the network draws."""
        frame = Frame(image, self._number, self._number * 1_000_000_000 // FPS)
        self._number += 1
        tracker, category = self._tracker, self._garment.garment.category
        person = tracker.update(frame, category) if self._follow else tracker.detect(image, category)
        if person is None:
            raise SystemExit(f"nobody was found in frame {frame.id}")
        layers = self._mirror.layers(person, self._garment)
        layers = Layers(**{field.name: getattr(layers, field.name).copy() for field in fields(Layers)})
        return person, self._steady(layers, person, self._garment.garment) if self._follow else layers

    def dress(self, image: Picture) -> Dressed:
        """The next frame, dressed."""
        person, layers = self.look(image)
        finished = finish(layers, person, self._garment.garment)
        drawing = draw(image.shape[:2], person.crop, self._garment.garment, finished)
        if drawing is None:
            raise SystemExit("the bundle draws no garment: train it first")
        alphas = np.zeros((2, *image.shape[:2]), np.float32)
        seen = drawing.painted_alpha * (1 - drawing.garment_alpha)
        alphas[(slice(None), *drawing.region.slices)] = drawing.garment_alpha, seen
        return Dressed(person, layers, overlay(image, drawing), alphas)


def pair(mirror: TryOn, garment: EncodedGarment) -> tuple[Run, Run]:
    """A stream's run and a frame-wise one."""
    return Run(mirror, garment, follow=True), Run(mirror, garment, follow=False)


def sharpness(image: Picture) -> Array:
    """(H, W) squared slope of the luminance."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    slopes = [cv2.Sobel(grey, cv2.CV_32F, *axes, ksize=1, scale=0.5) for axes in ((1, 0), (0, 1))]
    return np.asarray(slopes[0] ** 2 + slopes[1] ** 2, np.float32)


def looked_up(dressed: Dressed, pixels: Array, parts: npt.NDArray[np.intp] | None = None) -> Array:
    """(n, 2) float32: where in the garment frame the frame's pixels look, px of 128, each by its part."""
    person, layers = dressed.person, dressed.layers
    flow = np.stack([at_points(person, part.transpose(1, 2, 0), pixels) for part in layers.flow])
    parts = leading_parts(dressed, pixels) if parts is None else parts
    return np.asarray(flow[parts, np.arange(len(pixels))] * GARMENT_FRAME_PX / 2, np.float32)


def leading_parts(dressed: Dressed, pixels: Array) -> npt.NDArray[np.intp]:
    """(n,) the part of the garment that covers each pixel most."""
    layers = dressed.layers
    covered = [at_points(dressed.person, part[..., None], pixels)[:, 0] for part in layers.coverage]
    return np.argmax(covered, axis=0)


def at_points(person: Person, layer: Array, pixels: Array) -> Array:
    """Sample a layer (h, w, k) at frame pixels (n, 2) -> (n, k) float32."""
    matrix = crop_matrix(person.crop)
    crop = pixels @ matrix[:, :2].T + matrix[:, 2] - [(CROP_SIZE - MODEL_WIDTH) / 2, 0]
    cells = np.float32((crop + 0.5) * (layer.shape[0] / MODEL_HEIGHT) - 0.5)
    found = cv2.remap(np.ascontiguousarray(layer), cells[:, :1], cells[:, 1:], cv2.INTER_LINEAR)
    return np.asarray(found.reshape(len(pixels), -1), np.float32)


def lag_frames(late: Array, early: Array, longest: int = 8) -> float:
    """The delay, in frames and to a tenth, by which `early` (n, 2) fits `late` best."""
    time = np.arange(len(late), dtype=np.float64)
    inner = slice(longest, len(late) - longest)

    def misfit(delay: float) -> float:
        shifted = np.column_stack([np.interp(time - delay, time, early[:, axis]) for axis in (0, 1)])
        return float(np.square(shifted - late)[inner].sum())

    return round(min((float(delay) for delay in np.arange(-20, 10 * longest + 1) / 10), key=misfit), 1)


def compared(stream: dict[str, float], frame_wise: dict[str, float]) -> dict[str, dict[str, float]]:
    """The two side by side, with their quotient."""
    ratio = {name: round(stream[name] / frame_wise[name], 3) for name in stream}
    rounded = [{name: round(value, 4) for name, value in run.items()} for run in (stream, frame_wise)]
    return {"stream": rounded[0], "frame_wise": rounded[1], "ratio": ratio}
