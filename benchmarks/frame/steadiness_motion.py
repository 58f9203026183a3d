"""How the picture moves from one frame to the next: true where it was rendered, estimated where filmed."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import cKDTree
from steadiness_runs import Array, Mask, Picture

_AGREE_PX = 1.0
"""Forward and backward flow that lead further apart than this see an occlusion."""
_NEAR_PLACE = 0.012
"""Distance in the product photo, 2 wide, up to which a place was in view in the last frame, too."""
_LONGEST_PX = 40.0


@dataclass(frozen=True, slots=True)
class Motion:
    """Where the pixels of a frame were in the frame before.

    Attributes:
        before: (H, W, 2) float32 x, y, pixels.
        known: (H, W) bool.
    """

    before: Array
    known: Mask

    def carry(self, picture: Array) -> Array:
        """What was seen or drawn in the frame before, (H, W, ...), where it is now."""
        return np.asarray(cv2.remap(picture, self.before, None, cv2.INTER_CUBIC), np.float32)


def filmed(last: Picture, now: Picture) -> Motion:
    """Dense inverse search (Kroeger et al. 2016) both ways; what does not come back is occluded."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    greys = [cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (last, now)]
    back, forth = search.calc(greys[1], greys[0], None), search.calc(greys[0], greys[1], None)
    height, width = greys[0].shape
    before = np.float32(np.dstack(np.meshgrid(np.arange(width), np.arange(height)))) + back
    returned = cv2.remap(forth, before, None, cv2.INTER_LINEAR) + back
    return Motion(before, np.linalg.norm(returned, axis=2) < _AGREE_PX)


def rendered(last: Array, now: Array) -> Motion:
    """From where every visible pixel of the old top lies in its product photo, (H, W, 2), NaN elsewhere."""
    rows, columns = np.nonzero(np.isfinite(last[..., 0]))
    every = (rows % 2 == 0) & (columns % 2 == 0)
    pixels = np.column_stack([columns, rows])[every]
    places = last[pixels[:, 1], pixels[:, 0]]
    rows, columns = np.nonzero(np.isfinite(now[..., 0]))
    asked = now[rows, columns]
    found = LinearNDInterpolator(places, pixels)(asked)
    near = cKDTree(places).query(asked)[0] < _NEAR_PLACE
    near &= np.linalg.norm(found - np.column_stack([columns, rows]), axis=1) < _LONGEST_PX
    before = np.full(now.shape, -1e4, np.float32)
    before[rows[near], columns[near]] = found[near]
    known = cv2.erode((before[..., 0] > -1e3).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return Motion(before, known)
