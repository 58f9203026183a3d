"""What makes a followed person steady from frame to frame."""

from dataclasses import replace

import numpy as np

from lookglass.person.held_crop import HeldCrop
from lookglass.person.landmarks import Pose
from lookglass.person.mask import MaskFilter
from lookglass.person.one_euro import OneEuroFilter
from lookglass.person.sway import Sway
from lookglass.types import F32, U8, Person

# On a rendered arm raise at 30 fps the wrist then lags by 0.2 frames, and sensor noise on a still person
# comes out at 0.09 to 0.18 px of the 256 px crop (docs/adr/0004).
POINTS_MIN_CUTOFF_HZ, POINTS_BETA = 1.0, 30.0
_SLOW_CUTOFF_HZ, _TONE_CUTOFF_HZ = 2.0, 0.5


class View:
    """What is steadied in the crop for one category of garments.

    Attributes:
        crop: holds the crop that the landmarks ask for.
        mask: steadies the mask of that crop.
    """

    def __init__(self) -> None:
        self.crop, self.mask = HeldCrop(), MaskFilter()

    def move(self, by: F32) -> None:
        """Say that the person has moved by (2,) frame pixels."""
        self.crop.move(by)
        self.mask.move(by)


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
        self._sway = Sway()
        self._views: dict[str, View] = {}
        self._last_views: dict[str, View] = {}

    def reset(self) -> None:
        """Forget the person."""
        for part in (self._points, self._slow, self._tone, self._sway):
            part.reset()
        self._views, self._last_views = {}, {}

    def pose(self, pose: Pose, image: U8, time_ns: int) -> Pose:
        """Smooth points, visibility and depth of a pose in the next frame, (H, W, 3) uint8 BGR."""
        sway = self._sway(image)
        self._last_views, self._views = self._views, {}
        self._points.move(sway)
        for view in self._last_views.values():
            view.move(sway)
        points = self._points(pose.points, time_ns=time_ns, scale=pose.roi.radius)
        slow = self._slow(np.column_stack([pose.visibility, pose.depth]), time_ns=time_ns)
        return replace(pose, points=points, visibility=slow[:, 0], depth=slow[:, 1])

    def view(self, category: str) -> View:
        """What was steadied for a category in the last frame; anew if nothing was."""
        return self._views.setdefault(category, self._last_views.get(category) or View())

    def person(self, person: Person, image: U8, time_ns: int) -> Person:
        """Smooth mask and tone of a person in a frame, (H, W, 3) uint8 BGR."""
        tone = self._tone(person.tone[None], time_ns=time_ns)[0]
        mask = self.view(person.category).mask(person.mask, person.crop)
        person = replace(person, tone=tone, mask=mask)
        self._sway.see(image, person)
        return person
