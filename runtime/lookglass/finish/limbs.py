"""Forearms that the old sleeves hid: their outlines even, narrow at the wrist, and round in the light.

The network draws an arm cell by cell: its outline is lumpy, its light flat and in spots. An arm is round, so
across it light falls off as on a cylinder; along it, its outline narrows and goes over into the hand in view.
"""

import math
from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.arm_form import form_at
from lookglass.finish.arm_outline import Strip, cuff_of, into_hand, outline
from lookglass.finish.box import Box, doubled
from lookglass.finish.forearm import Forearm, Forearms
from lookglass.finish.unrolled import beside, clipped, places, ramp, remapped
from lookglass.person.crop import model_columns
from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_SHOULDERS = [11, 12]
_OUTWARD = -1, 1
"""Side of the left and the right arm on which its outer edge is, when it hangs."""
_SHORTEST = 6.0
"""Length in cells of a forearm that is worth the work."""
_ABOVE, _BELOW = (-0.15, -0.6), 1.45
"""Shares of a forearm from which on a bent and a straight arm is looked at, and up to which its hand is."""
_STRAIGHT = 0.8, 0.95
"""Cosines between upper arm and forearm of a bent and of a straight arm."""
_OPEN = -0.5, 0.0
"""The same of an arm that is folded, so that nobody knows which is which, and of one that is not."""
_ACROSS, _ROWS = 0.45, 40
"""Share of the forearm, on either side of it, in which its outline is looked for, and in how many rows."""
_SHOWN = 0.035, 0.055
"""Share of a forearm's surroundings in which bare skin is painted that is too little to work on, and that is
enough: a wrist that comes out of a sleeve, 0.01 to 0.03, and a bare forearm, from 0.13 on."""
_SLANTED = 1.5
"""Cells below the middle of a cuff down to which its sides may reach."""
_OTHERS = 0.15, 0.3
"""Share of old clothes around a hand up to which they are slivers, and from which on they may be a coat."""
_INNER = np.ones((5, 5), np.uint8)
"""Twice as far from the person's outline, cells, the corner of a cuff may stick out."""
_SLIVER = 7
"""Width of what is too narrow for old clothes beside a hand, cells: the network draws cuffs too long."""
_ELBOW = 0.2
"""Share of the forearm below the elbow over which its outline comes to be drawn anew."""
_ARMPIT = 0.1, np.ones((1, 5), np.uint8)
"""Share of the forearm above the elbow over which the upper arm begins; and the width, cells, of what is no
gap between it and the garment."""
_RIM = 2.5
"""Cells beside the outline from which on what is bare is of something else."""
_GREEN = 1
"""Channel of the skin that is most of its light."""
_CALM = 3, 11
"""Columns and rows over which the light is averaged, so that only what turns around the arm is left."""
_ROUND, _MEAN = 0.36, math.pi / 4
"""Share of its light that skin loses at an arm's outline, and the mean of the cosine across a cylinder."""


def round_arms(layers: Layers, person: Person, arms: Forearms, cloth: F32) -> Layers:
    """Draw what is painted of forearms anew.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        arms: the wearer's forearms, on the alphas' grid.
        cloth: (h, w) in [0, 1], the new garment.
    """
    scale, offset = window_map(person.crop, layers.bare.shape)
    shoulders = person.landmarks[_SHOULDERS, :2] * scale + offset
    for arm, shoulder, outward in zip(arms, shoulders, _OUTWARD, strict=True):
        if arm.seen > 0 and arm.length >= _SHORTEST:
            upper = arm.elbow - shoulder
            straight = float(upper @ arm.along) / (arm.length * max(math.hypot(*upper), 1.0))
            begin = _ABOVE[0] + ramp(straight, *_STRAIGHT) * (_ABOVE[1] - _ABOVE[0])
            unfolded = replace(arm, seen=arm.seen * ramp(straight, *_OPEN))
            layers = _rounded(layers, person, unfolded, outward, begin, cloth)
    return layers


def _rounded(layers: Layers, person: Person, arm: Forearm, outward: int, begin: float, cloth: F32) -> Layers:
    """The layers with one arm that is round from a share of the forearm on, down to its hand."""
    along, reach = np.linspace(begin, _BELOW, _ROWS, dtype=np.float32), round(_ACROSS * arm.length)
    across = np.arange(-reach, reach + 1, dtype=np.float32)
    x, y = places(arm, along[:, None], across)
    bare, old, front, dressed = (
        remapped(layer, x, y) for layer in (layers.bare, layers.painted_alpha, layers.occluder[1], cloth)
    )
    middle = np.asarray(cv2.blur(bare.sum(0)[None], (5, 1)))[0] * (reach + 1 - np.abs(across))
    strip = Strip(along, across, bare, old, front, int(np.argmax(middle)))
    cuff, in_view = cuff_of(strip)
    shown = ramp(float(np.minimum(np.minimum(bare, old), 1 - dressed).mean()), *_SHOWN) * arm.seen
    if shown > 0:
        edges, sure = outline(strip)
        if in_view > 0:
            edges = into_hand(edges, strip, cuff, in_view, arm.length)
        wide = [np.repeat(a[:, None], len(across), axis=1) for a in (*edges, sure, sure * np.float32(shown))]
        light = _calmed(layers, x, y, np.minimum(bare, wide.pop(2)))
        layers = _drawn(layers, arm, outward, strip, cv2.merge((*wide, light)), cloth)
    return _end_old(layers, person, arm, cuff, in_view * arm.seen) if in_view > 0 else layers


def _calmed(layers: Layers, x: F32, y: F32, inside: F32) -> F32:
    """(rows, columns) gain that leaves of the skin's light what turns around the arm, and no spots."""
    light = remapped(layers.skin[_GREEN], x, y, cv2.BORDER_REPLICATE)
    inside = inside + np.float32(1e-3)
    calm, weight = cv2.split(cv2.blur(cv2.merge((light * inside, inside)), _CALM))
    return np.asarray(calm / (weight * np.maximum(light, np.float32(0.02))), np.float32)


def _drawn(
    layers: Layers, arm: Forearm, outward: int, strip: Strip, found: cv2.typing.MatLike, cloth: F32
) -> Layers:
    """The layers with an arm as it was found.

    Args:
        layers: to be changed.
        arm: the forearm.
        outward: on which side of it its outer edge is.
        strip: along it.
        found: (rows, columns, 4) both edges, how sure they are, and what evens its light.
        cloth: (h, w) in [0, 1], the new garment, which the upper arm lies against.
    """
    at = _around(arm, strip, layers.bare.shape)
    along, across = beside(arm, at)
    row = (along - strip.along[0]) * np.float32(1 / strip.step)
    shown = cv2.remap(found, across - strip.across[0], row, cv2.INTER_LINEAR)
    left, right, sure, even = (np.asarray(layer, np.float32) for layer in cv2.split(shown))
    inside = np.minimum(across - left, right - across)
    # In view, the frame knows better.
    hidden = cv2.dilate(layers.painted_alpha[at], np.ones((3, 3), np.uint8))
    sure *= clipped(_RIM + inside) * hidden
    bare, skin, occluder = layers.bare.copy(), layers.skin.copy(), layers.occluder.copy()
    before = bare[at].copy()
    # Above the elbow an arm is as wide as its sleeve leaves it, or a gap opens in the armpit.
    below = clipped(along * np.float32(1 / _ELBOW))
    bare[at] += sure * below * (clipped(inside + np.float32(0.5)) - before)
    body = np.maximum(before, cloth[at])
    above = clipped(along * np.float32(-1 / _ARMPIT[0])) * hidden * np.float32(arm.seen)
    gap = cv2.morphologyEx(body, cv2.MORPH_CLOSE, _ARMPIT[1]) - body
    bare[at] = np.minimum(bare[at] + above * clipped(3 * gap - np.float32(0.9)), 1)
    torso = occluder[0][at]
    np.minimum(torso + np.maximum(bare[at] - before, 0), np.maximum(torso, bare[at]), out=torso)
    aside = (2 * across - left - right) / np.maximum(right - left, 1)
    facing = np.sqrt(np.maximum(1 - aside * aside, 0))
    light = even - np.float32(1 + _ROUND * _MEAN) + np.float32(_ROUND) * facing
    light += form_at(along, outward * aside)
    skin[:, at[0], at[1]] *= 1 + sure * light
    return replace(layers, bare=bare, skin=skin, occluder=occluder)


def _end_old(layers: Layers, person: Person, arm: Forearm, cuff: float, share: float) -> Layers:
    """The layers without slivers of old clothes between the body and a hand in view below a cuff."""
    reach, (x, y) = _ACROSS * arm.length, (arm.elbow + arm.along * cuff).tolist()
    at = _box(x - reach, x + reach, y - reach, y + reach, layers.bare.shape)
    if layers.painted_alpha[at].size == 0:
        return layers
    along, _ = beside(arm, at)
    below = clipped((along - np.float32(cuff)) * np.float32(arm.length) - np.float32(_SLANTED))
    old = layers.painted_alpha.copy()
    rest = float((below * old[at]).sum()) / max(float(below.sum()), 1.0)
    mask = model_columns(person.mask)[doubled(at)]
    body = cv2.erode(cv2.resize(mask, below.shape[::-1], interpolation=cv2.INTER_AREA), _INNER)
    below *= np.float32(share * (1 - ramp(rest, *_OTHERS))) * np.asarray(body, np.float32)
    wide = cv2.morphologyEx(old[at], cv2.MORPH_OPEN, np.ones((_SLIVER, _SLIVER), np.uint8))
    old[at] += below * (wide - old[at])
    return replace(layers, painted_alpha=old)


def _around(arm: Forearm, strip: Strip, size: tuple[int, ...]) -> Box:
    """The box of a (h, w) layer that holds a strip."""
    x, y = places(arm, strip.along[[0, 0, -1, -1]], strip.across[[0, -1, 0, -1]])
    return _box(float(x.min()), float(x.max()), float(y.min()), float(y.max()), size)


def _box(left: float, right: float, top: float, bottom: float, size: tuple[int, ...]) -> Box:
    """Rows and columns between places, inside a (h, w) layer."""
    (y, y_stop), (x, x_stop) = (
        (max(math.floor(first), 0), max(min(math.ceil(last) + 1, stop), 0))
        for first, last, stop in ((top, bottom, size[0]), (left, right, size[1]))
    )
    return slice(min(y, y_stop), y_stop), slice(min(x, x_stop), x_stop)
