"""The rotated square that the landmark graph sees.

As in MediaPipe's pose pipeline: two points span it, the middle of the hips and a point on the circle
around the whole body, above the head; the square is turned so that the second lies straight above the
first.
"""

from dataclasses import dataclass

import numpy as np

from lookglass.types import F32

ROI_SIZE = 256
_MARGIN = 1.25
_NEAR = 0.04


@dataclass(frozen=True, slots=True)
class Roi:
    """A rotated square in the frame.

    Attributes:
        center: frame point (x, y), pixels.
        up: vector from the centre to the middle of the upper side, frame pixels.

    Example:
        >>> Roi.around(np.float32([320, 240]), np.float32([320, 80])).radius
        200.0
    """

    center: tuple[float, float]
    up: tuple[float, float]

    @staticmethod
    def around(center: F32, rim: F32) -> "Roi":
        """The square for the hips' middle and a point on the body's circle, both (2,) frame pixels."""
        up = (rim - center) * _MARGIN
        return Roi((float(center[0]), float(center[1])), (float(up[0]), float(up[1])))

    @property
    def radius(self) -> float:
        """Half the side of the square, frame pixels."""
        return max(float(np.hypot(*self.up)), 1.0)

    def is_near(self, other: "Roi") -> bool:
        """Whether another square has nearly the same place, size and turn."""
        ends = np.array([[self.center, self.up], [other.center, other.up]])
        return bool(np.hypot(*(ends[1] - ends[0]).T).max() < _NEAR * self.radius)

    def matrix(self) -> F32:
        """The (2, 3) float32 affine map from pixels of the square to frame pixels."""
        scale, middle = 2 / ROI_SIZE, (ROI_SIZE - 1) / 2
        down = -np.array(self.up, np.float32) * scale
        axes = np.array([[down[1], down[0]], [-down[0], down[1]]], np.float32)
        offset = np.array(self.center, np.float32) - axes @ np.array([middle, middle], np.float32)
        return np.column_stack([axes, offset])
