"""Teaching the probe: its own losses, on the scenes that the default bundle learns from."""

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lookglass_export.baselines.probe import Probe, sample
from lookglass_export.training.colour import Camera, degrade
from lookglass_export.training.geometry_task import PAIRS, PIXELS
from lookglass_export.training.scenes import (
    HALF,
    OLD_CLOTHES,
    Array,
    Scene,
    coverage_targets,
    crop_frame,
    flow_targets,
    inside,
    open_product,
    open_view,
    person_mask,
    warp,
)
from lookglass_export.training.task import Batch, Examples, Task

# Scene labels as the probe's: background, hair, skin of face, neck and trunk, top, bottom, arms, legs.
_PARSE = np.array([0, 1, 2, 2, 3, 4, 5, 5, 5, 5, 6, 2, 3, 0])
_KEEP, _GARMENT, _INPAINT, _OUTSIDE = 0, 1, 2, -100
_REACH_PX, _BEYOND = 10, 0.4
"""Flow is taught this far beyond the visible garment, with this weight."""


class ProbeTask(Task):
    """Two ordered pairs (worn A, wanted B) of each scene per step; all six when nothing is augmented."""

    name = "probe"
    main_score = "sampling_error_px"

    def __init__(self) -> None:
        super().__init__()
        self.probe = Probe()

    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        pairs = PAIRS if rng is None else rng.permutation(PAIRS)[:2]
        rows = [_example(scene, int(a), int(b), rng) for a, b in pairs]
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """The probe's outputs in float32."""
        out = self.probe(*(batch[name] for name in ("person", "mask", "landmarks", "tone", "rgba")))
        return {name: value.float() for name, value in out.items()}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        out = self.forward(batch)
        new, old = ((batch["classes"] == label)[:, None].float() for label in (_GARMENT, _INPAINT))
        worn = sample(batch["photo"], out["flow"])[:, :3] * out["gain"]
        painted = (out["painted"] - batch["wanted"]).abs().mean(1, keepdim=True)
        balance = out["class_logits"].new_tensor([1.0, 1.0, 1.5])
        scales = {"flow0": 0.5, "flow8": 1.0, "flow4": 1.0, "flow": 2.0}
        return {
            **{name: k * _flow_loss(out[name], batch["flow"], batch["weight"]) for name, k in scales.items()},
            "classes": functional.cross_entropy(out["class_logits"], batch["classes"], weight=balance),
            "parse": 0.3 * functional.cross_entropy(out["parse_logits"], batch["parse"]),
            "smooth": 0.5 * _roughness(out["flow"]),
            "photo": 2 * (_composite(out, batch, worn) - batch["wanted"]).abs().mean(),
            "worn": _mean((worn - batch["wanted"]).abs().mean(1, keepdim=True), new),
            "painted": 2 * _mean(painted, old) + 0.1 * painted.mean(),
        }

    def scores(self, batch: Batch) -> dict[str, float]:
        out = self.forward(batch)
        error = (out["flow"] - batch["flow"]).norm(dim=1, keepdim=True) * PIXELS
        found, truth = out["class_logits"].argmax(1) == _GARMENT, batch["classes"] == _GARMENT
        found = found & (batch["classes"] != _OUTSIDE)
        return {
            "sampling_error_px": _mean(error, (batch["weight"] == 1).float()).item(),
            "class_iou": ((found & truth).sum() / (found | truth).sum().clamp(min=1)).item(),
        }


def _example(scene: Scene, worn: int, wanted: int, rng: np.random.Generator | None) -> Examples:
    view = open_view(scene, worn, rng)
    product = open_product(scene, wanted, view.mirrored, rng)
    camera = Camera.sample(rng) if rng is not None else lambda picture: picture
    picture, target = (camera(crop_frame(scene, view, frame)) for frame in (worn, wanted))
    shown = inside(scene, view)
    flow, weight = _one_flow(*flow_targets(scene, view, wanted, product))
    parse = warp(scene["parse"][worn], view.half, HALF, nearest=True)
    before, after = (cv2.resize(p, HALF, interpolation=cv2.INTER_AREA) for p in (picture, target))
    classes = _classes(parse, before, after, coverage_targets(scene, view, wanted)[3])
    tone = camera(scene["tone"][worn] * np.float32(255)) / 255
    return {
        "person": _see(picture, rng),
        "mask": person_mask(scene, view, rng)[None],
        "landmarks": view.landmarks,
        "tone": tone.astype(np.float32),
        "rgba": product.pixels[:4],
        "photo": _planes(np.dstack([camera(product.rgba[..., :3] * 255) / 255, product.rgba[..., 3]])),
        "flow": flow,
        "weight": (weight * shown)[None],
        "classes": np.where(shown > 0, classes, _OUTSIDE),
        "parse": np.where(shown > 0, _PARSE[parse], _OUTSIDE),
        "worn": _planes(before / 255),
        "wanted": _planes(after / 255),
    }


def _see(picture: Array, rng: np.random.Generator | None) -> Array:
    """What the network sees of the person; now and then without colour, so that it learns to do without."""
    if rng is None:
        return _planes(picture / 255)
    if rng.random() < 0.2:
        return np.full((3, *picture.shape[:2]), 0.5, np.float32)
    return _planes(np.clip(degrade(picture, rng) / 255, 0, 1))


def _planes(picture: Array) -> Array:
    return np.ascontiguousarray(picture.transpose(2, 0, 1), np.float32)


def _one_flow(flow: Array, weight: Array) -> tuple[Array, Array]:
    """Every pixel takes the flow of the nearest visible part: (2, 128, 96), and its weight (128, 96)."""
    visible = weight.max(0) == 1
    distance, nearest = cv2.distanceTransformWithLabels(
        (~visible).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    part_at = np.zeros(nearest.max() + 1, np.intp)
    part_at[nearest[visible]] = weight.argmax(0)[visible]
    part = part_at[nearest][None]
    known = np.take_along_axis(weight, part, 0)[0] > 0
    taught = np.where(visible, 1, _BEYOND * (known & (distance < _REACH_PX)))
    return np.take_along_axis(flow, part[None], 0)[0], taught.astype(np.float32)


def _classes(parse: np.ndarray, before: Array, after: Array, alpha: Array) -> np.ndarray:
    """Keep, new garment, or inpaint: the old clothes and whatever else differs between A and B."""
    differs = np.abs(after - before).max(2) > 14
    replaced = np.where(np.isin(parse, OLD_CLOTHES["upper"]) | differs, _INPAINT, _KEEP)
    return np.where(alpha > 0.5, _GARMENT, replaced)


def _composite(out: Batch, batch: Batch, worn: Tensor) -> Tensor:
    keep, garment, inpaint = torch.softmax(out["class_logits"], 1).split(1, 1)
    return keep * batch["worn"] + garment * worn + inpaint * out["painted"]


def _flow_loss(flow: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Smooth L1 on the flow's own grid, targets averaged down with their weights."""
    factor = target.shape[-1] // flow.shape[-1]
    pooled = functional.avg_pool2d(weight, factor)
    goal = functional.avg_pool2d(target * weight, factor) / pooled.clamp(min=0.01)
    error = functional.smooth_l1_loss(flow, goal, beta=0.05, reduction="none").sum(1, keepdim=True)
    return _mean(error, torch.where(pooled > 0.3, pooled, 0))


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / (weight.sum() + 1)


def _roughness(flow: Tensor) -> Tensor:
    """Mean absolute second difference."""
    return sum(flow.diff(n=2, dim=dim).abs().mean() for dim in (2, 3))
