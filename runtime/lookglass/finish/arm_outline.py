"""The outline of a bare forearm: smooth, no wider than arms are, and that of the hand in view in the end."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from lookglass.finish.unrolled import clipped, ramp
from lookglass.types import F32

_OUTWARD = np.array([-1, 1], np.float32)
"""Of the left and the right edge."""
_THIN = 1.2
"""Half the width, cells, of what is too thin for an arm."""
_FADE = 0.12
"""Share of the forearm over which an outline begins and ends."""
_EVEN = 5
"""Rows over which outlines are averaged, twice."""
_WIDEST, _WRIST, _TAPER = 0.25, 0.92, 0.66
"""Shares of the forearm where it is widest and where it is thinnest, and how wide it is there at most."""
_HIDDEN = np.float32(3)
"""How much sooner than all of it an arm is in its old sleeve; a third of it is nothing."""
_OTHER = 1.0
"""Cells of skin beside an arm that are nothing; three times as many are another limb."""
_TRIMMED = 0.35
"""Share of its breadth by which the network draws an arm too wide; from twice that on nothing is cut off."""
_VIEW, _FARTHEST, _HAND = 0.5, 1.25, 5
"""Alpha of skin in view; share of the forearm up to which a cuff may reach; and rows of skin below it in
which the outline of a hand is taken."""
_SOFT = np.float32(0.3)
"""Cells by which a hand is wider than the network sees it, on either side."""
_INTO, _WIDENS, _LEAST = 0.4, 0.2, 0.75
"""Share of the forearm over which it goes over into the hand; cells by which a hand's edge is farther out, a
cell farther along, at most; and the breadth of a wrist, in that of the hand, at least."""
_JOINED = 2.0
"""Cells by which an arm's outline is moved to meet a hand's; from twice that on they are not of one arm."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Layers unrolled along a forearm and its hand, (rows, columns) each, and where they lie.

    Attributes:
        along: (rows,) in shares of the forearm.
        across: (columns,) in cells.
        bare, old, front: skin without the old clothes, those, and hands and hair; in [0, 1].
        column: of the middle of the arm.
    """

    along: F32
    across: F32
    bare: F32
    old: F32
    front: F32
    column: int

    @property
    def step(self) -> float:
        """From row to row, in shares of the forearm."""
        return float(self.along[1] - self.along[0])

    def edges(self, layer: F32) -> tuple[F32, F32]:
        """Edges, (2, rows), of what a layer shows around the middle; in [0, 1] how surely there are any."""
        right = np.minimum.accumulate(layer[:, self.column :], axis=1)
        left = np.minimum.accumulate(layer[:, self.column :: -1], axis=1)
        ends = np.array([0.5 - left.sum(1), right.sum(1) - 0.5]) + self.across[self.column]
        return np.asarray(ends, np.float32), 1 - np.maximum(left[:, -1], right[:, -1])


def outline(strip: Strip) -> tuple[F32, F32]:
    """Edges, (2, rows), of the arm, smooth and no wider than arms are; and how surely there is one alone."""
    edges, apart = strip.edges(np.asarray(cv2.blur(strip.bare, (1, 5)), np.float32))
    width = edges[1] - edges[0]
    other = strip.bare.sum(1) - width
    alone = apart * clipped(1.5 - other * np.float32(0.5 / _OTHER))
    # An arm in view is the camera's, whatever the torso beside it wore.
    hidden = (strip.old * strip.bare).sum(1) / np.maximum(strip.bare.sum(1), _THIN)
    sure = clipped(_HIDDEN * hidden - 1) * alone * clipped(width * np.float32(0.5 / _THIN) - 1)
    ends = np.minimum(strip.along - strip.along[0], strip.along[-1] - strip.along)
    sure *= clipped(ends * np.float32(1 / _FADE))
    left, right, weight = _smooth(np.vstack([edges * sure, sure]))
    edges = np.array([left, right]) / np.maximum(weight, np.float32(1e-3))
    middle, half = (edges[0] + edges[1]) / 2, (edges[1] - edges[0]) / 2
    most = max(float(half[(strip.along > 0) & (strip.along < _WIDEST)].max()), _THIN)
    thin = clipped((strip.along - _WIDEST) * np.float32(1 / (_WRIST - _WIDEST)))
    excess = np.maximum(half - most * (1 - np.float32(1 - _TAPER) * thin), 0)
    # What is still wider is another limb behind it.
    half = half - excess * clipped(2 - excess * np.float32(1 / (_TRIMMED * most)))
    return np.array([middle - half, middle + half]), np.minimum(weight, sure)


def _smooth(rows: F32) -> F32:
    """(n, rows) averaged along them."""
    return np.asarray(cv2.blur(cv2.blur(rows, (_EVEN, 1)), (_EVEN, 1)), np.float32)


def cuff_of(strip: Strip) -> tuple[float, float]:
    """Where skin comes out of the old clothes, in shares of the forearm, and in [0, 1] whether it does.

    All rows below are in view: holes in what the network takes for old clothes are no cuff.
    """
    near = slice(max(strip.column - 1, 0), strip.column + 2)
    shown = cv2.min(strip.bare, 1 - strip.old)[:, near].max(1)
    hidden = (strip.old[:, strip.column] > _VIEW) & (strip.along < _FARTHEST)
    row = len(hidden) - int(np.argmax(hidden[::-1]))
    after = shown[row : row + _HAND]
    if not hidden.any() or len(after) < _HAND:
        return math.inf, 0.0
    part = ramp(_VIEW, float(shown[row - 1]), max(float(shown[row]), float(shown[row - 1]) + 1e-3))
    return float(strip.along[row - 1]) + part * strip.step, ramp(float(after.min()), _VIEW / 2, _VIEW)


def into_hand(edges: F32, strip: Strip, cuff: float, in_view: float, length: float) -> F32:
    """Edges, (2, rows), that go over into those of the hand in view below the old cuff."""
    first = min(round((cuff - float(strip.along[0])) / strip.step) + 1, len(edges[0]) - _HAND)
    rows = slice(first, first + _HAND)
    # What the frame shows of a hand is nearer to its outline than what the network paints.
    front, bare = strip.front[rows], strip.bare[rows]
    seen = front + bare * (1 - front[:, strip.column, None])
    most = np.maximum(seen[:, strip.column, None], np.float32(1e-3))
    whole = strip.edges(np.minimum(seen / most, 1))[0]
    widens = _WIDENS * length
    slope = (
        clipped((whole[:, -1] - whole[:, 0]) * np.float32(1 / (_HAND - 1) / strip.step) * _OUTWARD / widens)
        * widens
    )
    whole += (_SOFT * _OUTWARD)[:, None]
    middle = whole.mean(1)
    hand = middle[:, None] + (slope * _OUTWARD)[:, None] * (strip.along - strip.along[first + _HAND // 2])
    share = clipped((strip.along - np.float32(cuff - _INTO)) * np.float32(1 / _INTO))
    change = share * share * np.float32(in_view) * (hand - edges)
    moved = float(np.abs(change[:, :first]).max())
    joined = edges + change * np.float32(1 - ramp(moved, _JOINED, 2 * _JOINED))
    middle, half = (joined[0] + joined[1]) / 2, (joined[1] - joined[0]) / 2
    least = np.float32(_LEAST * in_view / 2) * np.minimum(3 * share, 1) * float(middle[1] - middle[0])
    half = np.maximum(half, least)
    return np.array([middle - half, middle + half])
