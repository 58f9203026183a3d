"""Teaching the garment parser: which pixel of a product photo is torso, sleeve, collar or inner back."""

import cv2
import numpy as np
from torch import Tensor
from torch.nn import functional

from lookglass_export.models.garment import GarmentParser
from lookglass_export.training.colour import Camera
from lookglass_export.training.scenes import Scene, open_product, warp
from lookglass_export.training.task import Batch, Examples, Task

FRONT_COLLAR, INNER_BACK = 4, 5


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
    if (labels == INNER_BACK).sum() > 40 and rng.random() < 0.4:
        rgba, labels = _pointed(rgba, labels, rng.uniform(0.1, 0.7))
    rgba[..., :3] = _sewn(rgba[..., :3], labels, rng)
    alpha = np.clip(cv2.GaussianBlur(rgba[..., 3:], (0, 0), rng.uniform(0.3, 1.2)), 0, 1).reshape(128, 128, 1)
    colour = Camera.sample(rng)(rgba[..., :3] * 255) / 255 * alpha
    # As a negative now and then: on shops' photos an inside is not always darker than the front.
    return np.dstack([alpha - colour if rng.random() < 0.4 else colour, alpha]), labels


def _pointed(rgba: np.ndarray, labels: np.ndarray, pull: float) -> tuple[np.ndarray, np.ndarray]:
    """The neck opening drawn down to a point, as leaves meet at a button; `pull` in its half widths."""
    ys, xs = np.nonzero(labels == INNER_BACK)
    y, x = np.mgrid[:128, :128].astype(np.float32)
    top, bottom, half = ys.min(), ys.max(), max(np.ptp(xs) / 2, 1)
    depth = pull * half
    across = np.maximum(1 - np.abs(x - (xs.min() + xs.max()) / 2) / half, 0)
    lower = bottom + depth
    down = np.minimum(np.clip((y - top) / (lower - top), 0, 1), np.clip(1 + (lower - y) / (3 * depth), 0, 1))
    source = (y - depth * across * down).astype(np.float32)
    return cv2.remap(rgba, x, source, cv2.INTER_LINEAR), cv2.remap(labels, x, source, cv2.INTER_NEAREST)


def _sewn(colour: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What shops' photos have and renders lack: a lit inside, a tag in it, shadows where a collar ends."""
    inner, neck = labels == INNER_BACK, np.where(labels >= FRONT_COLLAR, labels, 0).astype(np.uint8)
    if inner.any() and rng.random() < 0.6:  # Light falls into the neck, and a collar shades its own front.
        front = colour[(labels > 0) & ~inner].mean()
        lit = np.clip(front / max(colour[inner].mean(), 1e-3), 1, 2.5) * rng.uniform(0.85, 1.2)
        shade = rng.uniform(0.55, 1.05)
        gain = np.where(inner, lit, np.where(labels == FRONT_COLLAR, shade, 1))
        gain = cv2.GaussianBlur(gain.astype(np.float32), (0, 0), 0.7)
        colour = np.minimum(colour * gain[..., None], 1)
    if inner.sum() > 40 and rng.random() < 0.5:
        ys, xs = np.nonzero(inner)
        x, y = xs.mean() + rng.normal(), ys.min() + rng.uniform(0.1, 0.6) * np.ptp(ys)
        w, h = rng.uniform(2, 7), rng.uniform(1, 3)
        tag = np.zeros(labels.shape, np.uint8)
        cv2.rectangle(tag, (round(x - w), round(y - h)), (round(x + w), round(y + h)), 1, -1)
        colour = np.where((tag > 0)[..., None] & inner[..., None], rng.uniform(0, 1), colour)
    if rng.random() < 0.5:
        edge = cv2.morphologyEx(neck, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
        shadow = cv2.GaussianBlur(edge.astype(np.float32), (0, 0), rng.uniform(0.4, 1.2))
        colour = colour * (1 - np.clip(shadow * rng.uniform(0.1, 0.7), 0, 1))[..., None]
    return colour.astype(np.float32)
