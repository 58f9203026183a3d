"""Bare arms below the hems of sleeves, in front of the torso."""

import cv2
import numpy as np

from lookglass.types import F32

_ABOVE = np.ones((9, 3), np.uint8)
"""Height and width of what is above a place, crop pixels: beside a sleeve's corner there is torso."""
_FAINT, _HALF = 8.0, 2.0
"""How steeply a hem's soft end counts as one from where there is no sleeve, and from where there is one."""
_SURE = 0.5
"""Half of this, of what is in front, is no arm."""


def end_at_arms(coverage: F32, front: F32) -> None:
    """Take the torso from behind an arm where a sleeve ends on it, in place.

    Composition draws no slit between a torso and a sleeve: it takes twice a sleeve's coverage off the arm in
    front. Past the hem, where the sleeve's coverage ends softly, the torso would show as a spike.

    Args:
        coverage: (3, 256, 192) in [0, 1] per part.
        front: (2, 256, 192) in [0, 1], what is in front of the torso, and of the sleeves.
    """
    sleeves = np.asarray(coverage[1] + coverage[2], np.float32)
    above = cv2.dilate(sleeves, _ABOVE, anchor=(_ABOVE.shape[1] // 2, _ABOVE.shape[0] - 1))
    hem = np.minimum(np.minimum(_FAINT * sleeves, _HALF * (1 - sleeves)), _HALF * (2 * above - 1))
    arm = np.clip(2 * (front[0] - front[1]) - _SURE, 0, 1)
    coverage[0] *= 1 - arm * np.clip(hem, 0, 1)
