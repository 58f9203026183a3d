"""Cuffs: a long sleeve ends where the old one did, and closes there around the wrist.

How long a sleeve falls no photo tells. Between its cuff and the hand in view a wrist would have to be
invented, and beside a cuff that lies flat in its photo, twice as wide as the wrist it closes around, a wall.
How wide a wrist is, and where, its hand shows: an old sleeve is hard to tell from the trunk beside it. How
wide the cuff is made its photo shows: the network's own outline fades out before it.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.gaps import to_close
from lookglass.finish.half_seen import LONG, SHORTEST, cover
from lookglass.finish.rims import Rim, sag_of, shape_cuff
from lookglass.finish.unrolled import ACROSS, Unrolled, beside, clipped, places, ramp, remapped, rescaled
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_MOST, _TO_HAND = 0.22, 0.26
"""Shares of the forearm by which a sleeve is drawn down at most, to an old cuff or a hand. Over twice that it
stays: it is shorter."""
_PUSHED_UP, _LONGEST = 0.15, (1.2, 1.3)
"""Share of the forearm by which a sleeve that is too long is pushed up at most; and where one ends whose
end is out of what is looked at."""
_EASE = 0.5
"""Share of the forearm above a cuff that is stretched."""
_UPPER, _LOWER = (0.4, 0.62), (0.5, 0.7)
"""Shares of the forearm where a sleeve is, and its lower half."""
_HAND, _WRIST = (1.15, 1.3), (0.03, 0.13)
"""Shares of the forearm where a hand surely is, and from its beginning on where it is as wide as a wrist."""
_NARROWS, _BLEND, _CUFF = 0.58, 0.12, 0.06
"""Shares of the forearm above the rim from where on a sleeve narrows, over which its photo is fitted to its
outline, and that the cuff takes."""
_ROWS = 24
_WHOLE = 2.0, 3.3
"""Cells across what is hardly a hand or a cuff, and a whole one."""
_WIDER, _ROUND, _BAGS = 1.15, 2 / math.pi, 1.12
"""How much wider than the wrist a cuff is at least, how wide on an arm what lies flat in its photo, and how
much wider than straight a sleeve may be above its cuff."""
_ASIDE, _SHORT = (4.0, 5.5), (0.05, 0.12)
"""Cells that a cuff lies beside its hand, and shares of the forearm above or below it, up to which it closes
there, and from where on it stays."""
_BEGINS, _STOUT = ((0.8, 0.88), (1.12, 1.2)), (0.33, 0.42)
"""Shares of the forearm from where on and up to where a hand may be its own, and how wide: others are another
arm's, or two hands."""
_OWN = 0.75, 0.95
"""How wide the photo has to show a sleeve, in shares of what the network does: narrower, it is half looked up
beside it."""
_OVER, _KEPT = 0.6, 0.5
"""Cells by which a cuff covers the wrist, for neither ends in a straight line; and what is kept back of its
photo at its outline, which is drawn."""
_SLANT = 0.03
"""Shares of the forearm by which a cuff's end in the photo may slant, a cell."""


@dataclass(frozen=True, slots=True)
class _Hand:
    """A wrist in view.

    Attributes:
        begins: where along the forearm, in shares of it.
        middle, width: cells across the forearm.
    """

    begins: float
    middle: float
    width: float


@dataclass(frozen=True, slots=True)
class _Photo:
    """What the photo shows of a sleeve where the flow puts it.

    Attributes:
        end: of the middle of its cuff, along the forearm in shares of it.
        slant: how much lower that is a cell farther across.
        middles, widths: (rows of a strip,) cells across the forearm, down to the cuff and on.
    """

    end: float
    slant: float
    middles: F32
    widths: F32


@dataclass(frozen=True, slots=True)
class _Closing:
    """How a cuff closes.

    Attributes:
        rim: in which it ends.
        slant: as of the photo.
        middles, widths: (n,) of the photo at the rim's places along the forearm.
    """

    rim: Rim
    slant: float
    middles: F32
    widths: F32


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sleeve meets a hand.

    Attributes:
        end, gap: where along the forearm it ends and how far it is drawn down, in shares of it.
        closing: of its cuff; none where no hand is in view.
    """

    end: float
    gap: float
    closing: _Closing | None = None

    def drawn_from(self, along: F32) -> F32:
        """Where along the forearm a sleeve that is drawn down shows what was farther up."""
        begins = self.end + min(self.gap, 0.0) - _EASE
        share = np.minimum(np.maximum((along - begins) * (1 / (_EASE + abs(self.gap))), 0), 1)
        return np.asarray(along - np.float32(self.gap) * share, np.float32)


def meet_hands(layers: Layers, garment: Garment, arms: Forearms) -> tuple[Layers, list[Rim]]:
    """Draw long sleeves down to where the old ones end, and close their cuffs above the hands in view.

    Args:
        layers: what the network returned.
        garment: whose photo the flow points into; its parts 1 and 2 are the sleeves.
        arms: the wearer's forearms, on the alphas' grid.

    Returns:
        The layers, and where the cuffs that are closed end.
    """
    coverage, flow = layers.coverage.copy(), layers.flow.copy()
    rims = []
    for part, arm in enumerate(arms, start=1):
        if arm.seen > 0 and arm.length >= SHORTEST:
            fit = _fit(layers, part, arm, garment)
            if fit is not None:
                _draw(coverage, flow[part], part, arm, fit)
                if fit.closing is not None:
                    shape_cuff(coverage, fit.closing.rim)
                    rims.append(fit.closing.rim)
    return replace(layers, coverage=coverage, flow=flow), rims


def _fit(layers: Layers, part: int, arm: Forearm, garment: Garment) -> _Fit | None:
    """How the sleeve of an arm meets its hand, None if it is too short for that."""
    strip = Unrolled.along(arm)
    new = strip.of(layers.coverage[part])
    _, column, _ = strip.measured(new[strip.rows(*_UPPER)])
    if strip.end(new, column) <= LONG[0]:
        return None
    on_flow = strip.on(layers.flow.shape[2] / layers.coverage.shape[1])
    pointed = np.stack([on_flow.of(axis) for axis in layers.flow[part]])
    stencil = cv2.merge([cloth_of(garment.texture), _sleeves(garment.parts)[part - 1]])
    cloth, own = cv2.split(looked_up(stencil, pointed, new.shape[::-1]))
    end, old_end = strip.end(new * cloth, column), strip.end(strip.of(layers.painted_alpha))
    long = ramp(end, *LONG) * arm.seen
    fit = _Fit(end, to_close(max(old_end - end, 0.0), _MOST) * long)
    photo = _photo(strip, np.asarray(np.minimum(own, cloth), np.float32))
    return _closed(fit, _hand(strip, strip.of(layers.occluder[1])), photo, strip, new, part, arm, long)


def _photo(strip: Unrolled, own: F32) -> _Photo:
    """What the photo shows of a sleeve, `own` unrolled."""
    width, middle, _ = strip.measured(own[strip.rows(*_LOWER)])
    one, other = (strip.end(own, middle + side * 0.3 * width) for side in (-1, 1))
    slant = min(max((other - one) / max(0.6 * width, 1.0), -_SLANT), _SLANT)
    end = (one + other) / 2
    widths = np.maximum(own.sum(1), np.float32(1))
    middles = own @ strip.across / widths
    # Of the cuff's end, which may slant, the rows show a part.
    last = max(strip.rows(0, end - _CUFF - abs(slant) * width / 2).stop - 1, 0)
    widths[last:], middles[last:] = widths[last], middles[last]
    return _Photo(end, slant, middles, widths)


def _hand(strip: Unrolled, front: F32) -> _Hand:
    """The wrist of what is in front of a sleeve, unrolled."""
    _, middle, _ = strip.measured(front[strip.rows(*_HAND)])
    begins = strip.begin(clipped(4 * front - 1.5), middle)
    from_here = min(begins, _HAND[0])
    wrist = front[strip.rows(from_here + _WRIST[0], from_here + _WRIST[1])]
    width, middle, _ = strip.measured(clipped(2 * wrist - 0.5))
    return _Hand(begins, middle, width)


def _closed(
    fit: _Fit, hand: _Hand, photo: _Photo, strip: Unrolled, new: F32, part: int, arm: Forearm, long: float
) -> _Fit:
    """The fit of a sleeve, `new` unrolled, whose cuff closes above a hand, if that is in view."""
    first, last = float(photo.widths[0]), float(photo.widths[-1])
    sure = long * ramp(hand.width, *_WHOLE) * (1 - ramp(hand.width / arm.length, *_STOUT))
    sure *= min(ramp(hand.begins, *_BEGINS[0]), 1 - ramp(hand.begins, *_BEGINS[1]))
    if sure <= 0:
        return fit
    above, middle, _ = strip.measured(clipped(4 * new[strip.rows(*_UPPER)] - 1.4))
    width = max(_WIDER * hand.width, min(_ROUND * last, above * last / first))
    width = min(width, last)
    end = hand.begins + _OVER / arm.length + sag_of(arm, width)
    missing = end + _KEPT / arm.length - photo.end
    gap = max(to_close(max(missing, 0.0), _TO_HAND) + min(missing, 0.0), -_PUSHED_UP)
    beside = max(abs(hand.middle - middle), abs(hand.middle - float(photo.middles[-1])))
    sure *= (1 - ramp(beside, *_ASIDE)) * (1 - ramp(abs(missing - gap), *_SHORT)) * ramp(first / above, *_OWN)
    sure *= 1 - ramp(photo.end, *_LONGEST)
    if sure <= 0:
        return fit
    fit = _Fit(fit.end + sure * (photo.end - fit.end), fit.gap + sure * (gap - fit.gap))
    along = np.asarray(end - np.linspace(_NARROWS, 0, _ROWS), np.float32)
    shown = fit.drawn_from(along)
    middles, widths = (
        np.asarray(np.interp(shown, strip.shares, values), np.float32)
        for values in (photo.middles, photo.widths)
    )
    closed = np.minimum((along - along[0]) * (1 / (_NARROWS - _CUFF)), 1)
    straight = above + (width - above) * closed
    scale = above / widths[0] + (width / last - above / widths[0]) * closed
    bagging = np.maximum(np.minimum(widths * scale, _BAGS * straight), 1)
    moved = middle + (hand.middle - middle) * closed
    rim = Rim(part, arm, end, along, moved, np.asarray(bagging, np.float32), sure)
    return replace(fit, closing=_Closing(rim, photo.slant, middles, widths))


@remembered
def _sleeves(parts: U8) -> tuple[U8, U8]:
    """(128, 128) 255 in either sleeve of a photo, for its labels, (N, N)."""
    small = cv2.resize(parts, (128, 128), interpolation=cv2.INTER_NEAREST)
    left, right = (
        np.asarray(cv2.blur((small == GARMENT_LABELS.index(sleeve)) * np.uint8(255), (3, 3)), np.uint8)
        for sleeve in PARTS[1:]
    )
    return left, right


def _draw(coverage: F32, flow: F32, part: int, arm: Forearm, fit: _Fit) -> None:
    """Draw a sleeve down and close it, in place and in its box alone; the torso gives way to it."""
    cell, margin = coverage.shape[1] // flow.shape[1], 1.5 * ACROSS * arm.length
    below = (arm.elbow + (fit.end + fit.gap + 0.1) * arm.along).tolist()
    columns, rows = (
        slice(*(int(min(max(at // cell, 0), stop)) for at in (min(ends) - margin, max(ends) + margin + cell)))
        for *ends, stop in zip(arm.elbow.tolist(), below, flow.shape[:0:-1], strict=True)
    )
    if rows.start == rows.stop or columns.start == columns.stop:
        return
    box = (slice(cell * rows.start, cell * rows.stop), slice(cell * columns.start, cell * columns.stop))
    along, across = beside(arm, box)
    sleeve = remapped(coverage[part], *places(arm, *_drawn(along, across, arm, fit)), cv2.BORDER_REPLICATE)
    cover(coverage[:, *box], part, sleeve)
    along, across = beside(arm, (rows, columns), 1 / cell)
    drawn, beside_it = _drawn(along, across, arm, fit)
    if fit.closing is not None:
        drawn, beside_it = _narrowed(along, drawn, across, fit.closing)
    x, y = rescaled(*places(arm, drawn, beside_it), 1 / cell)
    for axis in flow:
        axis[rows, columns] = remapped(axis, x, y, cv2.BORDER_REPLICATE)


def _drawn(along: F32, across: F32, arm: Forearm, fit: _Fit) -> tuple[F32, F32]:
    """Where along and across a forearm a sleeve that is drawn down shows what was farther up."""
    near = clipped(3 - np.abs(across) * np.float32(2 / (ACROSS * arm.length)))
    return np.asarray(along + near * (fit.drawn_from(along) - along), np.float32), across


def _narrowed(along: F32, drawn: F32, across: F32, closing: _Closing) -> tuple[F32, F32]:
    """Where along and across a forearm the photo is looked up so that its sleeve fills its outline."""
    rim = closing.rim
    flat = across - rim.at(along, rim.middles)
    flat *= rim.at(along, np.maximum(closing.widths - 2 * _KEPT, 1) / rim.widths)
    share = clipped((along - np.float32(rim.along[0])) * (1 / _BLEND)) * np.float32(rim.sure)
    share *= clipped(
        3 - np.abs(across - np.float32(rim.middle)) * np.float32(2 / (0.5 * rim.widths.max() + 4))
    )
    low = clipped((along - np.float32(rim.along[0])) * (1 / (_NARROWS - _CUFF)))
    lower = rim.bend(across) + np.float32(closing.slant) * flat
    moved = rim.at(along, closing.middles) + flat - across
    return np.asarray(drawn + low * share * lower, np.float32), np.asarray(across + share * moved, np.float32)
