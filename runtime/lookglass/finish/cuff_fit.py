"""How a sleeve meets the hand that comes out of it: what is measured of both along the forearm.

How wide a wrist is, and where, its hand shows: an old sleeve is hard to tell from the trunk beside it. How
wide and long the sleeve is its photo shows, looked up through the flow: the network's own outline fades out
before it ends.
"""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.finish.forearm import Forearm
from lookglass.finish.gaps import to_close
from lookglass.finish.half_seen import LONG
from lookglass.finish.rims import Rim, sag_of
from lookglass.finish.unrolled import Unrolled, clipped, ramp
from lookglass.finish.worn import cloth_of, looked_up
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers

_MOST, _TO_HAND = 0.22, 0.26
"""Shares of the forearm by which a sleeve is drawn down at most, to an old cuff or a hand. Over twice that it
stays: it is shorter."""
_PUSHED_UP, _LONGEST = 0.15, (1.2, 1.3)
"""Share of the forearm by which a sleeve that is too long is pushed up at most; and where one ends whose
end is out of what is looked at."""
_PAST_WRIST, _LEAVING = 1.3, (0.45, 0.6)
"""Where a sleeve ends whose wrist is out of the frame; and where its photo does that is short, and one that
is long: as near as that to the camera the network draws sleeves too short."""
EASE = 0.5
"""Share of the forearm above a cuff that is stretched."""
_UPPER, _LOWER = (0.4, 0.62), (0.5, 0.7)
"""Shares of the forearm where a sleeve is, and its lower half."""
_HAND, _WRIST = (1.15, 1.3), (0.03, 0.13)
"""Shares of the forearm where a hand surely is, and from its beginning on where it is as wide as a wrist."""
NARROWS, CUFF = 0.58, 0.06
"""Shares of the forearm above the rim from where on a sleeve narrows, and that the cuff takes."""
_UP = np.linspace(NARROWS, 0, 24)
"""Places of a closed cuff, in shares of the forearm above its rim."""
_WHOLE = 2.0, 2.9
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
_OVER, KEPT = 0.6, 0.5
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
class Closing:
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
class Fit:
    """How a sleeve meets a hand.

    Attributes:
        end, gap: where along the forearm it ends and how far it is drawn down, in shares of it.
        closing: of its cuff; none where no hand is in view.
    """

    end: float
    gap: float
    closing: Closing | None = None

    def drawn_from(self, along: F32) -> F32:
        """Where along the forearm a sleeve that is drawn down shows what was farther up."""
        begins = self.end + min(self.gap, 0.0) - EASE
        share = clipped((along - begins) * (1 / (EASE + abs(self.gap))))
        return np.asarray(along - np.float32(self.gap) * share, np.float32)


def fitted(layers: Layers, part: int, arm: Forearm, garment: Garment) -> Fit | None:
    """How the sleeve of an arm meets its hand, None if it is too short for that."""
    strip = Unrolled.along(arm)
    new = strip.of(layers.coverage[part])
    _, column, _ = strip.measured(new[strip.rows(*_UPPER)])
    if strip.end(new, column) <= LONG[0]:
        return None
    cloth, own = _shown(strip, layers, part, garment)
    end, old_end = strip.end(new * cloth, column), strip.end(strip.of(layers.painted_alpha))
    long = ramp(end, *LONG) * arm.seen
    fit = Fit(end, to_close(max(old_end - end, 0.0), _MOST) * long)
    photo = _photo(strip, own)
    return _closed(fit, _hand(strip, strip.of(layers.occluder[1])), photo, strip, new, part, arm, long)


def leaving(layers: Layers, part: int, arm: Forearm, garment: Garment) -> Fit | None:
    """How a long sleeve leaves the frame with its wrist, None if it is short."""
    strip = Unrolled.along(arm)
    end = _photo(strip, _shown(strip, layers, part, garment)[1]).end
    gap = min(max(_PAST_WRIST - end, 0.0), EASE) * ramp(end, *_LEAVING) * arm.gone
    return Fit(end, gap) if gap > 0 else None


def _shown(strip: Unrolled, layers: Layers, part: int, garment: Garment) -> tuple[F32, F32]:
    """What the photo shows of cloth, and of a sleeve itself, unrolled."""
    on_flow = strip.on(layers.flow.shape[2] / layers.coverage.shape[1])
    pointed = np.stack([on_flow.of(axis) for axis in layers.flow[part]])
    stencil = cv2.merge([cloth_of(garment.texture), _sleeves(garment.parts)[part - 1]])
    cloth, own = cv2.split(looked_up(stencil, pointed, strip.x.shape[::-1]))
    return np.asarray(cloth, np.float32), np.asarray(np.minimum(own, cloth), np.float32)


def _photo(strip: Unrolled, own: F32) -> _Photo:
    """What the photo shows of a sleeve, `own` unrolled."""
    width, middle, _ = strip.measured(own[strip.rows(*_LOWER)])
    one, other = (strip.end(own, middle + side * 0.3 * width) for side in (-1, 1))
    slant = min(max((other - one) / max(0.6 * width, 1.0), -_SLANT), _SLANT)
    end = (one + other) / 2
    widths = np.maximum(own.sum(1), np.float32(1))
    middles = own @ strip.across / widths
    # Of the cuff's end, which may slant, the rows show a part.
    last = max(strip.rows(0, end - CUFF - abs(slant) * width / 2).stop - 1, 0)
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
    fit: Fit, hand: _Hand, photo: _Photo, strip: Unrolled, new: F32, part: int, arm: Forearm, long: float
) -> Fit:
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
    missing = end + KEPT / arm.length - photo.end
    gap = max(to_close(max(missing, 0.0), _TO_HAND) + min(missing, 0.0), -_PUSHED_UP)
    beside = max(abs(hand.middle - middle), abs(hand.middle - float(photo.middles[-1])))
    sure *= (1 - ramp(beside, *_ASIDE)) * (1 - ramp(abs(missing - gap), *_SHORT)) * ramp(first / above, *_OWN)
    sure *= 1 - ramp(photo.end, *_LONGEST)
    if sure <= 0:
        return fit
    fit = Fit(fit.end + sure * (photo.end - fit.end), fit.gap + sure * (gap - fit.gap))
    along = np.asarray(end - _UP, np.float32)
    shown = fit.drawn_from(along)
    middles, widths = (
        np.asarray(np.interp(shown, strip.shares, values), np.float32)
        for values in (photo.middles, photo.widths)
    )
    closed = np.minimum((along - along[0]) * (1 / (NARROWS - CUFF)), 1)
    straight = above + (width - above) * closed
    scale = above / widths[0] + (width / last - above / widths[0]) * closed
    bagging = np.maximum(np.minimum(widths * scale, _BAGS * straight), 1)
    moved = middle + (hand.middle - middle) * closed
    rim = Rim(part, arm, end, along, moved, np.asarray(bagging, np.float32), sure)
    return replace(fit, closing=Closing(rim, photo.slant, middles, widths))


@remembered
def _sleeves(parts: U8) -> tuple[U8, U8]:
    """(128, 128) 255 in either sleeve of a photo, for its labels, (N, N)."""
    small = cv2.resize(parts, (128, 128), interpolation=cv2.INTER_NEAREST)
    left, right = (
        np.asarray(cv2.blur((small == GARMENT_LABELS.index(sleeve)) * np.uint8(255), (3, 3)), np.uint8)
        for sleeve in PARTS[1:]
    )
    return left, right
