"""Teaching the geometry branch and the encoders of garment and words: flow, coverage, and their alpha."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from lookglass.categories import one_hot
from lookglass_export.models.fusions import DEFAULT, FUSIONS
from lookglass_export.models.geometry import PARTS
from lookglass_export.models.text import TextEncoder, TextNull
from lookglass_export.training.light import log_gain, relief
from lookglass_export.training.scenes import (
    HALF,
    Array,
    Product,
    Scene,
    View,
    coverage_targets,
    flow_targets,
    inside,
    open_product,
    open_view,
    person_mask,
    warp,
)
from lookglass_export.training.task import Batch, Examples, Task
from lookglass_export.training.text import Wish, wishes

PAIRS = ((0, 1), (1, 2), (2, 0), (1, 0), (2, 1), (0, 2))
"""Ordered pairs (worn A, wanted B); the first three show every view and every product once."""
PIXELS = 64
"""Pixels of the 128 px garment frame per unit of flow."""
RELIEF = (48, 64)
"""Width and height of the grid on which the body's form shades the cloth."""


class GeometryTask(Task):
    """A scene's pairs share its three views and three products: three random ones to learn, all six to score.

    Pairs of one scene teach nearly the same, so more scenes a step are worth more than more pairs of one.
    About half of what is learned comes with words, which mostly ask for the garment's variant; scored are all
    pairs without words, and again with the words of their variants.
    """

    name = "geometry"
    main_score = "sampling_error_px"
    said = 0.5
    """Share of pairs that come with words."""

    def __init__(self, fusion: str = DEFAULT) -> None:
        super().__init__()
        self.fusion = fusion
        encoder, geometry = FUSIONS[fusion]
        self.geometry = geometry()
        self.encoder = encoder()
        self.text = TextNull()
        self.words = TextEncoder()

    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        frames = scene.seen(rng)
        order = [frame if frame < 3 else 3 - sum(frames[1:]) for frame in frames]
        pairs = PAIRS if rng is None else PAIRS[:3]
        views = [open_view(scene, frame, rng) for frame in frames]
        if rng is not None:  # One mirror for the whole scene: products are shared by its pairs.
            views = [_until_mirrored(scene, view, views[0].mirrored, rng) for view in views]
        products = [open_product(scene, k, views[0].mirrored, rng) for k in order]
        asked = wishes(scene, [int(order[b]) for _, b in pairs], rng, said=self.said)
        pairs = (pairs * 2)[: len(asked)]
        rows = [
            _taught(scene, views[a], int(order[b]), products[b], wish)
            for (a, b), wish in zip(pairs, asked, strict=True)
        ]
        return {
            "mask": np.stack([person_mask(scene, view, rng) for view in views])[:, None],
            "landmarks": np.stack([view.landmarks for view in views]),
            "pixels": np.stack([product.pixels for product in products]),
            "category": np.repeat(one_hot(scene.category), 3, axis=0),
            "worn_alpha": np.stack([product.rgba[None, ..., 3] for product in products]),
            "inside": np.stack([inside(scene, views[a]) for a, _ in pairs])[:, None],
            **{name: np.stack([row[name] for row in rows]) for name in rows[0]},
        }

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Outputs of `Geometry` for every pair of the batch, and the warped photo's alpha."""
        scenes = batch["mask"].shape[0] // 3
        pairs = torch.tensor((PAIRS * 2)[: batch["flow"].shape[0] // scenes])
        first = torch.arange(scenes)[:, None] * 3
        worn, wanted = ((first + pairs[:, i]).flatten() for i in (0, 1))
        person = self.geometry.encode_person(batch["mask"], batch["landmarks"])
        garments = {
            name: value[wanted] for name, value in self.encoder(batch["pixels"], batch["category"]).items()
        }
        text = self.words(batch["ids"], self.text())
        out = self.geometry(person[worn], batch["mask"][worn], garments, text)
        return out | {"part_alpha": _sample(batch["worn_alpha"][wanted], out["flow"])}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        out = self.forward(batch)
        weight = batch["weight"] * (0.1 + 0.9 * batch["inside"])
        fine = _flow_loss(out["flow"], batch["flow"], weight)
        coarse = 0.5 * _flow_loss(out["flow8"], batch["flow"], weight)
        guess = 0.3 * _flow_loss(out["flow_guess"], batch["flow"], weight)
        target, logits = batch["coverage"], out["coverage_logits"].float()
        shown = (0.1 + 0.9 * batch["inside"]) * batch["asked"]
        edges = 1 + 3 * _edges(target[:, :PARTS])
        cover = functional.binary_cross_entropy_with_logits(logits, target[:, :PARTS], weight=edges * shown)
        alpha = (out["part_alpha"] * torch.sigmoid(logits)).sum(1).clamp(max=1)
        alpha_error = ((alpha - target[:, PARTS]).abs() * shown[:, 0]).mean()
        return {
            "flow": 4 * fine,
            "flow8": 4 * coarse,
            "guess": 4 * guess,
            "coverage": cover,
            "alpha": alpha_error,
            "smooth": 0.5 * _roughness(out["flow"]),
            "relief": _relief_loss(out["log_relief"], batch["relief"], batch["relief_weight"]),
        }

    def scores(self, batch: Batch) -> dict[str, float]:
        """Without words; `words_` with the words of each garment's variant, `unsaid_` its variant without."""
        scenes = batch["mask"].shape[0] // 3
        silent = scenes * len(PAIRS)
        out = self.forward(batch)
        found = _scores(out, batch, slice(silent))
        if len(batch["flow"]) > silent:
            found |= {f"words_{k}": v for k, v in _scores(out, batch, slice(silent, None)).items()}
            out = self.forward(batch | {"ids": torch.zeros_like(batch["ids"])})
            found |= {f"unsaid_{k}": v for k, v in _scores(out, batch, slice(silent, None)).items()}
        return found


def _scores(out: Batch, batch: Batch, rows: slice) -> dict[str, float]:
    """How far from the truth the drawn pixels sample the photo, and how well the drawn area overlaps."""
    out, batch = ({name: value[rows] for name, value in each.items()} for each in (out, batch))
    cover = torch.sigmoid(out["coverage_logits"].float())
    chosen = cover.argmax(1)
    flow = upsampled(out["flow"]).unflatten(1, (PARTS, 2))
    used = torch.gather(flow, 1, chosen[:, None, None].expand(-1, 1, 2, -1, -1))[:, 0]
    visible = (batch["weight"] == 1) & (batch["inside"] > 0)
    error = (used[:, None] - batch["flow"]).norm(dim=2) * PIXELS
    drawn = torch.gather(out["part_alpha"] * cover, 1, chosen[:, None])[:, 0] > 0.5
    truth = (batch["coverage"][:, PARTS] > 0.5) & (batch["inside"][:, 0] > 0)
    drawn = drawn & (batch["inside"][:, 0] > 0)
    union = (drawn | truth).sum((1, 2)).clamp(min=1)
    return {
        "sampling_error_px": (error * visible).sum().item() / max(visible.sum().item(), 1),
        "alpha_iou": ((drawn & truth).sum((1, 2)) / union).mean().item(),
    }


def _taught(scene: Scene, view: View, garment: int, product: Product, wish: Wish) -> dict[str, Array]:
    """What is to be drawn of a garment in a view; its relief is known where a frame shows it so."""
    flow, weight = flow_targets(scene, view, garment, product, wish.worn)
    gain, known = log_gain(scene, view, garment, product, (flow, weight), RELIEF)
    form, counts = relief(gain, known & (not wish.worn))
    return {
        "ids": wish.ids[0],
        "flow": flow,
        "weight": weight,
        "relief": form,
        "relief_weight": counts,
        "coverage": coverage_targets(scene, view, garment, wish.worn),
        "asked": _asked(scene, view, weight),
    }


def _asked(scene: Scene, view: View, weight: Array) -> Array:
    """(1, 128, 96): 0 where hair or hands hide the garment's shell.

    What is in front is the occluder's to say; a branch that sees no colour would guess, and tear holes.
    """
    loose = warp(scene["occluder"][view.frame][1], view.half, HALF) > 127
    return (~(loose & (weight.max(0) >= 0.5)))[None].astype(np.float32)


def _until_mirrored(scene: Scene, view, mirrored: bool, rng: np.random.Generator):
    while view.mirrored != mirrored:
        view = open_view(scene, view.frame, rng)
    return view


def upsampled(flow: Tensor) -> Tensor:
    """A flow on the grid of the targets."""
    return functional.interpolate(flow, size=(128, 96), mode="bilinear", align_corners=False)


def _sample(alpha: Tensor, flow: Tensor) -> Tensor:
    """Garment alpha (P, 1, 128, 128) looked up through each part's flow -> (P, 3, 128, 96)."""
    where = upsampled(flow).unflatten(1, (PARTS, 2)).flatten(0, 1).permute(0, 2, 3, 1)
    alpha = alpha.repeat_interleave(PARTS, 0)
    return functional.grid_sample(alpha, where, align_corners=False).unflatten(0, (-1, PARTS))[:, :, 0]


def _flow_loss(flow: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Smooth L1 on the flow's own grid, targets averaged down with their weights."""
    factor = target.shape[-1] // flow.shape[-1]
    flow = flow.float().unflatten(1, (PARTS, 2))
    pooled = functional.avg_pool2d(weight, factor)
    weighted = functional.avg_pool2d((target * weight[:, :, None]).flatten(1, 2), factor).unflatten(
        1, (PARTS, 2)
    )
    goal = weighted / pooled.clamp(min=1e-3)[:, :, None]
    error = functional.smooth_l1_loss(flow, goal, beta=0.03, reduction="none").sum(2)
    counted = torch.where(pooled > 0.05, pooled, 0)
    return (error * counted).sum() / counted.sum().clamp(min=1)


def _relief_loss(found: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    error = functional.smooth_l1_loss(found.float(), target, beta=0.1, reduction="none")
    return (error * weight).sum() / weight.sum().clamp(min=1)


def _edges(target: Tensor) -> Tensor:
    """1 within 2 px of a change of the target."""
    around = functional.avg_pool2d(target, 5, 1, 2)
    return ((around > 0.05) & (around < 0.95)).float()


def _roughness(flow: Tensor) -> Tensor:
    """Mean absolute second difference."""
    dx = flow[..., 2:] - 2 * flow[..., 1:-1] + flow[..., :-2]
    dy = flow[..., 2:, :] - 2 * flow[..., 1:-1, :] + flow[..., :-2, :]
    return dx.abs().mean() + dy.abs().mean()
