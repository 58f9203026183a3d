"""The order of the steps that fit the network's layers to the frame and the photo before they are drawn."""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.bare_legs import bare_legs
from lookglass.finish.bottom import reach_bottom
from lookglass.finish.collar import meet_neck
from lookglass.finish.crease import press_creases
from lookglass.finish.cuffs import meet_hands
from lookglass.finish.edges import snap_to_edges
from lookglass.finish.forearm import forearms
from lookglass.finish.hair import behind_shoulders, keep_hair
from lookglass.finish.half_seen import whole_arms
from lookglass.finish.hands import hands_in_view
from lookglass.finish.hips import let_out
from lookglass.finish.legs import let_down
from lookglass.finish.limbs import round_arms
from lookglass.finish.lining import Lining, lined, open_neck
from lookglass.finish.near_arm import fill_sleeve
from lookglass.finish.old import near_person, old_clothes
from lookglass.finish.old_hem import keep_trousers
from lookglass.finish.old_light import light_on_old
from lookglass.finish.open_front import over_old
from lookglass.finish.repaint import in_front, repaint
from lookglass.finish.rims import Rim, bare_hands, end_cuffs
from lookglass.finish.shadow import albedo_of, around_neck, shade, without_sleeves
from lookglass.finish.shoes import keep_shoes
from lookglass.finish.shoulders import bare_shoulders
from lookglass.finish.sleeve_hems import end_at_arms
from lookglass.finish.slits import close_at_arms, close_between_legs
from lookglass.finish.straight import hang_straight
from lookglass.finish.top_hem import cut_hem, under_top
from lookglass.finish.waist import hitch_up
from lookglass.finish.worn import Worn, worn
from lookglass.finish.wrists import join_hands
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.region import window_map
from lookglass.types import F32, Backdrop, FinishedLayers, Garment, Layers, Person

_AROUND = 5, 9
"""Height and width of the neighbourhood of a sleeve, in cells, in which an arm is in it."""
_HIPS = [23, 24]
_ACROSS_AND_DOWN = np.ones((1, 9), np.uint8), np.ones((25, 1), np.uint8)
"""Width and height of the largest hole in a top that is none, cells."""
_STEEP = 0.4
"""Scale times steepness of an outline that is a frame pixel wide where it is cut."""
_SURER = 2.0
_UNSEEN_LOSS = 0.03
"""Share of light that nobody misses; pixels that lose less stay the camera's."""


def finish(
    layers: Layers,
    person: Person,
    garment: Garment,
    backdrop: Backdrop | None = None,
    *,
    over: F32 | None = None,
) -> FinishedLayers:
    """Cut parts to their own photo, snap alphas to the frame's edges, repaint, and let shadows fall.

    Args:
        layers: what the network returned.
        person: whose crop they span.
        garment: whose photo the flow points into.
        backdrop: what is known to be behind the person.
        over: (256, 192) in [0, 1], where a new top lies over this garment.

    Returns:
        Layers whose alphas and paint are on the crop's own grid, 256x192.
    """
    mask = np.ascontiguousarray(model_columns(person.mask), np.float32)
    lower = garment.category == "lower"
    if not lower:  # What hangs over trousers is a top and no hair, however alike they are.
        layers = keep_hair(layers, person)
    hands = hands_in_view(layers, person, garment.category)
    if over is not None:
        layers = under_top(layers, over, hands)
    elif lower:
        layers = cut_hem(layers, person, hands)
    layers = _behind(hands, layers)
    layers = _nothing_old_in_front(replace(layers, painted_alpha=old_clothes(layers, person, mask)))
    kept = keep_shoes(layers, person) if lower else keep_trousers(layers, person, hands)
    layers = replace(layers, painted_alpha=kept)
    if garment.category != "upper":
        layers = bare_legs(layers, person)
    layers, fitted, lining, rims = (_fit_trousers if lower else _fit_top)(layers, person, garment)
    layers = replace(layers, coverage=fitted.coverage)
    snapped = snap_to_edges(layers, person.picture)
    near = near_person(person, mask, layers.painted_alpha, fitted.seen.max(0)) * (1 - hands)
    if over is not None:
        snapped = replace(snapped, occluder=np.maximum(snapped.occluder, over))
    if lower:
        # At a hand's edge the camera's pixels are better than the wall that would shine through.
        near *= 1 - np.clip(2 * snapped.occluder[1], 0, 1)
    body = mask if lower else without_sleeves(mask, layers, fitted.seen[0])
    gain, loss = shade(fitted.seen, layers.occluder, body, albedo=albedo_of(garment.texture))
    if not lower:
        loss = np.maximum(loss, around_neck(fitted.seen[0], fitted.opening) * body)
    gain *= light_on_old(layers, person)
    coverage = _crisp(snapped.coverage, person.crop.scale)
    front = snapped.occluder if lower else in_front(snapped.occluder, layers.bare)
    cloth = np.asarray(np.minimum(fitted.seen.sum(0), 1), np.float32)
    paint = lined(repaint(layers, person, snapped.painted_alpha * near, backdrop, cloth=cloth), lining)
    shadow = cv2.resize(np.maximum(loss - _UNSEEN_LOSS, 0), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
    shadow = np.asarray(shadow * near, np.float32)
    if not lower:
        end_at_arms(coverage, front)
    end_cuffs(rims, coverage, front, shadow)
    shading = _enlarged(layers.shading)
    shading *= _enlarged(gain[None])
    press_creases(shading, coverage, layers.flow, garment)
    return FinishedLayers(
        flow=layers.flow,
        coverage=coverage,
        occluder=front,
        shading=shading,
        repeat=_enlarged(paint.repeat / np.float32(person.crop.scale)),
        repeat_alpha=paint.repeat_alpha * near,
        painted=paint.painted,
        painted_alpha=paint.painted_alpha,
        skin=paint.skin,
        shadow=shadow,
    )


def _enlarged(layers: F32) -> F32:
    """(c, h, w) -> (c, 256, 192)."""
    enlarged = np.empty((len(layers), MODEL_HEIGHT, MODEL_WIDTH), np.float32)
    for layer, out in zip(layers, enlarged, strict=True):
        cv2.resize(layer, (MODEL_WIDTH, MODEL_HEIGHT), dst=out, interpolation=cv2.INTER_LINEAR)
    return enlarged


def _fit_trousers(layers: Layers, person: Person, garment: Garment) -> tuple[Layers, Worn, None, list[Rim]]:
    """What is particular to garments that hang from the waist."""
    layers = hitch_up(_whole_top(layers, person), garment)
    layers = let_down(let_out(layers, person, garment), garment)
    return *close_between_legs(layers, worn(layers, garment)), None, []


def _fit_top(
    layers: Layers, person: Person, garment: Garment
) -> tuple[Layers, Worn, Lining | None, list[Rim]]:
    """What is particular to garments that have a neck and sleeves."""
    arms = forearms(person, layers.bare.shape)
    layers = _sleeves_on_arms(reach_bottom(hang_straight(layers, person), person, garment))
    layers = whole_arms(layers, garment, arms)
    layers, rims = meet_hands(layers, garment, arms)
    layers, fitted = meet_neck(layers, worn(layers, garment))
    cloth = np.asarray(np.minimum(fitted.seen.sum(0), 1), np.float32)
    layers = replace(layers, bare=bare_shoulders(layers, person, cloth))
    layers = join_hands(fill_sleeve(layers, person, cloth), person, arms, cloth)
    layers = round_arms(layers, person, arms, cloth)
    layers = replace(layers, bare=bare_hands(rims, layers.bare))
    layers, fitted = close_at_arms(layers, fitted)
    layers = behind_shoulders(layers, fitted.seen[0], person)
    bare, lining = open_neck(layers, fitted, garment, person)
    layers = over_old(layers, fitted, garment)
    return _no_slits(replace(layers, bare=bare), fitted.seen), fitted, lining, rims


def _behind(hands: F32, layers: Layers) -> Layers:
    """Take hands, (256, 192), for occluders and not for old clothes."""
    found = np.asarray(cv2.resize(hands, layers.bare.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
    occluder = np.maximum(layers.occluder, found)
    return replace(layers, occluder=occluder, painted_alpha=layers.painted_alpha * (1 - found))


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


def _sleeves_on_arms(layers: Layers) -> Layers:
    """An arm that stands before the torso does so in its sleeve, which is as wide as what comes out of it."""
    arms = np.clip(layers.occluder[0] - layers.occluder[1], 0, 1)
    torso, *sleeves = layers.coverage
    arms = np.minimum(arms, torso)
    own = [np.minimum(arms, cv2.dilate(sleeve, np.ones(_AROUND, np.uint8))) for sleeve in sleeves]
    return replace(layers, coverage=np.stack([torso - np.maximum(*own), *map(np.maximum, sleeves, own)]))


def _whole_top(layers: Layers, person: Person) -> Layers:
    """Close the holes that the network sees in a top before trousers; below the hips hands may hang.

    A hole is closed across and up and down; the gap to a sleeve is open below, and that under a hem is, too.
    """
    scale, offset = window_map(person.crop, layers.bare.shape)
    hips = round(max(float((person.landmarks[_HIPS, 1] * scale[1] + offset[1]).mean()), 0))
    occluder = layers.occluder.copy()
    for front in occluder:
        across, down = (cv2.morphologyEx(front, cv2.MORPH_CLOSE, side) for side in _ACROSS_AND_DOWN)
        front[:hips] = np.minimum(across, down)[:hips]
    return replace(layers, occluder=occluder)


def _crisp(coverage: F32, scale: float) -> F32:
    """Make the whole garment's outline a frame pixel wide; how its parts share a place stays.

    Twice as steep as the network's at most: that shows the steps of its cells, so corners are rounded off.

    Args:
        coverage: (3, h, w) per part.
        scale: crop pixels a frame pixel.
    """
    slope = np.float32(np.clip(_STEEP / scale, 0.5, 2))
    total = np.maximum(coverage.sum(0), np.float32(1e-3))
    edge = np.float32(0.5) + slope * (total - np.float32(0.5))
    # However flat its outline is, a garment has an inside and an outside.
    steeper = np.minimum(np.maximum(edge, np.maximum(4 * total - 3, 0)), np.minimum(4 * total, 1)) / total
    return np.stack([np.asarray(cv2.blur(part, (3, 3)), np.float32) for part in coverage * steeper])


def _no_slits(layers: Layers, seen: F32) -> Layers:
    """An arm hides the torso where it is bare, but not where it wears a new sleeve or at the side of one.

    A slit would show it; and what is neither bare nor dressed is no arm without its old sleeve.
    """
    torso, sleeves = layers.occluder
    dressed = cv2.dilate(np.maximum(seen[1], seen[2]), np.ones((1, 9), np.uint8))
    hiding = np.minimum(1 - dressed, np.clip(2 * layers.bare - 0.5, 0, 1))
    arms = np.clip(torso - sleeves, 0, 1)
    return replace(layers, occluder=np.stack([torso - arms * (1 - hiding), sleeves]))
