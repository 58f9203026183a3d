"""Scenes as the runtime meets them: camera frames with a person in them, garments, and the right answers."""

import json
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lookglass.garment.parts import encoder_pixels, hide_inner_collar, parse, without_tail
from lookglass.person.crop import CROP_SIZE, crop_matrix, cut, model_columns, person_crop
from lookglass.person.graph import Graph
from lookglass.person.mask import PersonMask
from lookglass.types import U8, Crop, Garment, Person
from lookglass_export.evaluation.metrics import Array, Mask
from lookglass_export.training.scenes import (
    HALF,
    Scene,
    coverage_targets,
    flow_targets,
    inside,
    open_product,
    open_view,
    warp,
)

HAIR, INNER_LAYER = 1, 12
"""Parse labels."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An ordered pair: the person of a scene wears one of its garments and is to wear another."""

    scene: Scene
    worn: int
    wanted: int


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame of a scene as a camera took it.

    Attributes:
        image: (H, W, 3) uint8 BGR, the valid part of the window.
        person: who stands in it.
    """

    image: U8
    person: Person


def open_shot(scene: Scene, frame: int, person_mask: PersonMask) -> Shot:
    """What the tracker would hand on; its landmarks were found when the scene was rendered."""
    image = window_image(scene, frame)
    landmarks = scene["landmarks"][frame].astype(np.float32)
    landmarks[:, :2] -= scene["valid"][:2]
    crop = person_crop(landmarks, scene.category)
    if scene.category == "lower":
        picture, mask = cut(image, crop), _stored_mask(scene, frame, crop)
    else:
        picture, mask = person_mask.look(image, crop, scene.category)
    tone, presence = scene["tone"][frame].astype(np.float32), float(scene["presence"][frame])
    return Shot(image, Person(landmarks, crop, picture, mask, tone, presence, scene.category))


def _stored_mask(scene: Scene, frame: int, crop: Crop) -> Array:
    """(256, 256) in a crop, found when the scene was rendered: the window does not show the whole person."""
    x0, y0 = scene["valid"][:2]
    matrix = crop_matrix(crop).astype(np.float64)
    matrix[:, 2] += matrix[:, :2] @ [0.5 - x0, 0.5 - y0]
    matrix[:, :2] *= 2
    return (
        warp(scene["masks"][frame], matrix, (CROP_SIZE, CROP_SIZE), replicate=True).astype(np.float32) / 255
    )


def window_image(scene: Scene, frame: int) -> U8:
    """(H, W, 3) uint8 BGR: a frame without the padding around it."""
    x0, y0, x1, y1 = scene["valid"]
    return np.ascontiguousarray(scene["frames"][frame][y0:y1, x0:x1, ::-1])


def open_garment(scene: Scene, garment: int, parser: Graph) -> Garment:
    """A product photo taken in by the runtime's own steps; it comes cut out and in the garment frame."""
    opaque = cv2.cvtColor(scene["products"][garment], cv2.COLOR_RGBA2BGRA)
    opaque, labels = without_tail(opaque, parse(opaque, parser=parser))
    return Garment(
        name=f"{scene.path.stem}/{garment}",
        category=scene.category,
        texture=hide_inner_collar(opaque, labels),
        parts=labels.argmax(0).astype(np.uint8),
        pixels=encoder_pixels(opaque, labels),
    )


def to_grid(image: np.ndarray, crop: Crop) -> np.ndarray:
    """Bring a frame-sized (H, W) or (H, W, 3) uint8 array to the 128x96 grid of the network's window."""
    return cv2.resize(model_columns(cut(image, crop)), HALF, interpolation=cv2.INTER_AREA)


@dataclass(frozen=True, slots=True)
class Truth:
    """The right answers for garment B on the person in frame A, on the 128x96 grid of A's crop.

    Attributes:
        flow: (3, 2, 128, 96) float32.
        part: (128, 96), 1 + index of the part of B that is visible, 0 where none is.
        shell: (3, 128, 96) bool, where the uncut part would be if nothing stood in front.
        coverage: (3, 128, 96) float32.
        alpha: (128, 96) float32, visible B.
        garments: (128, 96) bool, old or new clothes; not what B is worn over, which no input shows.
        occluder: (2, 128, 96) bool.
        inside: (128, 96) bool, where the crop shows the camera's frame.
    """

    flow: Array
    part: np.ndarray
    shell: Mask
    coverage: Array
    alpha: Array
    garments: Mask
    occluder: Mask
    inside: Mask


def open_truth(pair: Pair, variant: str = "") -> Truth:
    """Read the answers for one ordered pair; with `VARIANT` the garment is worn as the scene's words say."""
    scene, worn, wanted = pair.scene, pair.worn, pair.wanted
    view = open_view(scene, worn)
    flow, weight = flow_targets(scene, view, wanted, open_product(scene, wanted, mirrored=False), variant)
    shown = inside(scene, view) > 0
    visible = (weight == 1) & shown
    *coverage, alpha = coverage_targets(scene, view, wanted, variant)
    before, after = (scene.old_clothes(worn).astype(np.uint8), scene["parse"][wanted])
    before, after = (warp(grid, view.half, HALF, nearest=True) for grid in (before, after))
    clothes = (before > 0) | (alpha > 0.5)
    occluder = warp(scene["occluder"][worn].transpose(1, 2, 0), view.half, HALF).transpose(2, 0, 1) > 127
    return Truth(
        flow=flow,
        part=np.where(visible.any(0), visible.argmax(0) + 1, 0),
        shell=(weight >= 0.5) & shown,
        coverage=np.stack(coverage),
        alpha=alpha,
        garments=clothes & (after != INNER_LAYER) & shown,
        occluder=occluder,
        inside=shown,
    )


def touched(pair: Pair) -> Mask:
    """(H, W) bool in the frame: pixels that old or new clothes touch, all that may be drawn."""
    scene, either = pair.scene, [pair.worn, pair.wanted]
    half = scene.old_clothes(pair.worn) | (scene["alpha"][either] > 0).any(0)
    x0, y0, x1, y1 = scene["valid"]
    return np.kron(half, np.ones((2, 2), bool))[y0:y1, x0:x1]


def factors(pair: Pair) -> dict[str, Any]:
    """What makes a pair easy or hard: factor -> value."""
    scene, worn = pair.scene, pair.worn
    given = json.loads(str(scene["factors"]))
    hair = (scene["parse"][worn] == HAIR) & (scene["flow_valid"][worn, 0] >= 2)
    return {
        "pose": given["pose"],
        "framing": given["framing"],
        "worn": given["garments"][worn]["kind"],
        "wanted": given["garments"][pair.wanted]["kind"],
        "hair_in_front": bool(hair.sum() > 20),
        "tone": given["tone"],
    }
