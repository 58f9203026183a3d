"""A bare arm that hangs against the trunk, in a short sleeve.

The network takes it for a part of the trunk, so the torso goes down to the hand. Its sleeve's flow is right
there all the same: it says where the sleeve is and where it has ended. The outer edge of the arm is that of
the old sleeve, and it is as wide as the hand in view tells.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.finish.box import cells
from lookglass.finish.forearm import Forearm
from lookglass.finish.unrolled import clipped
from lookglass.finish.worn import looked_up
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_ABOVE, _BELOW = 1.3, 0.4
"""Forearms above the elbow and below the wrist up to which the arm is looked for."""
_HAND = 0.5
"""What is a hand in view, and what is the old sleeve."""
_AROUND, _FEW = 0.5, 3
"""Forearms around the wrist in which the hand is looked for; its upper rows, where it is the wrist."""
_ELBOW = 1.35
"""Width of the arm at the elbow, in that at the wrist."""
_INTO = 0.4
"""Share of the forearm over which its outer edge goes over into the hand's."""
_INSET = 0.6
"""Thickness of the old sleeve, cells."""
_EVEN = 15
"""Rows over which the outer edge is averaged."""
_UNDER = 1.5
"""Cells of the flow by which the arm goes on up in its sleeve."""
_PHOTO_PX, _LEAST = 128, 20
"""Side of the photo, and pixels of it that are too few for a sleeve."""
_TOP_PX, _LAST = 9, 98
"""Rows of the photo, of 128, that are the top of a sleeve, and percent of it that lie before its end."""


@dataclass(frozen=True, slots=True)
class _Sleeve:
    """A sleeve in its photo.

    Attributes:
        axis: (2,) x and y, down along it, of length 1.
        end: how far along that it goes, in [-1, 1] as flows do.
        stencil: (128, 128) 255 where it is.
    """

    axis: F32
    end: float
    stencil: U8


def hanging_arm(layers: Layers, garment: Garment, part: int, arm: Forearm, share: float) -> Layers | None:
    """The layers with an arm beside the trunk in its sleeve, and bare below it; None without a hand in view.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into.
        part: the sleeve's number.
        arm: its forearm.
        share: in [0, 1], how much of it is shown.
    """
    hand = _hand(layers, arm)
    if hand is None:
        return None
    beside, inside, aside = _band(layers, arm, hand)
    own, past = _dressed(layers, part, _sleeves(garment.parts)[part - 1])
    beside *= np.float32(share)
    bare = np.asarray(beside * inside * past, np.float32)
    dressed = beside * own
    torso, sleeves = layers.occluder
    coverage = layers.coverage.copy()
    coverage[part] = np.maximum(coverage[part], np.minimum(dressed, coverage[0]))
    coverage[0] = np.minimum(coverage[0], 1 - beside * np.maximum(own, past))
    occluder = np.stack([np.maximum(torso, bare), sleeves])
    bare = np.maximum(layers.bare * (1 - np.float32(share) * aside * (1 - sleeves)), bare)
    return replace(layers, bare=bare, coverage=coverage, occluder=occluder)


def _dressed(layers: Layers, part: int, sleeve: _Sleeve | None) -> tuple[F32, F32]:
    """(h, w) in [0, 1] each: where a flow shows the sleeve, and where it shows its very end or is past it."""
    if sleeve is None:
        return np.zeros_like(layers.bare), np.ones_like(layers.bare)
    size, flow = layers.bare.shape[::-1], layers.flow[part]
    depth = np.tensordot(sleeve.axis, flow, 1)
    ended = (depth - np.float32(sleeve.end)) / (np.abs(np.gradient(depth, axis=0)) + np.float32(1e-3))
    past, under = (cv2.resize(clipped(ended + np.float32(0.5 + up)), size) for up in (0, _UNDER))
    return looked_up(sleeve.stencil, flow, size) * (1 - past), np.asarray(under, np.float32)


def _hand(layers: Layers, arm: Forearm) -> tuple[float, float] | None:
    """Left and right edge, in cells, of the hand in view where it begins."""
    (x, y), reach = arm.elbow + arm.along, _AROUND * arm.length
    at = cells(y - reach, y + reach), cells(x - reach, x + reach)
    hand = np.minimum(layers.occluder[1], layers.bare)[at] > _HAND
    hand = hand[hand.any(1)][:_FEW]
    if len(hand) < _FEW:
        return None
    left = float(hand.argmax(1).mean()) + at[1].start - 0.5
    return left, left + float(hand.sum(1).mean())


def _band(layers: Layers, arm: Forearm, hand: tuple[float, float]) -> F32:
    """(3, h, w) in [0, 1], down to the hand: what is no trunk any more, the old sleeve, what is beside it."""
    old = layers.painted_alpha
    height, width = old.shape
    (elbow_x, elbow_y), length = arm.elbow.tolist(), arm.length
    trunk = float((layers.coverage[0].sum(0) * np.arange(width)).sum() / max(layers.coverage[0].sum(), 1.0))
    rows = np.arange(height)[cells(elbow_y - _ABOVE * length, elbow_y + (1 + _BELOW) * length)]
    line = np.clip(np.round(elbow_x + arm.along[0] * (rows - elbow_y) / length), 0, width - 1).astype(int)
    outward = -1 if elbow_x < trunk else 1
    # From the tracked arm outwards, as far as the old sleeve goes.
    columns = np.arange(width)
    beyond = (columns * outward > line[:, None] * outward) & (old[rows] < _HAND)
    edge = np.where(beyond, columns * outward, width).min(1)
    edge = cv2.blur(edge.astype(np.float32)[:, None], (1, _EVEN))[:, 0] - np.float32(_INSET + 0.5)
    share = np.clip((rows - elbow_y) / length, 0, 1).astype(np.float32)
    wide = np.float32(hand[1] - hand[0]) * (_ELBOW + (1 - _ELBOW) * share)
    into = clipped(1 + (share - 1) * np.float32(1 / _INTO))
    edge += into * (max(hand[0] * outward, hand[1] * outward) - edge)
    inside = edge[:, None] - columns * np.float32(outward)
    band = np.zeros((3, height, width), np.float32)
    band[:, rows] = (
        clipped(wide[:, None] - inside + np.float32(0.5)),
        clipped(inside + np.float32(0.5)) * old[rows],
        clipped(np.float32(0.5) - inside) * clipped(2 + inside / wide[:, None]),
    )
    return band


@remembered
def _sleeves(parts: U8) -> list[_Sleeve | None]:
    small = cv2.resize(parts, (_PHOTO_PX, _PHOTO_PX), interpolation=cv2.INTER_NEAREST)
    return [_found(small == GARMENT_LABELS.index(label)) for label in PARTS[1:]]


def _found(there: npt.NDArray[np.bool_]) -> _Sleeve | None:
    """The sleeve that is somewhere, (128, 128)."""
    rows, columns = np.nonzero(there)
    if len(rows) < _LEAST:
        return None
    places = np.stack([columns, rows], 1) * np.float32(2 / _PHOTO_PX) + np.float32(1 / _PHOTO_PX - 1)
    axis = places.mean(0) - places[rows < rows[0] + _TOP_PX].mean(0)
    axis /= max(float(np.hypot(*axis)), 1e-3)
    return _Sleeve(axis, float(np.percentile(places @ axis, _LAST)), there * np.uint8(255))
