"""The person without the old clothes, painted so that it meets the frame.

What is behind the old clothes goes on as it is beside them: a pixel takes the colour that lies as far outside
the nearest edge as it lies inside, so walls, gravel and trousers keep their texture and meet the frame
without a step. Deep inside the trunk, where that says nothing, the network's guess is taken. Skin has the
colour of the skin in view, carried inwards as a smooth membrane (push and pull over a pyramid, Gortler et al.
1996), and the network's light. The one is then laid over the other.
"""

import cv2
import numpy as np

from lookglass.box import Box, box_around, doubled
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.types import F32, U8, Backdrop, Layers, Person

_MARGIN_PX = 5
"""Side of the neighbourhood around the old clothes that their rim has spilled into, crop pixels."""
_NEAR_PX, _DEEP_PX = 14.0, 24.0
"""Crop pixels inside the edge up to which, and from which on, the frame and the network are believed."""
_ALIKE = 0.35
"""Largest difference, in the logarithm of red over blue, between skin in view and the face."""
_CUFF = 9
"""Side of the neighbourhood of old clothes, cells, in whose shadow skin is darker than it is."""
_LIGHT = (0.7, 1.4)
_STRANGE, _SURE = 0.25, 0.5
"""What is no wall, and what is the person, in the alphas and in the mask."""
_RIM_PX = 21
"""Twice the width of the rim, along the body's outline, that does not go on under the old clothes."""
_ROUGH_PX, _GRAIN = 4.0, 0.8
"""Crop pixels inside the edge at which what is mirrored, but a guess, begins to give way to its mean, and the
share of its finest detail that stays."""
_SHARPER, _STEPS = 6.0, 1.0
"""Slope of the edge between skin and what is behind it, which the network draws two cells soft, and standard
deviation, in cells, of the blur that takes the cells' steps out of it."""


def repaint(layers: Layers, person: Person, backdrop: Backdrop | None = None) -> F32:
    """Paint the skin, and what is behind it, that the old clothes hide.

    Args:
        layers: what the network returned; the frame is trusted where `painted_alpha` is 0.
        person: whose crop the layers span.
        backdrop: what is known to be behind the person.

    Returns:
        (3, 256, 192) float32 RGB in [0, 1].
    """
    window = np.ascontiguousarray(model_columns(person.picture)[..., ::-1], np.uint8)
    mask = np.asarray(model_columns(person.mask), np.float32)
    cells = box_around(layers.painted_alpha > _STRANGE, round(_DEEP_PX / 2))
    at = doubled(cells)
    if window[at].size == 0:
        return np.zeros((3, MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    behind = _behind(cells, layers, window, mask, backdrop)
    skin = _enlarge(_skin(layers, window, person.tone)[cells])
    smooth = cv2.GaussianBlur(layers.bare, (5, 5), _STEPS)[cells]
    smooth = cv2.resize(smooth, skin.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    bare = np.clip((smooth - 0.5) * np.float32(_SHARPER) + np.float32(0.5), 0, 1)
    painted = np.zeros((MODEL_HEIGHT, MODEL_WIDTH, 3), np.float32)
    skin -= behind
    skin *= bare[..., None]
    np.add(behind, skin, out=painted[at])
    return np.asarray(painted.transpose(2, 0, 1), np.float32)


def _behind(cells: Box, layers: Layers, window: U8, mask: F32, backdrop: Backdrop | None) -> F32:
    """(h, w, 3) of a place in the window: its pixels, mirrored inwards; deep inside, the network's guess."""
    at = doubled(cells)
    unknown = (np.maximum(layers.painted_alpha[cells], layers.bare[cells]) > _STRANGE).astype(np.uint8)
    strange = unknown.repeat(2, axis=0).repeat(2, axis=1)
    strange = np.asarray(cv2.dilate(strange, np.ones((_MARGIN_PX, _MARGIN_PX), np.uint8)), np.uint8)
    # Beside the hips it is the wall that goes on: the old clothes hung wider than the body.
    body = (mask > _SURE).astype(np.uint8)
    strange |= (body - np.asarray(cv2.erode(body, np.ones((_RIM_PX, _RIM_PX), np.uint8)), np.uint8))[at]
    guess = _enlarge(_rows(layers.behind[:, cells[0], cells[1]]))
    if strange.all():
        return guess
    depth, x, y = _mirror(strange)
    seen = cv2.remap(np.ascontiguousarray(window[at]), x, y, cv2.INTER_LINEAR)
    rough = np.asarray(np.clip(1.5 - depth / (2 * _ROUGH_PX), 0, 1), np.float32)
    # Its grain goes on all the same: a smooth patch beside gravel is a ghost.
    grain = cv2.addWeighted(seen, _GRAIN, cv2.blur(seen, (5, 5)), -_GRAIN, 0, dtype=cv2.CV_16S)
    calm = cv2.add(cv2.blur(seen, (9, 9)), grain, dtype=cv2.CV_8U)
    seen = cv2.blendLinear(seen, calm, rough, 1 - rough)
    if backdrop is not None:  # A wall that was seen before is better than its mirror image; trousers are not.
        wall = 1 - cv2.remap(mask[at], x, y, cv2.INTER_LINEAR)
        share = wall * backdrop.known[at]
        plate = np.ascontiguousarray(backdrop.picture[at][..., ::-1])
        seen = cv2.blendLinear(plate, seen, share, 1 - share)
    inner = np.clip((depth - _NEAR_PX) / (_DEEP_PX - _NEAR_PX), 0, 1)[..., None]
    behind = seen * np.float32(1 / 255)
    guess -= behind
    guess *= inner
    return np.asarray(np.add(behind, guess, out=guess), np.float32)


def _mirror(mask: U8) -> tuple[F32, F32, F32]:
    """Depth inside the mask, and x and y of the point as far outside its nearest edge, (h, w) pixels each.

    Where that point lies in the mask again, or beyond the picture, it is the edge itself.
    """
    depth, label = cv2.distanceTransformWithLabels(
        mask, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    # Pixels outside are labelled from 1 in the order in which they are found here.
    outside = np.asarray(cv2.findNonZero(1 - mask), np.float32).reshape(-1, 2)
    edge_x, edge_y = (axis[label - 1] for axis in np.ascontiguousarray(outside.T))
    height, width = mask.shape
    x = 2 * edge_x - np.arange(width, dtype=np.float32)
    y = 2 * edge_y - np.arange(height, dtype=np.float32)[:, None]
    lost = cv2.remap(mask, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=1) > 0
    np.copyto(x, edge_x, where=lost)
    np.copyto(y, edge_y, where=lost)
    return np.asarray(depth, np.float32), x, y


def _skin(layers: Layers, window: U8, tone: F32) -> F32:
    """(h, w, 3) skin of the colour that the skin in view has, shaded by the network."""
    rows, columns = layers.bare.shape
    size = (columns // 2, rows // 2)  # Colours are smooth.
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    paint = cv2.cvtColor(_rows(layers.skin), cv2.COLOR_RGB2GRAY)
    hidden = cv2.dilate(layers.painted_alpha, np.ones((_CUFF, _CUFF), np.uint8))
    free = np.clip(1 - 3 * hidden, 0, 1) * np.clip(2 * layers.bare - 1, 0, 1) ** 2
    guess = cv2.resize(paint, size, interpolation=cv2.INTER_AREA)
    # What the network takes for skin but has not its hue is none: a grey cuff that leaves the picture.
    redness = np.log((shown[..., 0] + 0.02) / (shown[..., 2] + 0.02))
    alike = np.abs(redness - np.log((tone[0] + 0.02) / (tone[2] + 0.02))) < _ALIKE
    # Squared, for cells at the edge of a hand have the colour of what is beside it, too.
    known = cv2.resize(free, size, interpolation=cv2.INTER_AREA) ** 2 * alike
    known = np.asarray(known, np.float32)[..., None]
    prior = np.append(tone, guess.mean())
    near = _fill(np.dstack([shown, guess]) * known, known, prior)
    near = np.asarray(cv2.resize(near, (columns, rows), interpolation=cv2.INTER_LINEAR), np.float32)
    # As much lighter or darker as the network says, but for some of the contrast: it still sees old folds.
    light = np.sqrt((paint + np.float32(0.05)) / (near[..., 3] + np.float32(0.05)))
    light = np.clip(light * np.sqrt(light), *_LIGHT)
    return np.asarray(np.clip(near[..., :3] * light[..., None], 0, 1), np.float32)


def _rows(layer: F32) -> F32:
    return np.ascontiguousarray(layer.transpose(1, 2, 0))


def _enlarge(layer: F32) -> F32:
    """Twice as fine."""
    height, width = layer.shape[:2]
    return np.asarray(cv2.resize(layer, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR), np.float32)


def _fill(weighted: F32, weight: F32, prior: F32) -> F32:
    """Continue values (h, w, c), given times their weight (h, w, 1), smoothly; a prior (c,) where none is."""
    height, width, channels = weighted.shape
    if min(height, width) < 2:
        return np.asarray((weighted + 1e-6 * prior) / (weight + 1e-6), np.float32)
    means = cv2.resize(np.dstack([weighted, weight]), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    # One known pixel of the four is enough, so that what is known counts however far it must reach.
    full = np.asarray(np.minimum(4 * means[..., channels:], 1), np.float32)
    share = full / np.maximum(means[..., channels:], np.float32(1e-6))
    coarse = np.asarray(means[..., :channels] * share, np.float32)
    around = cv2.resize(_fill(coarse, full, prior), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(weighted + (1 - weight) * around, np.float32)
