"""The scores of one dressed person."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from lookglass.compose import draw, overlay
from lookglass.finish import finish
from lookglass.types import U8, Garment, Layers
from lookglass_export.evaluation.metrics import (
    Array,
    alpha_iou,
    changed,
    mean_over,
    near_boundary,
    ratio,
    sampling_error_px,
    seam,
    ssim_map,
)
from lookglass_export.evaluation.pairs import (
    Pair,
    Shot,
    Truth,
    open_truth,
    to_grid,
    touched,
    window_image,
)
from lookglass_export.training.scenes import HALF

SCORES = {
    "alpha_iou": "garment alpha IoU",
    "sampling_error_px": "sampling error, px of 128",
    "boundary_error_px": "... near part boundaries",
    "garment_ssim": "SSIM of the garment region",
    "crop_ssim": "SSIM of the crop",
    "drawn_ratio": "drawn area ratio",
    "occluder_accuracy": "occluder accuracy",
    "seam": "seam visibility, levels a pixel",
    "old_clothes": "left of the old clothes' difference",
}
BOUNDARY_PX = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What composition made of the layers.

    Attributes:
        picture: (H, W, 3) uint8 BGR, the frame with the garment in it.
        alpha: (128, 96) float32, the garment's composited alpha on the grid.
    """

    picture: U8
    alpha: Array


def dress(shot: Shot, garment: Garment, layers: Layers | None) -> Result:
    """Compose, and tell what was drawn; without layers the frame stays and no garment is drawn."""
    alpha = np.zeros(shot.image.shape[:2], np.uint8)
    if layers is None:
        return Result(shot.image, np.zeros(HALF[::-1], np.float32))
    finished = finish(layers, shot.person, garment)
    drawing = draw(alpha.shape, shot.person.crop, garment, finished)
    if drawing is not None:
        alpha[drawing.region.slices] = np.rint(drawing.garment_alpha * 255)
    return Result(overlay(shot.image, drawing), to_grid(alpha, shot.person.crop).astype(np.float32) / 255)


def judge(pair: Pair, shot: Shot, layers: Layers | None, result: Result) -> dict[str, float]:
    """The `SCORES` of one ordered pair but the last, which takes two; what cannot be told is NaN."""
    truth, crop = open_truth(pair), shot.person.crop
    target = window_image(pair.scene, pair.wanted)
    similarity = ssim_map(to_grid(result.picture, crop), to_grid(target, crop))
    drawn = changed(result.picture, shot.image).sum()
    # Doing nothing leaves the old garment where the new one should be.
    alpha = result.alpha if layers is not None else open_truth(replace(pair, wanted=pair.worn)).alpha
    return {
        "alpha_iou": alpha_iou(alpha, truth.alpha, truth.inside),
        **_geometry(layers, truth),
        "garment_ssim": mean_over(similarity, truth.garments),
        "crop_ssim": mean_over(similarity, truth.inside),
        "drawn_ratio": ratio(drawn, touched(pair).sum()),
        "seam": seam(result.picture, shot.image, target),
    }


def old_clothes_left(pair: Pair, result: Result, other: Result) -> float:
    """Fit is to be the new garment's: how far two results differ that should be one.

    Args:
        pair: who wears what and is to wear what.
        result: the pair's.
        other: the same person's in the same garment, over the third of the scene's garments.

    Returns:
        Mean difference of the two results over that of the two frames they were drawn over.
    """
    third = replace(pair, worn=3 - pair.worn - pair.wanted)
    where = touched(pair) | touched(third)
    before = cv2.absdiff(*(window_image(pair.scene, p.worn) for p in (pair, third)))
    after = cv2.absdiff(result.picture, other.picture)
    return ratio(after[where].sum(), before[where].sum())


def _geometry(layers: Layers | None, truth: Truth) -> dict[str, float]:
    names = ("sampling_error_px", "boundary_error_px", "occluder_accuracy")
    if layers is None:
        return dict.fromkeys(names, float("nan"))
    visible = truth.part > 0
    error = flow_error(layers, truth)
    edge = near_boundary(truth.part, BOUNDARY_PX)
    return dict(
        zip(names, (mean_over(error, visible), mean_over(error, edge), _occluder(layers, truth)), strict=True)
    )


def flow_error(layers: Layers, truth: Truth) -> Array:
    """(128, 96) sampling error, px of a 128 px garment frame; it counts where the truth has a part."""
    return sampling_error_px(_chosen_flow(layers), _of_part(truth.flow, np.maximum(truth.part - 1, 0)))


def _chosen_flow(layers: Layers) -> Array:
    """(2, 128, 96): at each pixel the flow of the part that composition takes there, enlarged as it does."""
    enlarged = [cv2.resize(f.transpose(1, 2, 0), HALF, interpolation=cv2.INTER_CUBIC) for f in layers.flow]
    return _of_part(np.stack(enlarged).transpose(0, 3, 1, 2), layers.coverage.argmax(0))


def _of_part(flow: Array, part: np.ndarray) -> Array:
    return np.take_along_axis(flow, part[None, None], 0)[0]


def _occluder(layers: Layers, truth: Truth) -> float:
    """Share of right decisions where they matter: on the uncut shells, torso and sleeves each."""
    if not layers.occluder.any():
        return float("nan")  # The probe knows no occluders.
    where = np.stack([truth.shell[0], truth.shell[1] | truth.shell[2]])
    right = (layers.occluder > 0.5) == truth.occluder
    return mean_over(right, where)
