"""Cutting a garment out of its photo: the ground is flooded from the border, its shadows after it.

Colour alone cannot do it: a grey sweatshirt and its shadow on white share their colours, and so do a white
T-shirt and its ground. What tells them apart is that a shadow is smooth and grows out of the ground, while
cloth begins with an edge.
"""

import cv2
import numpy as np

from lookglass.garment.contour import edge_colours, follow_edges, straighten
from lookglass.garment.ground import Contrast, Mask, contrast, soften_chroma
from lookglass.types import F32, U8

WORK_SIDE = 1024
"""Longer side of the copy that is cut out; all radii below are in its pixels."""

# Product photos measured 0.93 and more; a street 0.08; a garment may reach two of the borders.
_MIN_PLAINNESS = 0.4
_SMALL = 0.1
_BAND = 12
_SHADOW_REACH = 70
_SHADE_WIDTH = 12


def cut_out(photo: U8) -> F32:
    """Find the garment on a plain ground.

    Args:
        photo: (H, W, 3) uint8 BGR, any size.

    Returns:
        (h, w) float32 in [0, 1] at most `WORK_SIDE` large, the garment with a contour smooth to a pixel or
        two of that copy; all zero where nothing stands out, or the ground is not plain.

    Example:
        >>> photo = np.full((200, 200, 3), 240, np.uint8)
        >>> photo[50:150, 60:140] = (160, 60, 40)
        >>> mask = cut_out(photo)
        >>> bool(mask[512, 512] == 1), bool(mask[100, 100] == 0)
        (True, True)
    """
    work = work_copy(photo)
    look = contrast(work)
    if look.plainness < _MIN_PLAINNESS:
        return np.zeros(work.shape[:2], np.float32)
    mask = _segment(work, look, strict=False)
    if mask.mean() < _SMALL:
        mask = max(_segment(work, look, strict=True), mask, key=np.mean)
    if not mask.any():
        return mask
    # Beside a shadow colours mislead, but the cloth's edge is sharp and the shadow is not.
    shaded = cv2.GaussianBlur(((look.light < 0.93) & (mask == 0)).astype(np.float32), (0, 0), 3.0)
    straight = straighten(mask, _trusted_colours(work), np.minimum(shaded * 4, 1))
    beside = cv2.dilate(shaded, _disc(_SHADE_WIDTH))
    return follow_edges(straight, edge_colours(work), 1 - np.minimum(beside * 4, 1))


def _segment(work: U8, look: Contrast, *, strict: bool) -> F32:
    """The garment; strictly, where it could be a faint shade of the ground."""
    ground = _pockets(look, _shadows(look, _flood(look, strict=strict)))
    return _largest(_watershed(work, look, ground)).astype(np.float32)


def work_copy(photo: U8) -> U8:
    """A copy whose longer side is `WORK_SIDE`, averaged down or smoothly enlarged."""
    scale = WORK_SIDE / max(photo.shape[:2])
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    size = (max(1, round(photo.shape[1] * scale)), max(1, round(photo.shape[0] * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=flags), np.uint8)


def _flood(look: Contrast, *, strict: bool, gap: int = 5) -> Mask:
    """The bare ground that is connected to the border through passages wider than a gap in a contour."""
    barrier = _drop_specks(look.foreign(strict=strict))
    open_ = _distance_to(barrier) > gap
    labels = cv2.connectedComponents(open_.astype(np.uint8), connectivity=4)[1]
    bare = labels * (look.light > 0.9)  # A dark garment may reach the border, too.
    rim = np.concatenate([bare[0], bare[-1], bare[:, 0], bare[:, -1]])
    reached = np.isin(labels, rim[rim > 0])
    return np.asarray(cv2.dilate(reached.astype(np.uint8), _disc(gap)).astype(np.bool_) & ~barrier)


def _shadows(look: Contrast, ground: Mask) -> Mask:
    """Extend the ground into the shadows that grow out of it."""
    distance = _distance_to(ground)
    deep = (look.light < 0.95) & (distance < _SHADOW_REACH)
    passable = look.shadow & (deep | (distance < 8))
    barrier = cv2.morphologyEx((~passable).astype(np.uint8), cv2.MORPH_CLOSE, _disc(2)).astype(np.bool_)
    labels = cv2.connectedComponents((ground | ~_drop_specks(barrier)).astype(np.uint8), connectivity=4)[1]
    reached = np.isin(labels, np.unique(labels[ground])) & (distance < _SHADOW_REACH)
    return cv2.morphologyEx(reached.astype(np.uint8), cv2.MORPH_CLOSE, _disc(3)).astype(np.bool_)


def _pockets(look: Contrast, ground: Mask) -> Mask:
    """Add the pieces of ground that garment or shadow cut off: between sleeve and body, between legs.

    A pocket touches the ground or its shadow, or is an upright gap as an arm leaves it; so that neither a
    print nor a white stripe becomes a hole.
    """
    bare = _alike(look, ground) & ~ground
    inner = cv2.morphologyEx(bare.astype(np.uint8), cv2.MORPH_OPEN, _disc(2))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=4)
    near = np.zeros(count, np.bool_)
    near[np.unique(labels[_distance_to(ground) < 6])] = True
    area, width, height = (stats[:, k] for k in (cv2.CC_STAT_AREA, cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT))
    gap = (area > 300) & (height > 1.5 * width)
    pocket = (near & (area < 0.01 * labels.size)) | gap
    pocket[0] = False
    whole = cv2.dilate(pocket[labels].astype(np.uint8), _disc(6)).astype(np.bool_) & bare
    return _shadows(look, ground | whole) if pocket.any() else ground


def _alike(look: Contrast, ground: Mask) -> Mask:
    """True where a pixel is far nearer to the ground, bare or shaded, than the garment is as a whole.

    Nowhere if the garment itself, grey or white, could be such ground.
    """
    garment = look.distance[~ground]
    typical = float(np.median(garment)) if garment.size else 0.0
    return np.asarray((look.distance < min(0.2 * typical, 20)) & (typical > 25))


def _watershed(work: U8, look: Contrast, ground: Mask) -> Mask:
    """Put the contour on the strongest edge within a band around the flooded ground."""
    clear = (look.colour > 25) | (look.light < 0.3)
    core = cv2.erode(clear.astype(np.uint8), _disc(2)).astype(np.bool_)
    deep = (_distance_to(ground) > _BAND) & ~_alike(look, ground)
    markers = np.zeros(ground.shape, np.int32)
    markers[core | deep] = 2
    markers[ground] = 1
    faint = float(core.mean()) < 0.5 * float((markers == 2).mean())
    picture = soften_chroma(work) if faint else cv2.GaussianBlur(work, (0, 0), 1.0)
    return np.asarray(cv2.watershed(np.clip(picture, 0, 255).astype(np.uint8), markers) == 2)


def _trusted_colours(work: U8) -> F32:
    """Full brightness and a quarter of the colour: JPEG's colour blocks would make a faint contour wavy."""
    picture = soften_chroma(work)
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None]
    return np.asarray(grey + (picture - grey) * np.float32(0.25), np.float32)


def _largest(mask: Mask) -> Mask:
    """The largest connected piece, if any."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return mask
    return np.asarray(labels == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax()))


def _drop_specks(mask: Mask, area: int = 60) -> Mask:
    labels, stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[1:3]
    return np.asarray((stats[labels, cv2.CC_STAT_AREA] > area) & mask)


def _distance_to(mask: Mask) -> F32:
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)


def _disc(radius: int) -> U8:
    size = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size), np.uint8)
