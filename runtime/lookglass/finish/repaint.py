"""The person without the old clothes: what of the frame goes on there, and what has to be painted.

What is behind the old clothes is the frame's own, looked up beside them (`lookglass.finish.behind`). Skin is
painted over that (`lookglass.finish.skin`); its colour goes on past its edge, so that the edge can be drawn
as fine as the frame is.
"""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from lookglass.finish.behind import look_behind
from lookglass.finish.box import Box, box_around, doubled
from lookglass.finish.skin import skin_of
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.region import window_map
from lookglass.types import F32, Backdrop, Layers, Person

PAINTED_RAMP = (0.4, 0.6)
"""Where the alphas of what is repeated and of what is painted rise from 0 to 1 when they are drawn."""
_MARGIN = 4
"""Cells around the old clothes in which something may be drawn."""
_STEPS, _SHARPER = 1.5, 4.0
"""Standard deviation, in cells, of the blur that takes the cells' steps out of the outline of skin, and how
much steeper it is drawn than the network does."""
_ARM = 2, 5, 7
"""Width, cells, below which what is in front is no arm but a smudge on the new garment; and the sides of the
neighbourhoods in which an arm's outline is looked for, and in which a hand tells better where it ends."""
_FADE_PX = 7
"""Twice the width, in crop pixels, over which painted skin fades out on skin in view."""
_PURER = 4.0
"""How much sooner than a guess is drawn its colour is pure: there the colour of skin would shine through."""
_SHOULDERS, _HIPS = [11, 12], [23, 24]
_RISE, _HALF, _LEAN = 0.05, 0.7, 0.45
"""Share of the trunk above the joints of the hips from which on trousers are as narrow as a waist; half of
how wide that is, in distances of those joints, and that distance at least, in trunks, for who is turned."""
_SQUARE = np.ones((3, 3), np.uint8)
_UNSEEN = 0.03
_MOTTLE = (2.0, 0.005), (5.0, 0.006)
"""How uneven skin is: sizes of its spots, crop pixels, and the share of its light that they take or give;
what is finer is drawn as fine as the frame (`lookglass.grain`)."""
_BLOOD = (0.75, 1.15, 1.15)
"""How much of that red, green and blue change: it is blood that makes skin uneven, and red shows it least."""


@dataclass(frozen=True, slots=True)
class Repainted:
    """The layers of that name in `FinishedLayers`, `repeat` in crop pixels."""

    repeat: F32
    repeat_alpha: F32
    painted: F32
    painted_alpha: F32
    skin: F32


def repaint(
    layers: Layers, person: Person, old: F32, backdrop: Backdrop | None = None, *, cloth: F32 | None = None
) -> Repainted:
    """Paint the skin, and find what is behind it, that the old clothes hide.

    Args:
        layers: what the network returned; the frame is trusted where `painted_alpha` is 0.
        person: whose crop the layers span.
        old: (256, 192) float32 in [0, 1], the old clothes, snapped to the frame's edges.
        backdrop: what is known to be behind the person.
        cloth: (h, w) float32 in [0, 1], what will lie over the paint, which goes on under it.
    """
    columns = np.ascontiguousarray(model_columns(person.picture), np.uint8)
    window = np.asarray(cv2.cvtColor(columns, cv2.COLOR_BGR2RGB), np.uint8)
    mask = np.ascontiguousarray(model_columns(person.mask), np.float32)
    lower = person.category == "lower"
    behind = look_behind(layers, window, old, mask, lower=lower, waist=_waist(person, layers.bare.shape))
    painted = np.zeros((3, MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    alphas = np.zeros((3, MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    cells = box_around(behind.gone, _MARGIN)
    at = doubled(cells)
    if old[at].size > 0:
        skin = _fine(skin_of(layers, window, old, person.tone)[cells])
        colour = np.asarray(np.minimum(cv2.multiply(skin, _mottled()[at]), 1), np.float32)
        guess, share = _fine(behind.colour[cells]), _fine(behind.unsure[cells])
        bare = _outline(layers.bare[cells])
        if cloth is not None:  # Both edges fade: between the two what is behind them would shine through.
            bare = np.maximum(bare, np.minimum(cv2.dilate(bare, _SQUARE), _fine(cloth[cells])))
        if backdrop is not None:
            # A wall that was seen before is better than its mirror image; trousers are not.
            known = backdrop.known[at] * (1 - _fine(behind.body[cells]))
            plate = cv2.cvtColor(np.ascontiguousarray(backdrop.picture[at]), cv2.COLOR_BGR2RGB)
            guess = _mixed(guess, plate * np.float32(1 / 255), known)
            share = np.maximum(share, known)
        past = np.asarray(cv2.dilate(share, _SQUARE), np.float32)
        other = np.minimum(_PURER * past, 1) * np.clip(2 - 3 * bare, 0, 1)
        painted[:, at[0], at[1]] = cv2.split(_mixed(colour, guess, other))
        alphas[:, at[0], at[1]] = *_alphas(old[at], share, bare), 1 - other
    repeat_alpha, painted_alpha, own = alphas
    return Repainted(behind.repeat, repeat_alpha, painted, painted_alpha, own)


def _waist(person: Person, grid: tuple[int, ...]) -> Box:
    """Rows of a (h, w) grid over the window that are above a person's hips, and columns of the waist."""
    scale, offset = window_map(person.crop, grid)
    shoulders, hips = (person.landmarks[marks, :2] * scale + offset for marks in (_SHOULDERS, _HIPS))
    (x, y), trunk = hips.mean(0), float((hips - shoulders)[:, 1].mean())
    half = _HALF * max(float(np.ptp(hips[:, 0])), _LEAN * trunk)
    top, left, right = (max(round(float(edge)), 0) for edge in (y - _RISE * trunk, x - half, x + half))
    return slice(0, top), slice(left, right)


def in_front(occluder: F32, bare: F32) -> F32:
    """What is in front of the garment, (2, 256, 192), with bare arms that end where they are painted.

    The network's own outline of them goes in steps of its cells, and to the edges of the old sleeves.

    Args:
        occluder: (2, 256, 192) in front of the torso, and in front of the sleeves.
        bare: (h, w) where skin is bare, half as fine.
    """
    coarse = np.ascontiguousarray(occluder[:, ::2, ::2])
    cells = box_around(coarse[0] - coarse[1] > _UNSEEN, _MARGIN)
    at = doubled(cells)
    torso, sleeves = occluder[0][at], occluder[1][at]
    if torso.size == 0:
        return occluder
    arm, around, hand = (np.ones((side, side), np.uint8) for side in _ARM)
    arms = _fine(cv2.dilate(cv2.erode((coarse[0] - coarse[1])[cells], arm), around))
    near_hand = np.minimum(torso, _fine(cv2.dilate(coarse[1][cells], hand)))
    front = occluder.copy()
    front[0][at] = np.maximum(cv2.max(sleeves, near_hand), np.minimum(arms, _outline(bare[cells])))
    return front


@cache
def _mottled() -> F32:
    """(256, 192, 3) what uneven skin leaves of the light: always the same, so that it never flickers."""
    noise = np.random.default_rng(0).standard_normal((MODEL_HEIGHT, MODEL_WIDTH)).astype(np.float32)
    grains = ((cv2.GaussianBlur(noise, (0, 0), size), amount) for size, amount in _MOTTLE)
    spots = sum(np.float32(amount) / grain.std() * grain for grain, amount in grains)
    return np.asarray(cv2.merge([1 + np.float32(share) * spots for share in _BLOOD]), np.float32)


def _alphas(old: F32, share: F32, bare: F32) -> tuple[F32, F32]:
    """Where the frame is repeated; where skin lies, or a share that no place of the frame can stand for."""
    low, high = PAINTED_RAMP
    grown = cv2.dilate(old, _SQUARE)
    # Painted skin goes on a little over skin in view: hands and necks show no seam.
    fading = cv2.blur(np.clip((old - low) / (high - low), 0, 1), (_FADE_PX, _FADE_PX))
    skin = np.minimum(np.maximum(old, drawn_as(np.clip(2 * fading - _UNSEEN, 0, 1))), bare)
    painted = np.maximum(skin, np.minimum(grown, drawn_as(share)))
    return np.minimum(grown, np.maximum(old, 1 - bare)), np.asarray(painted, np.float32)


def _outline(bare: F32) -> F32:
    """What is bare, (h, w), on a grid twice as fine, without the cells' steps and steeper."""
    smooth = _fine(cv2.GaussianBlur(bare, (7, 7), _STEPS), cv2.INTER_CUBIC)
    return np.asarray(np.clip((smooth - 0.5) * np.float32(_SHARPER) + np.float32(0.5), 0, 1), np.float32)


def drawn_as(alpha: cv2.typing.MatLike) -> F32:
    """What `PAINTED_RAMP` makes this alpha of; 0 stays 0."""
    low, high = PAINTED_RAMP
    return np.asarray(np.where(alpha > 0, low + (high - low) * alpha, 0), np.float32)


def _mixed(one: F32, other: cv2.typing.MatLike, share: F32) -> F32:
    return np.asarray(cv2.blendLinear(other, one, share, 1 - share), np.float32)


def _fine(layer: cv2.typing.MatLike, how: int = cv2.INTER_LINEAR) -> F32:
    """Twice as fine."""
    height, width = layer.shape[:2]
    return np.asarray(cv2.resize(layer, (2 * width, 2 * height), interpolation=how), np.float32)
