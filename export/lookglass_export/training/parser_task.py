"""Teaching the garment parser: which pixel of a product photo is torso, sleeve, collar or inner back."""

import cv2
import numpy as np
from torch import Tensor
from torch.nn import functional

from lookglass_export.models.garment import GarmentParser
from lookglass_export.training.colour import Camera
from lookglass_export.training.scenes import Scene, open_product, warp
from lookglass_export.training.task import Batch, Examples, Task


class ParserTask(Task):
    """One example per product of a scene."""

    name = "parser"
    main_score = "error_rate"

    def __init__(self) -> None:
        super().__init__()
        self.parser = GarmentParser()

    def examples(self, scene: Scene, rng: np.random.Generator | None) -> Examples:
        rows = [_example(scene, k, rng) for k in range(3)]
        return {name: np.stack([row[name] for row in rows]) for name in rows[0]}

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        logits = self.parser(batch["rgba"]).float()
        return {"labels": functional.cross_entropy(logits, batch["labels"])}

    def scores(self, batch: Batch) -> dict[str, float]:
        found = self.parser(batch["rgba"]).argmax(1)
        garment = (batch["labels"] > 0) | (found > 0)
        return {"error_rate": (found != batch["labels"])[garment].float().mean().item()}


def _example(scene: Scene, garment: int, rng: np.random.Generator | None) -> Examples:
    product = open_product(scene, garment, bool(rng is not None and rng.random() < 0.5), rng)
    rgba = np.dstack([product.pixels[:3].transpose(1, 2, 0), product.pixels[3]])
    labels = (product.pixels[4:] * np.arange(1, 6)[:, None, None]).sum(0).astype(np.uint8)
    if rng is not None:
        rgba, labels = _augment(rgba, labels, rng)
    return {"rgba": rgba.transpose(2, 0, 1).astype(np.float32), "labels": labels.astype(np.int64)}


def _augment(rgba: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A wider affine change than the encoder's, another camera, a softer or harder edge."""
    stretch, turn = np.exp(rng.normal(size=2) * 0.08), rng.normal() * 0.08
    linear = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) * stretch
    middle = np.full(2, 63.5)
    matrix = np.float32(np.column_stack([linear, middle - linear @ middle + rng.normal(size=2) * 3]))
    rgba, labels = warp(rgba, matrix, (128, 128)), warp(labels, matrix, (128, 128), nearest=True)
    alpha = np.clip(cv2.GaussianBlur(rgba[..., 3:], (0, 0), rng.uniform(0.3, 1.2)), 0, 1).reshape(128, 128, 1)
    colour = Camera.sample(rng)(rgba[..., :3] * 255) / 255 * alpha
    return np.dstack([colour, alpha]), labels
