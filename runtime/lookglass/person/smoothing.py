"""What makes a followed person steady from frame to frame."""

from dataclasses import replace

import numpy as np

from lookglass.person.landmarks import Pose
from lookglass.person.mask import MaskFilter
from lookglass.person.one_euro import OneEuroFilter
from lookglass.types import Person

# On a rendered arm raise at 30 fps the wrist then lags by 0.2 frames, and sensor noise on a still person
# comes out at 0.09 to 0.18 px of the 256 px crop (docs/adr/0004).
POINTS_MIN_CUTOFF_HZ, POINTS_BETA = 1.0, 30.0
_SLOW_CUTOFF_HZ, _TONE_CUTOFF_HZ = 2.0, 0.5


class PersonSmoother:
    """Temporal filters of one person.

    Args:
        min_cutoff_hz: cut-off of the landmarks at rest; lower is steadier.
        beta: rise of that cut-off per speed, in Hz per (half a landmark square per second); higher lags less.
    """

    def __init__(self, *, min_cutoff_hz: float = POINTS_MIN_CUTOFF_HZ, beta: float = POINTS_BETA) -> None:
        self._points = OneEuroFilter(min_cutoff_hz=min_cutoff_hz, beta=beta)
        self._slow = OneEuroFilter(min_cutoff_hz=_SLOW_CUTOFF_HZ)
        self._tone = OneEuroFilter(min_cutoff_hz=_TONE_CUTOFF_HZ)
        self._mask = MaskFilter()

    def reset(self) -> None:
        """Forget the person."""
        for part in (self._points, self._slow, self._tone, self._mask):
            part.reset()

    def pose(self, pose: Pose, time_ns: int) -> Pose:
        """Smooth points, visibility and depth."""
        points = self._points(pose.points, time_ns=time_ns, scale=pose.roi.radius)
        slow = self._slow(np.column_stack([pose.visibility, pose.depth]), time_ns=time_ns)
        return replace(pose, points=points, visibility=slow[:, 0], depth=slow[:, 1])

    def person(self, person: Person, time_ns: int) -> Person:
        """Smooth mask and tone."""
        tone = self._tone(person.tone[None], time_ns=time_ns)[0]
        return replace(person, tone=tone, mask=self._mask(person.mask, person.crop))
