"""Ever smaller copies of a garment's texture, so that stripes do not shimmer when seen from afar."""

import math

import cv2
import numpy as np

from lookglass.remembered import remembered
from lookglass.types import U8

STEP = 2**0.5
"""Each level is this much smaller than the one before: fine enough that nobody sees a level change."""

_MIN_SIDE = 64


class Mipmap:
    """The levels of one texture.

    Args:
        texture: (N, N, 4) uint8 BGRA, straight alpha, colours bled beyond the edge.

    Attributes:
        levels: (n, n, 4) uint8 BGRA each, the texture itself first.
    """

    def __init__(self, texture: U8) -> None:
        self.levels = [texture]
        while (side := round(len(texture) / STEP ** len(self.levels))) >= _MIN_SIDE:
            level = cv2.resize(self.levels[-1], (side, side), interpolation=cv2.INTER_AREA)
            self.levels.append(np.asarray(level, np.uint8))

    def level(self, side_px: float) -> U8:
        """The level whose pixels come nearest to the frame's.

        Args:
            side_px: length of the garment frame's side where it is drawn, frame pixels.
        """
        skipped = round(math.log(max(len(self.levels[0]) / max(side_px, 1.0), 1.0), STEP))
        return self.levels[min(skipped, len(self.levels) - 1)]


_remembered = remembered(Mipmap)


def mipmap(texture: U8) -> Mipmap:
    """The mipmap of a texture, made once and kept while the texture is among the last few in use."""
    return _remembered(texture)
