"""Rendered scenes as the networks see them: cropped by the runtime's own crop, augmented.

A scene file holds one pose in three tops with their product photos; `lookglass_export.data` writes it. Here a
scene becomes *views* (one per frame A: what the runtime would feed the graph) and *targets* (for a garment B
seen in A's crop). Every random choice comes from the generator that is passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.categories import as_worn
from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, crop_matrix, person_crop
from lookglass.types import Crop
from lookglass_export.data.words import Words

Array = npt.NDArray[np.float32]
HALF = (MODEL_WIDTH // 2, MODEL_HEIGHT // 2)
MIRRORED_LANDMARKS = np.array(
    [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9] + [i + 1 if i % 2 else i - 1 for i in range(11, 33)]
)
MIRRORED_PARTS = [0, 2, 1]
MIRRORED_PARSE = np.arange(14, dtype=np.uint8)
MIRRORED_PARSE[[6, 7, 8, 9]] = [7, 6, 9, 8]
MIRRORED_LABELS = np.array([0, 1, 3, 2, 4, 5], np.uint8)
OLD_CLOTHES = {"upper": (4, 12), "lower": (5,), "dress": (4, 5, 12)}
"""Parse labels of what a garment of a category is worn instead of: a top, also one under an open jacket;
trousers or a skirt; or both."""
VARIANT = "variant_"
"""What the names of arrays begin with that tell of the same garments worn as words say."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene file, opened; arrays are read when asked for."""

    path: Path
    arrays: Mapping[str, npt.NDArray]

    @staticmethod
    def open(path: Path) -> "Scene":
        return Scene(path, np.load(path))

    def __getitem__(self, name: str) -> npt.NDArray:
        return self.arrays[name]

    @property
    def category(self) -> str:
        """Of its three garments; scenes that do not say are in tops."""
        return str(self["category"]) if "category" in self.arrays else "upper"

    def seen(self, rng: np.random.Generator | None) -> list[int]:
        """Three frames to look at: of the three garments, or a fourth, in clothes of another category."""
        frames = [0, 1, 2] if rng is None else rng.permutation(3).tolist()
        if rng is not None and len(self["landmarks"]) > 3 and rng.random() < 0.5:
            frames[0] = 3
        return frames

    def old_clothes(self, frame: int) -> npt.NDArray[np.bool_]:
        """Where a frame shows what a new garment takes the place of, on the half-resolution window."""
        return np.isin(self["parse"][frame], OLD_CLOTHES[self.category])

    @property
    def has_words(self) -> bool:
        """Whether it was rendered with its garments worn as words say, too."""
        return VARIANT + "words" in self.arrays

    def words(self, garment: int) -> Words:
        """How a garment's variant is worn."""
        return Words.of(self[VARIANT + "words"][garment])


@dataclass(frozen=True, slots=True)
class View:
    """Frame A through the runtime's eyes.

    Attributes:
        frame: which of the scene's frames.
        matrix: (2, 3) affine, window pixels to the 256x192 model crop.
        half: (2, 3) affine, half-window pixels to the 128x96 grids.
        landmarks: (33, 5) in model-crop pixels, as the networks take them.
        mirrored: whether the crop is flipped left to right.
    """

    frame: int
    matrix: Array
    half: Array
    landmarks: Array
    mirrored: bool


def open_view(scene: Scene, frame: int, rng: np.random.Generator | None = None) -> View:
    """Crop as the runtime does; with a generator, jitter the landmarks and mirror half of the time."""
    landmarks = scene["landmarks"][frame].astype(np.float32)
    crop = person_crop(landmarks, scene.category)
    mirrored = False
    if rng is not None:
        landmarks, crop = _jitter(landmarks, crop, scene.category, rng)
        mirrored = bool(rng.random() < 0.5)
    matrix = crop_matrix(crop).astype(np.float64)
    matrix[0, 2] -= (256 - MODEL_WIDTH) / 2
    if mirrored:
        matrix = np.array([[-1, 0, MODEL_WIDTH - 1], [0, 1, 0]]) @ np.vstack([matrix, [0, 0, 1]])
    points = landmarks.copy()
    points[:, 4] *= crop.scale
    points[:, :2] = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    if mirrored:
        points = points[MIRRORED_LANDMARKS]
    points = as_worn(points, scene.category)
    return View(frame, np.float32(matrix), np.float32(_halve(matrix)), np.float32(points), mirrored)


def _halve(matrix: npt.NDArray) -> npt.NDArray:
    """The same map between grids of half the resolution on both sides (pixel centres at 2 x + 0.5)."""
    half = matrix.copy()
    half[:, 2] = (matrix[:, :2] @ [0.5, 0.5] + matrix[:, 2] - 0.5) / 2
    return half


def _jitter(landmarks: Array, crop: Crop, category: str, rng: np.random.Generator) -> tuple[Array, Crop]:
    """What a tracker on camera frames would have said: each point a little off, the crop a little more."""
    size = 256 / crop.scale
    noisy = landmarks.copy()
    noisy[:, :2] += rng.normal(size=(33, 2)) * size / 256 * rng.uniform(0, 2.0)
    noisy[:, 4] += rng.normal(size=33) * size * 0.01
    noisy[:, 2] = np.clip(noisy[:, 2] + rng.normal(size=33) * 0.05, 0, 1)
    crop = person_crop(noisy, category)
    x, y = crop.center + rng.normal(size=2) * size * 0.015
    return noisy, Crop(crop.scale * float(np.exp(rng.normal() * 0.04)), (float(x), float(y)))


def warp(
    array: npt.NDArray,
    matrix: Array,
    size: tuple[int, int],
    *,
    nearest: bool = False,
    replicate: bool = False,
) -> npt.NDArray:
    """`cv2.warpAffine` over (H, W) or (H, W, C) with the flags used here."""
    flags = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    return cv2.warpAffine(array, matrix, size, flags=flags, borderMode=border)


def person_mask(scene: Scene, view: View, rng: np.random.Generator | None = None) -> Array:
    """(256, 192) person probability in the crop, from the segmentation network's own output."""
    mask = warp(scene["masks"][view.frame], view.half, HALF, replicate=True).astype(np.float32) / 255
    mask = cv2.resize(mask, (MODEL_WIDTH, MODEL_HEIGHT), interpolation=cv2.INTER_LINEAR)
    return mask if rng is None else _wear(mask, rng)


def _wear(mask: Array, rng: np.random.Generator) -> Array:
    """Masks of real pictures are worse than masks of renders: shift the edge, blur it, lose a piece."""
    kernel = np.ones((rng.integers(1, 6), rng.integers(1, 6)))
    mask = cv2.dilate(mask, kernel) if rng.random() < 0.5 else cv2.erode(mask, kernel)
    if rng.random() < 0.25:
        center, axes = (
            (int(rng.integers(192)), int(rng.integers(256))),
            (int(rng.integers(4, 18)), int(rng.integers(4, 18))),
        )
        mask = np.ascontiguousarray(mask)
        cv2.ellipse(mask, center, axes, 0, 0, 360, float(rng.random()), -1)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 3.0))


@dataclass(frozen=True, slots=True)
class Product:
    """A garment photo as the encoder sees it, and the map from the scene's garment frame to it.

    Attributes:
        pixels: (9, 128, 128) as `lookglass.types.Garment.pixels`.
        rgba: (128, 128, 4) float32 in [0, 1], premultiplied; alpha is 0 on the inner back collar.
        matrix: (2, 3) affine on [-1, 1] coordinates of the garment frame.
    """

    pixels: Array
    rgba: Array
    matrix: Array


def open_product(
    scene: Scene, garment: int, mirrored: bool, rng: np.random.Generator | None = None
) -> Product:
    """Read product B; augmented by a small affine change, and by the loss of its colours now and then."""
    turn, grow, shift = (
        (rng.normal() * 0.04, np.exp(rng.uniform(-0.1, 0.03)), rng.normal(size=2) * 0.02)
        if rng
        else (0, 1, (0, 0))
    )
    cos, sin, flip = np.cos(turn) * grow, np.sin(turn) * grow, -1 if mirrored else 1
    matrix = np.array([[cos * flip, -sin, shift[0]], [sin * flip, cos, shift[1]]])
    pixel = matrix.copy() * 0.5
    pixel[:, 2] = (matrix[:, :2] @ np.full(2, 1 / 256 - 1) + matrix[:, 2] + 1 - 1 / 128) * 64
    rgba = scene["products"][garment].astype(np.float32) / 255
    rgba[..., :3] *= rgba[..., 3:]
    rgba = warp(cv2.GaussianBlur(rgba, (0, 0), 0.7), pixel, (128, 128))
    labels = warp(scene["product_parts"][garment], pixel, (128, 128), nearest=True)
    if mirrored:
        labels = MIRRORED_LABELS[labels]
    masks = (labels[None] == np.arange(1, 6)[:, None, None]).astype(np.float32)
    colour = rgba[..., :3].transpose(2, 0, 1)
    if rng is not None and rng.random() < 0.2:
        colour = rgba[..., 3] * rng.uniform(0, 1) * np.ones((3, 1, 1), np.float32)
    elif rng is not None:
        colour = np.clip(colour * rng.uniform(0.8, 1.15, (3, 1, 1)), 0, 1)
    pixels = np.concatenate([colour, rgba[None, ..., 3], masks]).astype(np.float32)
    worn = rgba * (labels != 5)[..., None]
    return Product(pixels, worn.astype(np.float32), np.float32(matrix))


def flow_targets(
    scene: Scene, view: View, garment: int, product: Product, worn: str = ""
) -> tuple[Array, Array]:
    """(3, 2, 128, 96) flow of B's parts in A's crop, and (3, 128, 96) how much each pixel counts.

    B is worn as it comes, or with `worn` = `VARIANT` as the scene's words say.
    """
    importance = np.array([0, 0.15, 0.5, 1.0], np.float32)
    flows, weights = [], []
    for part in MIRRORED_PARTS if view.mirrored else range(3):
        flow = scene[worn + "flow"][garment, part].astype(np.float32).transpose(1, 2, 0)
        flow = flow @ product.matrix[:, :2].T + product.matrix[:, 2]
        flows.append(warp(flow, view.half, HALF, replicate=True).transpose(2, 0, 1))
        valid = warp(scene[worn + "flow_valid"][garment, part], view.half, HALF, nearest=True)
        weights.append(importance[valid])
    return np.stack(flows).astype(np.float32), np.stack(weights)


def coverage_targets(scene: Scene, view: View, garment: int, worn: str = "") -> Array:
    """(4, 128, 96): generous coverage of the three parts, then B's exact visible alpha; as `flow_targets`."""
    order = MIRRORED_PARTS if view.mirrored else [0, 1, 2]
    layers = np.dstack([*scene[worn + "coverage"][garment][order], scene[worn + "alpha"][garment]])
    return warp(layers, view.half, HALF).transpose(2, 0, 1).astype(np.float32) / 255


def inside(scene: Scene, view: View) -> Array:
    """(128, 96): 1 where the crop shows the camera's frame, 0 where it is padding."""
    x0, y0, x1, y1 = scene["valid"]
    shown = np.zeros(scene["masks"].shape[1:], np.uint8)
    shown[y0 // 2 : (y1 + 1) // 2, x0 // 2 : (x1 + 1) // 2] = 1
    return warp(shown, view.half, HALF, nearest=True).astype(np.float32)


def crop_frame(scene: Scene, view: View, frame: int) -> Array:
    """(256, 192, 3) RGB in [0, 255] of any of the scene's frames in the view's crop."""
    return warp(scene["frames"][frame], view.matrix, (MODEL_WIDTH, MODEL_HEIGHT), replicate=True).astype(
        np.float32
    )
