"""Which of two cloths a pixel shows, told by the colours of both, which are in view close by."""

import cv2
import numpy as np

from lookglass.finish.hair import colour_distances
from lookglass.types import F32

_STEEP = 4.0
"""How fast a colour nearer to the one than to the other becomes sure."""
_HUE = np.float32(0.4)
"""Weight of the hue: where its shadow falls, denim is dark but blue."""
_UNLIKE, _ALIKE = (0.08, 0.2), (0.15, 0.3)
"""How far apart, in RGB from 0 to 1, the two must be, from not at all to surely; and how far a pixel may be
from the nearer one, surely and surely not."""


def told_apart(shown: cv2.typing.MatLike, one: F32, other: F32, reach: int) -> tuple[F32, F32]:
    """How likely pixels show the one cloth and not the other, and how sure that is, (h, w) in [0, 1] each.

    Args:
        shown: (h, w, 3) colours in [0, 1].
        one: (h, w) where the one surely is.
        other: where the other is.
        reach: side of the square, in cells, in which their mean colours are taken.
    """
    to_one, to_other = (
        colour + _HUE * hue
        for colour, hue in (colour_distances(shown, cloth, reach) for cloth in (one, other))
    )
    likely = np.clip(_STEEP * (to_other / (to_one + to_other + np.float32(1e-2)) - 0.5) + 0.5, 0, 1)
    sure = np.clip((to_one + to_other - _UNLIKE[0]) / (_UNLIKE[1] - _UNLIKE[0]), 0, 1)
    sure *= np.clip((_ALIKE[1] - np.minimum(to_one, to_other)) / (_ALIKE[1] - _ALIKE[0]), 0, 1)
    return np.asarray(likely, np.float32), np.asarray(sure, np.float32)
