"""Forearms on the grid of the network's alphas."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.region import window_map
from lookglass.types import F32, Person

F64 = npt.NDArray[np.float64]

_ARMS = ((11, 13, 15), (12, 14, 16))
"""Landmarks of shoulder, elbow and wrist, left and right."""
_BENT = (-0.3, 0.2)
"""Cosine between upper arm and forearm below which the one lies over the other."""
_VISIBLE = (0.3, 0.6)
_STEPS = np.arange(0.25, 1.3, 0.025)


@dataclass(frozen=True, slots=True)
class Forearm:
    """A forearm; places along it are shares of its length, elbow 0 and wrist landmark 1.

    Attributes:
        elbow: (2,) x, y, cells.
        along: (2,) from the elbow to the wrist, cells.
        seen: in [0, 1], how surely elbow and wrist are in view.
        apart: in [0, 1], 0 where the upper arm lies over it.
    """

    elbow: F64
    along: F64
    seen: float
    apart: float

    @property
    def length(self) -> float:
        """Cells from the elbow to the wrist, at least one."""
        return max(float(np.linalg.norm(self.along)), 1.0)

    def end(self, layer: F32, aside: F64) -> float:
        """How far down a layer, (H, W) in [0, 1], first gives way; `aside` are the offsets to look at."""
        across = np.array([-self.along[1], self.along[0]])
        points = self.elbow + _STEPS[:, None, None] * self.along + aside[:, None] * across
        x, y = np.moveaxis(points.astype(np.float32), -1, 0)
        seen = cv2.remap(layer, x, y, cv2.INTER_LINEAR).max(1)
        here = np.minimum.accumulate(np.clip(2 * seen - 0.5, 0, 1))
        return float(_STEPS[0] + (_STEPS[1] - _STEPS[0]) * (here.sum() - 0.5))


Forearms = tuple[Forearm, Forearm]
"""The left and the right one."""


def forearms(person: Person, grid: tuple[int, ...]) -> Forearms:
    """A person's forearms on a (height, width) grid over the network's window."""
    scale, offset = window_map(person.crop, grid)
    points = person.landmarks[:, :2] * scale + offset
    left, right = (_forearm(points[list(arm)], person.landmarks[list(arm)]) for arm in _ARMS)
    return left, right


def _forearm(points: F64, landmarks: F32) -> Forearm:
    shoulder, elbow, wrist = points
    upper, along = elbow - shoulder, wrist - elbow
    lengths = max(float(np.linalg.norm(upper) * np.linalg.norm(along)), 1e-6)
    seen = rise(float(landmarks[1:, 2:4].min()), _VISIBLE)
    return Forearm(elbow, along, seen, rise(float(upper @ along) / lengths, _BENT))


def rise(value: float, limits: tuple[float, float]) -> float:
    """0 below the limits, 1 above, linear between."""
    return float(np.clip((value - limits[0]) / (limits[1] - limits[0]), 0, 1))
