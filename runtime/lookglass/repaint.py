"""The person without the old clothes, painted so that it meets the frame.

What is behind the old clothes goes on as it is beside them: a pixel takes the colour that lies as far outside
the nearest edge as it lies inside, so walls, gravel and trousers keep their texture and meet the frame
without a step. Deep inside the trunk, where that says nothing, the network's guess is taken. Skin is the
network's in the tone and light of the skin in view: their quotient is carried inwards as a smooth membrane
(push and pull over a pyramid, Gortler et al. 1996). The one is then laid over the other.
"""

import cv2
import numpy as np

from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.types import F32, U8, Backdrop, Layers, Person

_SIZE = (MODEL_WIDTH, MODEL_HEIGHT)
_MARGIN_PX = 5
"""Side of the neighbourhood around the old clothes that their rim has spilled into, crop pixels."""
_NEAR_PX, _DEEP_PX = 14.0, 24.0
"""Crop pixels inside the edge up to which, and from which on, the frame and the network are believed."""
_ALIKE = 0.35
"""Largest difference, in the logarithm of red over blue, between skin in view and the face."""
_STRANGE, _SURE = 0.25, 0.5
"""What is no wall, and what is the person, in the alphas and in the mask."""
_RIM_PX = 21
"""Twice the width of the rim, along the body's outline, that does not go on under the old clothes."""
_ROUGH_PX = 4.0
"""Crop pixels inside the edge at which texture begins to give way to its mean: it is but a guess."""
_SHARPER = 8.0
"""Slope of the edge between skin and what is behind it, which the network draws two cells soft."""


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
    behind = _behind(layers, window, np.asarray(model_columns(person.mask), np.float32), backdrop)
    skin = _enlarge(_skin(layers, window, person.tone))
    bare = np.clip((_enlarge(layers.bare) - 0.5) * np.float32(_SHARPER) + np.float32(0.5), 0, 1)[..., None]
    return np.asarray((behind + (skin - behind) * bare).transpose(2, 0, 1), np.float32)


def _behind(layers: Layers, window: U8, mask: F32, backdrop: Backdrop | None) -> F32:
    """(256, 192, 3) the frame's own pixels, mirrored inwards; deep inside, the network's guess."""
    unknown = (np.maximum(layers.painted_alpha, layers.bare) > _STRANGE).astype(np.uint8)
    enlarged = cv2.resize(unknown, _SIZE, interpolation=cv2.INTER_NEAREST)
    strange = np.asarray(cv2.dilate(enlarged, np.ones((_MARGIN_PX, _MARGIN_PX), np.uint8)), np.uint8)
    # Beside the hips it is the wall that goes on: the old clothes hung wider than the body.
    body = (mask > _SURE).astype(np.uint8)
    strange |= body - np.asarray(cv2.erode(body, np.ones((_RIM_PX, _RIM_PX), np.uint8)), np.uint8)
    guess = _enlarge(_rows(layers.behind))
    if strange.all():
        return guess
    at = _around(strange)
    depth, x, y = _mirror(strange[at])
    seen = cv2.remap(window[at], x, y, cv2.INTER_LINEAR)
    rough = np.asarray(np.clip(1.5 - depth / (2 * _ROUGH_PX), 0, 1), np.float32)
    seen = cv2.blendLinear(seen, cv2.blur(seen, (9, 9)), rough, 1 - rough)
    if backdrop is not None:  # A wall that was seen before is better than its mirror image; trousers are not.
        wall = 1 - cv2.remap(mask[at], x, y, cv2.INTER_LINEAR)
        share = wall * backdrop.known[at]
        plate = np.ascontiguousarray(backdrop.picture[at][..., ::-1])
        seen = cv2.blendLinear(plate, seen, share, 1 - share)
    inner = np.clip((depth - _NEAR_PX) / (_DEEP_PX - _NEAR_PX), 0, 1)[..., None]
    behind = seen * np.float32(1 / 255)
    guess[at] = behind + (guess[at] - behind) * inner
    return guess


def _around(mask: U8) -> tuple[slice, slice]:
    """Rows and columns of the mask's bounding box, grown by what is mirrored into it."""
    left, top, width, height = cv2.boundingRect(mask)
    grow = round(_DEEP_PX)
    rows = slice(max(top - grow, 0), top + height + grow)
    return rows, slice(max(left - grow, 0), left + width + grow)


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
    """(h, w, 3) the network's skin in the tone and light that the skin in view has."""
    rows, columns = layers.bare.shape
    size = (columns // 2, rows // 2)  # Gains are smooth.
    shown = cv2.resize(window, size, interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    paint = _rows(layers.skin)
    hidden = cv2.dilate(layers.painted_alpha, np.ones((5, 5), np.uint8))
    free = np.clip(1 - 3 * hidden, 0, 1) * np.clip(2 * layers.bare - 1, 0, 1) ** 2
    guess = cv2.resize(paint, size, interpolation=cv2.INTER_AREA)
    # What the network takes for skin but has not its hue is none: a grey cuff that leaves the picture.
    redness = np.log((shown[..., 0] + 0.02) / (shown[..., 2] + 0.02))
    alike = np.abs(redness - np.log((tone[0] + 0.02) / (tone[2] + 0.02))) < _ALIKE
    known = np.asarray(cv2.resize(free, size, interpolation=cv2.INTER_AREA) * alike, np.float32)[..., None]
    gain = np.asarray(np.clip((shown + 0.02) / (guess + 0.02), 0.5, 1.6), np.float32)
    even = cv2.resize(_fill(gain * known, known), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(paint * even, 0, 1), np.float32)


def _rows(layer: F32) -> F32:
    return np.ascontiguousarray(layer.transpose(1, 2, 0))


def _enlarge(layer: F32) -> F32:
    return np.asarray(cv2.resize(layer, _SIZE, interpolation=cv2.INTER_LINEAR), np.float32)


def _fill(weighted: F32, weight: F32) -> F32:
    """Continue gains (h, w, 3), given times their weight (h, w, 1), smoothly; 1 where none is known."""
    height, width = weight.shape[:2]
    if min(height, width) < 2:
        return np.asarray((weighted + 1e-3) / (weight + 1e-3), np.float32)
    means = cv2.resize(np.dstack([weighted, weight]), (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    # One known pixel of the four is enough, so that what is known counts however far it must reach.
    full = np.asarray(np.minimum(4 * means[..., 3:], 1), np.float32)
    coarse = np.asarray(means[..., :3] * (full / np.maximum(means[..., 3:], np.float32(1e-6))), np.float32)
    around = cv2.resize(_fill(coarse, full), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(weighted + (1 - weight) * around, np.float32)
