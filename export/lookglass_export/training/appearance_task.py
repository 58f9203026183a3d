"""Teaching the appearance branch: occluders, old garment, what it hid, and the room's light."""

import cv2
import numpy as np
from torch import Tensor
from torch.nn import functional

from lookglass.categories import one_hot
from lookglass_export.data.flow import SHELL
from lookglass_export.models.appearance import Appearance, paint
from lookglass_export.training.colour import Camera, degrade
from lookglass_export.training.light import worn_light
from lookglass_export.training.scenes import (
    HALF,
    MIRRORED_PARSE,
    Array,
    Scene,
    View,
    crop_frame,
    inside,
    open_view,
    person_mask,
    warp,
)
from lookglass_export.training.task import Batch, Examples, Task


class AppearanceTask(Task):
    """One example per frame of a scene."""

    name = "appearance"
    main_score = "painted_error"

    def __init__(self) -> None:
        super().__init__()
        self.appearance = Appearance()

    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        rows = [self._example(scene, frame, rng) for frame in scene.seen(rng)]
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    def _example(self, scene: Scene, frame: int, rng: np.random.Generator | None) -> Examples:
        view = open_view(scene, frame, rng)
        camera = Camera.sample(rng) if rng is not None else lambda picture: picture
        picture = camera(crop_frame(scene, view, frame))
        tone = camera(scene["tone"][frame] * np.float32(255))
        if rng is not None:
            picture, tone = degrade(picture, rng), tone * rng.uniform(0.93, 1.07)
        painted = camera(warp(scene["painted"], view.half, HALF, replicate=True).astype(np.float32))
        occluder = warp(scene["occluder"][frame].transpose(1, 2, 0), view.half, HALF).astype(np.float32) / 255
        parse = warp(scene["parse"][frame], view.half, HALF, nearest=True)
        shading, shading_weight = worn_light(scene, view, (frame + 1) % 3, (24, 32), camera)
        return {
            "person": np.clip(picture / 255, 0, 1).transpose(2, 0, 1).astype(np.float32),
            "mask": person_mask(scene, view, rng)[None],
            "landmarks": view.landmarks,
            "category": one_hot(scene.category)[0],
            "tone": np.clip(tone / 255, 0, 1).astype(np.float32),
            "painted": (painted / 255).transpose(2, 0, 1).astype(np.float32),
            "bare": warp(scene["bare"], view.half, HALF).astype(np.float32)[None] / 255,
            "occluder": occluder.transpose(2, 0, 1),
            "shell": _shell(scene, view)[None],
            "parse": (MIRRORED_PARSE[parse] if view.mirrored else parse).astype(np.int64),
            "old": _old_clothes(scene, view)[None],
            "shading": shading,
            "shading_weight": shading_weight,
            "inside": inside(scene, view)[None],
        }

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        out = {name: value.float() for name, value in self.appearance(*_inputs(batch)).items()}
        shown = 0.02 + 0.98 * batch["inside"]
        bce = functional.binary_cross_entropy_with_logits
        parse = functional.cross_entropy(out["parse_logits"], batch["parse"], reduction="none")
        where = (0.1 + batch["old"]) * shown
        painted = paint(out["behind"], out["skin"], out["bare_logits"])
        on, off = where * batch["bare"], where * (1 - batch["bare"])
        light = functional.smooth_l1_loss(out["log_shading"], batch["shading"], beta=0.1, reduction="none")
        lit = batch["shading_weight"]
        return {
            # Off every shell an occluder changes nothing; on one, thin hair and straps are few pixels.
            "occluder": bce(
                out["occluder_logits"], batch["occluder"], weight=shown * (1 + 4 * batch["shell"])
            ),
            # A rim of the old clothes left over is seen at once; a pixel painted too many is not.
            "old": bce(out["painted_alpha_logits"], batch["old"], weight=shown * (1 + 2 * batch["old"])),
            "parse": 0.3 * (parse * shown[:, 0]).mean(),
            "bare": _mean(bce(out["bare_logits"], batch["bare"], reduction="none"), where),
            "painted": 2 * _mean(_error(painted, batch["painted"]), where),
            "behind": 2 * _mean(_error(out["behind"], batch["painted"]), off),
            "skin": 2 * _mean(_error(out["skin"], batch["painted"]), on),
            "detail": 2 * _gradient_error(painted, batch["painted"], where),
            "light": 0.5 * (light * lit).sum() / (3 * lit.sum()).clamp(min=1),
        }

    def scores(self, batch: Batch) -> dict[str, float]:
        out = self.appearance(*_inputs(batch))
        shown = batch["inside"] > 0
        old = (batch["old"] > 0.5) & shown
        painted = paint(out["behind"], out["skin"], out["bare_logits"])
        error = _error(painted, batch["painted"])
        found = (out["painted_alpha_logits"] > 0) & shown
        front, truth = out["occluder_logits"][:, :1] > 0, batch["occluder"][:, :1] > 0.5
        parsed = out["parse_logits"].argmax(1) == batch["parse"]
        return {
            "painted_error": _mean(error, old).item(),
            "bare_iou": _iou((out["bare_logits"] > 0) & old, (batch["bare"] > 0.5) & old),
            "old_iou": _iou(found, old),
            "occluder_iou": _iou(front & shown, truth & shown),
            "parse_accuracy": parsed[shown[:, 0]].float().mean().item(),
        }


def _inputs(batch: Batch) -> tuple[Tensor, ...]:
    return tuple(batch[name] for name in ("person", "mask", "landmarks", "tone", "category"))


def _error(a: Tensor, b: Tensor) -> Tensor:
    """(B, 1, H, W) mean absolute difference of the colours."""
    return (a - b).abs().mean(1, keepdim=True)


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)


def _iou(a: Tensor, b: Tensor) -> float:
    return ((a & b).sum() / (a | b).sum().clamp(min=1)).item()


def _shell(scene: Scene, view: View) -> Array:
    """(128, 96): 1 where any of the scene's garments would be, if nothing stood in front."""
    covered = (scene["flow_valid"] >= SHELL).any((0, 1)).astype(np.float32)
    return warp(covered, view.half, HALF)


def _old_clothes(scene: Scene, view: View) -> Array:
    """(128, 96) soft mask of the old clothes, a pixel wider than they are so that no rim of them stays."""
    old = warp(scene.old_clothes(view.frame).astype(np.uint8), view.half, HALF, nearest=True)
    old = old.astype(np.float32)
    return cv2.GaussianBlur(cv2.dilate(old, np.ones((3, 3))), (0, 0), 0.6)


def _gradient_error(a: Tensor, b: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean difference of horizontal and vertical gradients."""
    error = [(a.diff(dim=d) - b.diff(dim=d)).abs().mean(1, keepdim=True) for d in (2, 3)]
    inner = weight[:, :, 1:], weight[..., 1:]
    return sum((e * w).sum() for e, w in zip(error, inner, strict=True)) / weight.sum()
