"""Long sleeves carried on to the hand.

The network tells roughly where a sleeve ends. Where that is short of the old sleeve's end a stump of wrist
must be painted, and beside a sharp hand nothing is seen sooner. So a long sleeve, long by its photo, is drawn
out along the forearm until it ends where the old one did; over a bare arm it stays as it is.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.crop import CROP_SIZE, MODEL_WIDTH, crop_matrix
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers, Person
from lookglass.worn import Worn

F64 = npt.NDArray[np.float64]

_ARMS = {1: (11, 13, 15), 2: (12, 14, 16)}
"""Landmarks of shoulder, elbow and wrist, by the index of the sleeve."""
_LONG = (0.7, 0.8)
"""Length of a sleeve over that of the torso, in the photo, from which on it is long; 0.4 is to the elbow."""
_HAND = 1.16
"""How far down the forearm, elbow 0 and wrist landmark 1, a long sleeve may end."""
_SHORT = (0.45, 0.65)
"""A sleeve that is believed to end before that is no long one, or hidden."""
_BENT = (-0.3, 0.2)
"""Cosine between upper arm and forearm below which the one lies over the other."""
_STEPS = np.arange(0.25, 1.3, 0.025)
_ASIDE = np.linspace(-0.16, 0.16, 5)
_SPILL = 0.4
"""Cells by which the alpha of the old clothes is generous."""


@dataclass(frozen=True, slots=True)
class Forearm:
    """A forearm on the grid of the network's alphas; places along it are shares of its length.

    Attributes:
        elbow: (2,) x, y, cells.
        along: (2,) from the elbow to the wrist, cells.
        trust: in [0, 1], how far it can be told along and aside.
    """

    elbow: F64
    along: F64
    trust: float

    def end(self, layer: F32, aside: F64) -> float:
        """How far down a layer, (H, W) in [0, 1], first gives way; `aside` are the offsets to look at."""
        across = np.array([-self.along[1], self.along[0]])
        points = self.elbow + _STEPS[:, None, None] * self.along + aside[:, None] * across
        x, y = np.moveaxis(points.astype(np.float32), -1, 0)
        seen = cv2.remap(layer, x, y, cv2.INTER_LINEAR).max(1)
        here = np.minimum.accumulate(np.clip(2 * seen - 0.5, 0, 1))
        return float(_STEPS[0] + (_STEPS[1] - _STEPS[0]) * (here.sum() - 0.5))


def carry_on(layers: Layers, worn: Worn, person: Person, garment: Garment) -> tuple[Layers, Worn]:
    """Carry long sleeves on to the hand.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
        person: whose crop they span.
        garment: whose photo the flow points into.

    Returns:
        Both, with the sleeves drawn out; the same where there is nothing to do.
    """
    long = _long(garment.parts)
    if not any(long):
        return layers, worn
    flow, coverage, seen = layers.flow.copy(), worn.coverage.copy(), worn.seen.copy()
    points = _in_window(person.landmarks[:, :2], person) * (seen.shape[2] / MODEL_WIDTH)
    for index, joints in _ARMS.items():
        arm = _forearm(points, person.landmarks, joints)
        new, old = arm.end(seen[index], _ASIDE), arm.end(layers.painted_alpha, np.zeros(1))
        wanted = min(old - _SPILL / max(float(np.linalg.norm(arm.along)), 1), _HAND)
        pull = max(wanted - new, 0) * long[index] * arm.trust * _rise(new, _SHORT)
        if pull == 0:
            continue
        x, y = _pulled(arm, new, pull, seen.shape[1:])
        coverage[index], seen[index] = (_warped(a[index], x, y) for a in (coverage, seen))
        size = flow.shape[:1:-1]
        small = [cv2.resize(a, size, interpolation=cv2.INTER_AREA) * 0.5 - 0.25 for a in (x, y)]
        flow[index] = [_warped(axis, *small) for axis in flow[index]]
    return replace(layers, flow=flow), replace(worn, coverage=coverage, seen=seen)


def _in_window(points: F32, person: Person) -> F64:
    """(n, 2) from frame pixels to those of the 256x192 window."""
    matrix = crop_matrix(person.crop).astype(np.float64)
    matrix[0, 2] -= (CROP_SIZE - MODEL_WIDTH) / 2
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


@remembered
def _long(parts: U8) -> list[float]:
    """For each of `PARTS`, in [0, 1]: 1 for a sleeve that reaches to the hand, by the torso's length."""
    torso, *sleeves = (_length(parts == GARMENT_LABELS.index(part)) for part in PARTS)
    return [0.0, *(_rise(sleeve / max(torso, 1), _LONG) for sleeve in sleeves)]


def _length(shape: npt.NDArray[np.bool_]) -> float:
    points = cv2.findNonZero(shape.astype(np.uint8))
    return 0.0 if points is None else float(max(cv2.minAreaRect(points)[1]))


def _forearm(points: F64, landmarks: F32, joints: tuple[int, int, int]) -> Forearm:
    shoulder, elbow, wrist = points[list(joints)]
    upper, along = elbow - shoulder, wrist - elbow
    lengths = max(float(np.linalg.norm(upper) * np.linalg.norm(along)), 1e-6)
    visible = float(landmarks[list(joints[1:]), 2:4].min())
    trust = _rise(float(upper @ along) / lengths, _BENT) * _rise(visible, (0.3, 0.6))
    return Forearm(elbow, along, trust)


def _pulled(arm: Forearm, end: float, pull: float, shape: tuple[int, ...]) -> tuple[F32, F32]:
    """x and y, (H, W) each, of the place whose sleeve is to be seen at a cell."""
    height, width = shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    unit = arm.along / max(float(arm.along @ arm.along), 1e-6)
    down = (x - np.float32(arm.elbow[0])) * np.float32(unit[0])
    down = down + (y - np.float32(arm.elbow[1])) * np.float32(unit[1])
    back = np.clip(down * np.float32(1 / (end + pull)), 0, 1) * np.float32(-pull)
    return x + back * np.float32(arm.along[0]), y + back * np.float32(arm.along[1])


def _warped(layer: F32, x: F32, y: F32) -> F32:
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _rise(value: float, limits: tuple[float, float]) -> float:
    return float(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0, 1))
