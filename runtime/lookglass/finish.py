"""What the frame and the photo know better than the network: the layers' last step before they are drawn."""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.box import box_around, doubled
from lookglass.cuffs import carry_on
from lookglass.edges import snap_to_edges
from lookglass.lining import Lining, open_neck
from lookglass.person.crop import model_columns
from lookglass.repaint import repaint
from lookglass.shadow import albedo_of, shade
from lookglass.types import F32, Backdrop, FinishedLayers, Garment, Layers, Person
from lookglass.worn import Worn, worn
from lookglass.wrists import join_hands

PAINTED_RAMP = (0.35, 0.85)
"""Where the painted layer's alpha rises from 0 to 1 when it is drawn."""
_REACH_PX = 8.0
"""Frame pixels that paint may lie outside person and garment, the reach of interpolation included."""
_SURE = 0.9
_FADE_PX = 11
"""Twice the width, in crop pixels, over which painted skin fades out."""
_SURER = 2.0
_UNSEEN_LOSS = 0.03
"""Share of light that nobody misses; pixels that lose less stay the camera's."""


def finish(
    layers: Layers, person: Person, garment: Garment, backdrop: Backdrop | None = None
) -> FinishedLayers:
    """Cut parts to their own photo, snap alphas to the frame's edges, repaint, and let shadows fall.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        garment: whose photo the flow points into.
        backdrop: what is known to be behind the person.

    Returns:
        Layers whose alphas and paint are on the crop's own grid, 256x192.
    """
    layers = _nothing_old_in_front(layers)
    fitted, lining = worn(layers, garment), None
    if garment.category != "lower":
        layers, fitted, lining = _fit_arms_and_neck(layers, fitted, person, garment)
    layers = replace(layers, coverage=fitted.coverage)
    snapped = snap_to_edges(layers, person.picture)
    mask = np.ascontiguousarray(model_columns(person.mask), np.float32)
    reach = max(round(_REACH_PX * person.crop.scale - 1), 0)
    near = _near(mask, layers.painted_alpha, fitted.seen.max(0), reach)
    albedo = albedo_of(garment.texture)
    gain, loss = shade(fitted.seen, layers.flow, layers.occluder, mask, albedo=albedo)
    light = cv2.resize(layers.shading.transpose(1, 2, 0), gain.shape[::-1], interpolation=cv2.INTER_LINEAR)
    old = _into_skin(snapped.painted_alpha * near, layers.bare)
    painted, alpha = _darken(*_lined(repaint(layers, person, backdrop), old, lining), loss)
    return FinishedLayers(
        flow=layers.flow,
        coverage=snapped.coverage,
        occluder=snapped.occluder,
        shading=np.asarray((light * gain[..., None]).transpose(2, 0, 1), np.float32),
        painted=painted,
        painted_alpha=alpha,
    )


def _fit_arms_and_neck(
    layers: Layers, fitted: Worn, person: Person, garment: Garment
) -> tuple[Layers, Worn, Lining | None]:
    """What is particular to garments that have a neck and sleeves."""
    layers, fitted = carry_on(layers, fitted, person, garment)
    layers = replace(layers, bare=join_hands(layers, person))
    bare, lining = open_neck(layers, fitted, garment)
    return _no_slits(replace(layers, bare=bare), fitted.seen), fitted, lining


def _nothing_old_in_front(layers: Layers) -> Layers:
    """Take the old clothes out of the occluders: a dark lapel looks like hair, but lies under what is new.

    Arms in old sleeves do stand in front of the torso; they are no occluder of the sleeves and stay.
    """
    torso, sleeves = layers.occluder
    # Hair and hands that are surer to be in front than to be old stay as they are.
    old = layers.painted_alpha * (1 - np.clip(_SURER * (sleeves - layers.painted_alpha), 0, 1))
    loose = np.minimum(sleeves, 1 - old)
    occluder = np.stack([np.clip(torso - (sleeves - loose), 0, 1), loose])
    return replace(layers, occluder=occluder, painted_alpha=old)


def _no_slits(layers: Layers, seen: F32) -> Layers:
    """An arm hides the torso where it is bare, but not where it wears a new sleeve or at the side of one.

    A slit would show it; and what is neither bare nor dressed is no arm without its old sleeve.
    """
    torso, sleeves = layers.occluder
    dressed = cv2.dilate(np.maximum(seen[1], seen[2]), np.ones((1, 5), np.uint8))
    hiding = np.minimum(1 - dressed, np.clip(2 * layers.bare - 0.5, 0, 1))
    arms = np.clip(torso - sleeves, 0, 1)
    return replace(layers, occluder=np.stack([torso - arms * (1 - hiding), sleeves]))


def _near(mask: F32, old: F32, new: F32, reach: int) -> F32:
    """(256, 192) 1 on the person and the new garment and up to `reach` pixels beyond, soft at its edge.

    Old clothes that the network is sure of are the person, too: the mask misses arms that leave the frame.
    """
    sure = cv2.erode((old > _SURE).astype(np.float32), np.ones((7, 7), np.uint8))
    clothes = cv2.resize(np.maximum(sure, new), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
    here = np.maximum(mask, clothes)
    grown = cv2.dilate(here, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1)))
    return np.asarray(np.clip((grown - 0.5) * 5, 0, 1), np.float32)


def _into_skin(alpha: F32, bare: F32) -> F32:
    """Let painted skin fade out over the skin in view: hands and necks meet it without a seam."""
    low, high = PAINTED_RAMP
    skin = np.clip(2 * cv2.resize(bare, alpha.shape[::-1], interpolation=cv2.INTER_LINEAR) - 1, 0, 1)
    drawn = cv2.blur(np.clip((alpha - low) / (high - low), 0, 1), (_FADE_PX, _FADE_PX))
    fading = np.clip(2 * drawn - _UNSEEN_LOSS, 0, 1) * skin
    return np.asarray(np.maximum(alpha, np.where(fading > 0, low + (high - low) * fading, 0)), np.float32)


def _lined(painted: F32, alpha: F32, lining: Lining | None) -> tuple[F32, F32]:
    """Lay the inside of the collar over the paint, and draw it over the wall, too."""
    if lining is None:
        return painted, alpha
    low, high = PAINTED_RAMP
    rows, columns = doubled(lining.at)
    part, drawn = painted[:, rows, columns], alpha[rows, columns]
    share, colour = (cv2.resize(a, drawn.shape[::-1]) for a in (lining.alpha, lining.colour))
    part += (colour.transpose(2, 0, 1) - part) * share
    np.maximum(drawn, np.where(share > 0, low + (high - low) * share, 0), out=drawn)
    return painted, alpha


def _darken(painted: F32, alpha: F32, loss: F32) -> tuple[F32, F32]:
    """Lay the paint and a shadow over the frame as one layer: what lets less light through, darker.

    The alpha is still to go through `PAINTED_RAMP`, which cuts what interpolation smears.
    """
    low, high = PAINTED_RAMP
    cells = box_around(loss > _UNSEEN_LOSS, 1)
    at = doubled(cells)
    part, drawn = painted[:, at[0], at[1]], alpha[at]
    if drawn.size == 0:
        return painted, alpha
    fine = np.asarray(cv2.resize(loss[cells], drawn.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
    left = np.minimum(1 + np.float32(_UNSEEN_LOSS) - fine, 1)
    paint = np.clip((drawn - low) / (high - low), 0, 1)
    total = 1 - (1 - paint) * left
    part *= np.divide(paint * left, total, out=np.ones_like(total), where=total > 0)
    np.maximum(drawn, np.where(left < 1, low + (high - low) * total, 0), out=drawn)
    return painted, alpha
