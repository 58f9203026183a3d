"""The crop held still while the person is: what it no longer jitters by, no layer jitters by."""

import math

import numpy as np

from lookglass.person.crop import moved
from lookglass.types import F32, Crop

_SLACK_PX, _SLACK_SCALE = 1.5, 0.01
"""How far, in crop pixels and as a share of the scale, the crop that the landmarks ask for may wander."""


class HeldCrop:
    """Follows the crop that the landmarks ask for as if on a slack string: continuous, and still at rest.

    Every layer and every pixel of the frame goes through the same crop, so one that is a pixel off loses
    nothing, while one that trembles makes the networks see another picture on every frame.

    Example:
        >>> held = HeldCrop()
        >>> held(Crop(0.5, (100.0, 100.0))).center
        (100.0, 100.0)
        >>> held(Crop(0.5, (102.0, 100.0))).center
        (100.0, 100.0)
        >>> held(Crop(0.5, (110.0, 100.0))).center
        (107.0, 100.0)
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next crop is taken as it is."""
        self._held: Crop | None = None

    def move(self, by: F32) -> None:
        """Say that the person has moved by (2,) frame pixels: the crop moves with them."""
        if self._held is not None:
            self._held = moved(self._held, by)

    def __call__(self, asked: Crop) -> Crop:
        """The crop to use where the landmarks ask for another."""
        held = self._held or asked
        way = np.subtract(asked.center, held.center)
        taut = max(1 - _SLACK_PX / held.scale / max(float(np.hypot(*way)), 1e-9), 0)
        zoom = math.log(asked.scale / held.scale)
        zoom -= min(max(zoom, -_SLACK_SCALE), _SLACK_SCALE)
        zoomed = Crop(held.scale * math.exp(zoom), held.center)
        self._held = moved(zoomed, np.asarray(taut * way, np.float32))
        return self._held
