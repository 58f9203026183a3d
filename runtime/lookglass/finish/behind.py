"""What is behind the old clothes: the frame goes on there as it is beside them.

A pixel shows the one that lies as far outside the nearest edge as it lies inside. It is looked up in the
frame itself, so walls, gravel and trousers keep all of their texture and meet the frame without a step. Deep
inside the trunk, where that says nothing, the network's guess is taken.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.finish.box import Box, box_around, in_frame
from lookglass.types import F32, U8, Layers

Bools = npt.NDArray[np.bool_]

_HIDDEN, _BODY = 0.25, 0.5
"""What is no ground, in the network's alphas, and what is the person, in the mask."""
_NEAR, _DEEP = 7.0, 12.0
"""Cells inside the edge up to which, and from which on, the frame and the network are believed."""
_RIM = 5
"""Twice the width, in cells, of the body's outline that does not go on: the mask fills the gap to a hand."""
_INWARD, _UPWARD = 5, 3.0
"""Twice the width, in cells, of the strip beside trousers that is theirs as well where walls are that far,
and how near, in cells, trousers have to be in view there."""
_GROUND_RIM = 1.0
"""Cells between ground that is surely none of the person and the old clothes, at whose edge it is seen."""
_RATHER = 2.0
"""Cells by which the body may be farther than the wall: the old clothes' edge is nearer than its own."""
_HALF_SURE = 0.35
"""What the network sees of the outermost strands of hair; at a half they came and went."""
_HEM = 2.5
"""Cells by which a top goes on below its hem, where the old trousers' edge is mixed into it."""
_TORN = 8.0
"""Cells that the places which neighbours show may be apart; mirrored, they are up to four."""
_EVEN, _FLAT = 1.5, 0.5
"""Standard deviation, in cells, of the blur of the depth whose slope is the way out, and the least slope."""


_NO_WAIST: Box = slice(0, 0), slice(None)


@dataclass(frozen=True, slots=True)
class Behind:
    """On the grid of the network's alphas, (h, w).

    Attributes:
        repeat: (2, h, w) float32, x and y in crop pixels, from a place to the one it shows.
        unsure: (h, w) float32 in [0, 1], no place of the frame can be shown here.
        colour: (h, w, 3) float32 RGB in [0, 1], what is shown instead.
        body: (h, w) float32, 1 where the body goes on, and not what is behind it.
        gone: (h, w) bool, the old clothes were here.
    """

    repeat: F32
    unsure: F32
    colour: F32
    body: F32
    gone: Bools


def look_behind(
    layers: Layers, window: U8, old: F32, mask: F32, *, lower: bool = False, waist: Box = _NO_WAIST
) -> Behind:
    """Find what goes on behind the old clothes.

    Args:
        layers: what the network returned.
        window: (256, 192, 3) uint8 RGB, the crop it saw.
        old: (256, 192) the old clothes; the frame is trusted where they and skin are not.
        mask: (256, 192) probability that a pixel shows the person.
        lower: the old clothes are trousers, above which a top ends at its hem.
        waist: rows above the hips, and the columns beyond which trousers do not go on there.
    """
    size = layers.bare.shape[::-1]
    gone = cv2.resize((old > _HIDDEN).astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    colour, none = np.asarray(cv2.merge(tuple(layers.behind)), np.float32), np.zeros_like(layers.bare)
    found = Behind(np.stack([none, none]), none, colour, none.copy(), gone)
    cells = box_around(gone, round(_DEEP))
    if gone[cells].size == 0:
        return found
    hidden = (gone[cells] | (layers.bare[cells] > _HIDDEN)).astype(np.uint8)
    small = np.asarray(cv2.resize(window, size, interpolation=cv2.INTER_AREA), np.uint8)
    known = np.zeros(size[::-1], np.uint8)
    known[in_frame(small)[0]] = 1
    known = (1 - hidden) * known[cells]
    person = (cv2.resize(mask, size, interpolation=cv2.INTER_AREA) > _BODY).astype(np.uint8)[cells]
    front = layers.occluder[1][cells]
    inner = np.asarray(cv2.erode(person, np.ones((_RIM, _RIM), np.uint8)), np.uint8)
    trousers = inner * known * (front < _HIDDEN)
    hanging = person * known * (lower | (front > 1 - _HIDDEN))
    ground = (1 - np.asarray(cv2.dilate(person, np.ones((3, 3), np.uint8)), np.uint8)) * known
    wall, body = _mirrored(1 - ground, rim=_GROUND_RIM), _mirrored(1 - np.maximum(hanging, trousers))
    # Trousers go on straight up and hair straight down: beside the hips it is the wall, for the old clothes
    # hung wider than they are.
    upward = np.maximum.accumulate(trousers[::-1])[::-1]
    upward *= _narrow(waist, cells)
    # Far from any wall they go on sideways, too, up to a hand that hangs beside them.
    sideways = cv2.dilate(upward, np.ones((1, _INWARD), np.uint8)) * (wall[0] > _INWARD)
    hips = upward | (sideways * (body[0] < _UPWARD)).astype(np.uint8)
    # Hair above is no trousers: in a line with a leg far below, but beside hair, it is the wall as well.
    down = body[3]
    hair = cv2.distanceTransform(1 - hanging, cv2.DIST_L2, cv2.DIST_MASK_5) <= body[0]
    hips &= ~(hair & (down < 0))
    # The outermost strands, which the network is not sure of, go down to the new garment, too.
    falling = hanging | (person * known * (front > _HALF_SURE))
    in_line = hips | np.maximum.accumulate(falling)
    on_body = (in_line > 0) & (body[0] < np.minimum(wall[0] + _RATHER, _HEM if lower else np.inf))
    depth, lost, *way = np.where(on_body, body, wall)
    found.repeat[:, cells[0], cells[1]] = 2 * np.asarray(way)
    found.body[cells] = on_body
    y, x = np.indices(depth.shape, np.float32)
    seen = cv2.remap(small[cells], x + way[0], y + way[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    deep = np.asarray(np.clip((depth - _NEAR) / (_DEEP - _NEAR), 0, 1), np.float32)
    colour[cells] = cv2.blendLinear(colour[cells], seen * np.float32(1 / 255), deep, 1 - deep)
    found.unsure[cells] = np.maximum(deep, np.maximum(lost * (depth > 1), _torn(np.asarray(way))))
    return found


def _narrow(waist: Box, cells: Box) -> U8:
    """0 in the rows of a waist beside its columns, else 1."""
    rows, columns = (np.zeros(side.stop, np.uint8) for side in cells)
    rows[waist[0]], columns[waist[1]] = 1, 1
    return 1 - rows[cells[0], None] * (1 - columns[cells[1]])


def _torn(way: F32) -> F32:
    """(h, w) 1 where neighbours look at places far apart, so that between them nothing is right."""
    apart = [cv2.morphologyEx(axis, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) for axis in way]
    return np.asarray(np.maximum(*apart) > _TORN, np.float32)


def _mirrored(mask: U8, *, rim: float = 0) -> F32:
    """Depth inside the mask, and the way, x and y, to the point as far outside its nearest edge.

    A rim along the edge, cells wide, shows the edge itself, and what is deeper goes on from there.

    Returns:
        (4, h, w): depth; 1 where that point lies in the mask again, or beyond the picture, so that the way is
        to the edge itself; x; y.
    """
    if mask.all():
        return np.stack([np.full(mask.shape, np.inf, np.float32), *np.zeros((3, *mask.shape), np.float32)])
    depth, outside = (cv2.distanceTransform(side, cv2.DIST_L2, cv2.DIST_MASK_5) for side in (mask, 1 - mask))
    # The edge is the first cell outside. Its smoothed slope shows the way there, for nearest cells leap from
    # one step of the cells to the next, and the frame would be drawn in curls between them.
    far = cv2.GaussianBlur(depth - outside + (1 - mask), (0, 0), _EVEN, borderType=cv2.BORDER_REPLICATE)
    slope_x, slope_y = (cv2.Scharr(far, cv2.CV_32F, *axis, scale=1 / 32) for axis in ((1, 0), (0, 1)))
    steep = np.maximum(cv2.magnitude(slope_x, slope_y), np.float32(_FLAT))
    far = np.minimum(np.maximum(far, 1), depth) / steep
    to_x, to_y = -slope_x * far, -slope_y * far
    height, width = mask.shape
    x, y = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)[:, None]
    border = cv2.BORDER_CONSTANT
    share = np.asarray(2 - np.minimum(rim / np.maximum(depth, 1), 1), np.float32)
    at_x, at_y = (np.asarray(axis, np.float32) for axis in (x + share * to_x, y + share * to_y))
    lost = cv2.remap(mask, at_x, at_y, cv2.INTER_NEAREST, borderMode=border, borderValue=1)
    share = np.where(lost > 0, np.float32(1), share)
    return np.stack([depth, np.minimum(lost, mask), share * to_x, share * to_y])
