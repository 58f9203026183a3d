"""Forearms on the grid of the network's alphas."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lookglass.region import window_map
from lookglass.types import F32, Person

F64 = npt.NDArray[np.float64]

_ARMS = [[13, 15], [14, 16]]
"""Landmarks of elbow and wrist, left and right."""
_VISIBLE = (0.1, 0.4)


@dataclass(frozen=True, slots=True)
class Forearm:
    """A forearm.

    Attributes:
        elbow: (2,) x, y, cells.
        along: (2,) from the elbow to the wrist, cells.
        seen: in [0, 1], how surely elbow and wrist are in view.
        gone: in [0, 1], how surely the wrist is known to be out of the frame.
    """

    elbow: F64
    along: F64
    seen: float
    gone: float = 0.0

    @property
    def length(self) -> float:
        """Cells from the elbow to the wrist, at least one."""
        return max(math.hypot(*self.along), 1.0)


Forearms = tuple[Forearm, Forearm]
"""The left and the right one."""


def forearms(person: Person, grid: tuple[int, ...]) -> Forearms:
    """A person's forearms on a (height, width) grid over the network's window."""
    scale, offset = window_map(person.crop, grid)
    landmarks = person.landmarks[_ARMS]
    points = landmarks[..., :2] * scale + offset
    left, right = map(_forearm, points, landmarks)
    return left, right


def _forearm(points: F64, landmarks: F32) -> Forearm:
    elbow, wrist = points
    low, high = _VISIBLE
    seen, known = (
        (float(least) - low) / (high - low) for least in (landmarks[:, 2:4].min(), landmarks[:, 2].min())
    )
    gone = min(max(known, 0.0), 1.0) * (1 - float(landmarks[1, 3]))
    return Forearm(elbow, wrist - elbow, min(max(seen, 0.0), 1.0), gone)
