"""The grain of skin, pores and short hairs, for what is painted of it.

A layer's cells are several pixels of the frame wide, so that skin painted on them alone is airbrushed beside
a hand in view. The grain is as fine as the frame. It is the same in every frame and lies on the person crop,
which goes with the person.
"""

import math
from functools import cache

import cv2
import numpy as np

from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH
from lookglass.region import Region, window_map
from lookglass.types import U8

PLAIN = 128
"""What leaves the light as it is; twice that doubles it."""
FINEST, LEVELS = 8, 4
"""Pixels of the finest level a crop pixel, and how many levels there are, each half as fine as the last."""
SIDE = 512
"""Of the finest level, pixels, a power of two; the grain is repeated beyond it."""
_SIZES = (1.5, 0.015), (4.0, 0.010), (13.0, 0.006)
"""Standard deviations of the grain's blur, pixels of the finest level, and of the light it takes or gives."""
_LONGER, _PAD = 1.5, 80
"""How much longer than wide its spots are, for arms hang; pixels beyond the edge that their blur reaches."""


@cache
def grain() -> tuple[U8, ...]:
    """The levels, (n, n) uint8 each, the finest first."""
    noise = np.random.default_rng(0)
    light = np.zeros((SIDE, SIDE), np.float32)
    for size, amount in _SIZES:
        spots = np.pad(noise.standard_normal((SIDE, SIDE), np.float32), _PAD, mode="wrap")
        spots = np.asarray(cv2.GaussianBlur(spots, (0, 0), size, sigmaY=_LONGER * size))
        spots = spots[_PAD:-_PAD, _PAD:-_PAD]
        light += np.float32(amount) / spots.std() * spots
    sides = [SIDE >> level for level in range(LEVELS)]
    shares = (cv2.resize(light, (side, side), interpolation=cv2.INTER_AREA) for side in sides)
    return tuple(cv2.convertScaleAbs(share, alpha=PLAIN, beta=PLAIN).astype(np.uint8) for share in shares)


def grain_of(place: Region) -> U8:
    """(height, width) uint8, the grain at a region's pixels, of the level that is a little finer than they.

    A pixel shows one of the level's, for a mean of several would be calm in some places and not in others.
    A coarser level would show one twice, every few rows and columns: a lattice.
    """
    level = min(max(math.floor(math.log2(FINEST * place.crop.scale)), 0), LEVELS - 1)
    fine = FINEST / 2**level
    scale, offset = window_map(place.crop, (round(MODEL_HEIGHT * fine), round(MODEL_WIDTH * fine)))
    columns, rows = (
        np.floor(np.arange(first, first + count) * scale[axis] + (offset[axis] + 0.5)).astype(int)
        & ((SIDE >> level) - 1)
        for axis, (first, count) in enumerate(((place.left, place.width), (place.top, place.height)))
    )
    return np.asarray(grain()[level][rows][:, columns], np.uint8)
