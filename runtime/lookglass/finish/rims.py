"""Rims: a closed cuff ends in a clean edge that lies over the wrist, and the hand comes out of it.

On the network's cells a cuff ends somewhere, and a hand in view begins somewhere: between the two lies a
ragged strip of neither. A cuff is a short tube seen from above, so its near rim bends down a little; it hides
the wrist and takes its light. Below the rim every pixel of the hand stays the camera's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.finish.box import Box
from lookglass.finish.forearm import Forearm
from lookglass.finish.unrolled import beside, clipped
from lookglass.types import F32

_SAG = 0.1
"""How far the rim of a hanging cuff bends down, in shares of its width: it is seen from above."""
_BEGUN, _BAND = 0.12, (0.25, 0.15)
"""Share of the forearm over which a sleeve's outline becomes the rim's, on the network's cells, where that
begins; and shares above the rim from where on and by where it does as it is drawn."""
_OVER = 0.12, 0.08
"""The same from where on and by where nothing of its own hand is in front of it."""
_EDGE = 0.47
"""Coverage at the outline, in the middle of the ramp on which it is drawn."""
_CONTACT, _DARK = 2.4, 0.6
"""How far the cuff's shadow reaches on the hand, cells, and what light it takes at most."""
_MARGIN = 3.0


@dataclass(frozen=True, slots=True)
class Rim:
    """Where a cuff ends.

    Attributes:
        part: of the garment, 1 or 2.
        arm: that is in it, on the network's cells.
        end: of the middle of the rim, along the forearm in shares of it.
        along: (n,) shares of the forearm above it, down to the rim.
        middles, widths: (n,) of the sleeve there, cells across the forearm.
        sure: in [0, 1].
    """

    part: int
    arm: Forearm
    end: float
    along: F32
    middles: F32
    widths: F32
    sure: float

    @property
    def middle(self) -> float:
        """Of the cuff, cells across the forearm."""
        return float(self.middles[-1])

    @property
    def width(self) -> float:
        """Of the cuff, cells across the forearm."""
        return float(self.widths[-1])

    @property
    def sag(self) -> float:
        """How far the rim's corners lie above its middle, in shares of the forearm."""
        return sag_of(self.arm, self.width)

    def bend(self, across: F32) -> F32:
        """How far the rim lies above its middle, in shares of the forearm, at cells across it."""
        beside = np.minimum(np.abs(across - np.float32(self.middle)) * np.float32(2 / self.width), 1.3)
        return np.asarray(np.float32(self.sag) * beside * beside, np.float32)

    def covered(self, along: F32, across: F32, below: F32) -> F32:
        """(h, w) in [0, 1], where the end of the sleeve lies; its edges are a cell wide."""
        middle, width = self.at(along, self.middles), self.at(along, self.widths)
        inside = np.minimum(0.5 * width - np.abs(across - middle), below)
        return clipped(np.float32(_EDGE) + inside)

    def at(self, along: F32, values: F32) -> F32:
        """Values, (n,) as many as of `along`, at places along the forearm."""
        return np.asarray(np.interp(along, self.along, values), np.float32)

    def below(self, along: F32, across: F32) -> F32:
        """How many cells the rim lies below a place."""
        return np.asarray((self.end - self.bend(across) - along) * np.float32(self.arm.length), np.float32)

    def near(self, along: F32, limits: tuple[float, float]) -> F32:
        """(h, w) in [0, 1]: 0 up the sleeve, 1 from the second limit above the rim on."""
        far, near = limits
        return clipped((along - (self.end - far)) * (1 / (far - near)))

    def box(self, size: tuple[int, ...], up: float, cell: int = 1) -> Box:
        """The box around the end of the sleeve from so far up on, on a grid of so many pixels a cell."""
        side = float((0.5 * self.widths + np.abs(self.middles)).max()) + _MARGIN
        ends = self.arm.elbow + np.array([[self.end - up], [self.end + 0.1]]) * self.arm.along
        columns, rows = (
            slice(*(int(min(max(cell * at, 0), stop)) for at in (min(line) - side, max(line) + side + 1)))
            for *line, stop in zip(*ends.tolist(), size[::-1], strict=True)
        )
        return rows, columns


def sag_of(arm: Forearm, width: float) -> float:
    """How far the corners of a cuff's rim lie above its middle, in shares of the forearm."""
    return _SAG * width * max(float(arm.along[1]), 0.0) / arm.length**2


def shape_cuff(coverage: F32, rim: Rim) -> None:
    """Give the end of a sleeve its cuff's outline, in place, and the torso back what lies beside it.

    Args:
        coverage: (3, h, w) in [0, 1], per part.
        rim: of the cuff.
    """
    far = rim.end - float(rim.along[0])
    at = rim.box(coverage.shape[1:], far)
    if coverage[0][at].size == 0:
        return
    along, across = beside(rim.arm, at)
    share = rim.near(along, (far, far - _BEGUN)) * _about(rim, across)
    gained = _reshape(coverage[:, *at], rim, share, rim.covered(along, across, rim.below(along, across)))
    side = 2 * round(0.5 * float(rim.widths.max())) + 5
    whole = cv2.morphologyEx(coverage[0][at], cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    coverage[0][at] = np.maximum(coverage[0][at], np.minimum(-gained, whole))


def bare_hands(rims: Sequence[Rim], bare: F32) -> F32:
    """What is bare, (h, w), without the arm that is wider than the cuff around it.

    Args:
        rims: of the cuffs, whose arms are told on the same grid.
        bare: (h, w) in [0, 1], skin without the old clothes.
    """
    bare = bare.copy() if rims else bare
    for rim in rims:
        at = rim.box(bare.shape, rim.end - float(rim.along[0]))
        if bare[at].size > 0:
            along, across = beside(rim.arm, at)
            aside = np.abs(across - rim.at(along, rim.middles)) - 0.5 * rim.at(along, rim.widths)
            above = clipped(rim.below(along, across)) * _about(rim, across) * np.float32(rim.sure)
            bare[at] *= 1 - above * clipped(aside + np.float32(2))
    return bare


def end_cuffs(rims: Sequence[Rim], coverage: F32, front: F32, shadow: F32) -> None:
    """End cuffs in their rims, in place: over the wrists, and with a shadow on the hands.

    Args:
        rims: of the cuffs, whose arms are told on a grid half as fine.
        coverage: (3, H, W) in [0, 1], per part.
        front: (2, H, W) in [0, 1], what stands in front of torso and sleeves.
        shadow: (H, W) in [0, 1], share of the light that the body loses.
    """
    for rim in rims:
        at = rim.box(shadow.shape, _BAND[0], 2)
        if shadow[at].size == 0:
            continue
        along, across = beside(rim.arm, at, 2)
        below = rim.below(along, across)
        covered = rim.covered(along, across, below)
        about = _about(rim, across)
        _reshape(coverage[:, *at], rim, rim.near(along, _BAND) * about, covered)
        over = np.minimum(2 * covered, 1) * rim.near(along, _OVER) * np.float32(rim.sure)
        under = clipped(1 + below * np.float32(1 / _CONTACT))
        dark = under * under * clipped(rim.width / 2 + 1 - np.abs(across - rim.middle)) * front[1][at]
        shadow[at] = np.maximum(shadow[at], np.float32(_DARK * rim.sure) * dark)
        front[:, *at] *= 1 - over


def _about(rim: Rim, across: F32) -> F32:
    """(h, w) in [0, 1], near the cuff: what lies farther aside is another arm's."""
    reach = 0.5 * float(rim.widths.max()) + _MARGIN
    return clipped(reach - np.abs(across - rim.middle))


def _reshape(coverage: F32, rim: Rim, share: F32, covered: F32) -> F32:
    """Mix what a sleeve covers into coverage, (3, h, w), by shares, (h, w); how much more it covers, (h, w).

    Another sleeve stays in front, and the torso gives way.
    """
    torso, own = coverage[0], coverage[rim.part].copy()
    covered = np.minimum(covered, np.maximum(1 - coverage[3 - rim.part], own))
    gained = (share * np.float32(rim.sure)) * (covered - own)
    shaped = own + gained
    torso[:] = np.minimum(torso, np.maximum(torso - np.maximum(gained, 0), 1 - shaped))
    coverage[rim.part] = shaped
    return np.asarray(gained, np.float32)
