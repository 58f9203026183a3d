"""Named protocols: how published scripts bring pictures and truth together, and what they measure on them.

The numbers of one model move by a third between protocols, so that a number without its protocol says
nothing. Each function here follows one script; where it resizes, so do we, with the same library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from skimage.metrics import structural_similarity
from torch import Tensor
from torch.nn import functional

from lookglass_export.evaluation.backbones import Backbones
from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.inception import INPUT_PX

Score = Callable[[Image.Image, Image.Image], float]
Rgb = np.ndarray
"""(H, W, 3) uint8."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One script's way.

    Attributes:
        script: whose it is.
        align: brings the truth to the size of a picture.
        pair_scores: name -> maker of the score of a picture and its truth; the mean counts.
        to_inception: (3, 299, 299) input of FID's network; None where the script has no FID.
        aligned_sets: whether FID sees the truth aligned, or as it is.
        kernel_scale: what KID is multiplied with; None where the script has no KID.
    """

    script: str
    align: Callable[[Image.Image, tuple[int, int]], Image.Image]
    pair_scores: Mapping[str, Callable[[Backbones], Score]]
    to_inception: Callable[[Image.Image], Tensor] | None = None
    aligned_sets: bool = False
    kernel_scale: float | None = None

    @property
    def set_scores(self) -> tuple[str, ...]:
        """Scores of two sets of pictures."""
        found = ("fid",) if self.to_inception else ()
        return (*found, "kid") if self.kernel_scale else found


def open_picture(path: Path) -> Image.Image:
    """An RGB picture.

    Raises:
        EvaluationError: the file is no picture.
    """
    try:
        with Image.open(path) as picture:
            converted = picture.convert("RGB")
            converted.format = picture.format
            return converted
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read as a picture: {error}.") from error


def same_height(truth: Image.Image, size: tuple[int, int]) -> Image.Image:
    """CatVTON: Lanczos to the picture's height; the copy is saved, so that a JPEG is compressed once more."""
    if truth.height == size[1]:
        return truth
    copy = truth.resize((int(truth.width * size[1] / truth.height), size[1]), Image.Resampling.LANCZOS)
    if truth.format != "JPEG":
        return copy
    file = BytesIO()
    copy.save(file, "JPEG")
    return Image.open(file).convert("RGB")


def same_size(truth: Image.Image, size: tuple[int, int]) -> Image.Image:
    """HR-VITON: bilinear, with Pillow's support that grows as the picture shrinks."""
    return truth if truth.size == size else truth.resize(size, Image.Resampling.BILINEAR)


def as_it_is(truth: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The flow family's scripts resize nothing."""
    return truth


def colour_ssim(picture: Image.Image, truth: Image.Image) -> float:
    """torchmetrics' defaults: Gaussian window of 11, RGB, the window always inside the picture."""
    options = {"gaussian_weights": True, "use_sample_covariance": False, "data_range": 255}
    return float(structural_similarity(np.asarray(picture), np.asarray(truth), channel_axis=2, **options))


def grey_ssim(picture: Image.Image, truth: Image.Image) -> float:
    """HR-VITON: the same window on luma."""
    options = {"gaussian_weights": True, "use_sample_covariance": False, "data_range": 255}
    a, b = (np.asarray(image.convert("L")) for image in (picture, truth))
    return float(structural_similarity(a, b, **options))


def padded_ssim(picture: Image.Image, truth: Image.Image) -> float:
    """pytorch-ssim: Gaussian window of 11, RGB, with zeros around the picture that count."""
    a, b = (np.asarray(image, np.float32) / 255 for image in (picture, truth))

    def blurred(image: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(image, (11, 11), 1.5, borderType=cv2.BORDER_CONSTANT)

    mean_a, mean_b = blurred(a), blurred(b)
    var_a, var_b = blurred(a * a) - mean_a**2, blurred(b * b) - mean_b**2
    both = blurred(a * b) - mean_a * mean_b
    means = (2 * mean_a * mean_b + 0.01**2) / (mean_a**2 + mean_b**2 + 0.01**2)
    return float((means * (2 * both + 0.03**2) / (var_a + var_b + 0.03**2)).mean())


def squared_error(picture: Image.Image, truth: Image.Image) -> float:
    """Mean over pixels and channels in [0, 1]."""
    a, b = (np.asarray(image, np.float64) / 255 for image in (picture, truth))
    return float(((a - b) ** 2).mean())


def lpips(net: str, side_px: int | None = None) -> Callable[[Backbones], Score]:
    """LPIPS on a network, the pictures shrunk to squares first where a side is given."""

    def make(backbones: Backbones) -> Score:
        network = backbones.lpips(net)

        def score(*images: Image.Image) -> float:
            if side_px:
                images = tuple(i.resize((side_px, side_px), Image.Resampling.BILINEAR) for i in images)
            batch = (_tensor(image)[None].to(backbones.device) * 2 - 1 for image in images)
            return float(network(*batch))

        return score

    return make


def _plain(score: Score) -> Callable[[Backbones], Score]:
    """A score that needs no network."""
    return lambda _: score


def clean_inception(picture: Image.Image) -> Tensor:
    """clean-fid: bicubic per channel with antialiasing, never rounded to bytes; (x - 128) / 128."""
    size = (INPUT_PX, INPUT_PX)
    channels = [
        np.asarray(Image.fromarray(channel).resize(size, Image.Resampling.BICUBIC)).clip(0, 255)
        for channel in np.asarray(picture, np.float32).transpose(2, 0, 1)
    ]
    return (torch.from_numpy(np.stack(channels)) - 128) / 128


def plain_inception(picture: Image.Image) -> Tensor:
    """pytorch-fid: bilinear without antialiasing, in [-1, 1]."""
    enlarged = functional.interpolate(_tensor(picture)[None], (INPUT_PX, INPUT_PX), mode="bilinear")
    return 2 * enlarged[0] - 1


def _tensor(picture: Image.Image) -> Tensor:
    """(3, H, W) in [0, 1]."""
    return torch.from_numpy(np.asarray(picture, np.float32).transpose(2, 0, 1) / 255)


def check_sizes(picture: Image.Image, truth: Image.Image, path: Path) -> None:
    """Scores of a pair need equal sizes.

    Raises:
        EvaluationError: they differ.
    """
    if picture.size != truth.size:
        sizes = [f"{image.width}x{image.height}" for image in (picture, truth)]
        raise EvaluationError(
            f"{path} has {sizes[0]} pixels, its truth {sizes[1]} as this protocol takes it: they cannot be "
            "compared. Write pictures of the truth's shape."
        )


PROTOCOLS = {
    "catvton": Protocol(
        "CatVTON's and FastFit's eval.py (torchmetrics, clean-fid)",
        same_height,
        {"ssim": _plain(colour_ssim), "lpips": lpips("squeeze")},
        clean_inception,
        aligned_sets=True,
        kernel_scale=1000,
    ),
    "hr-viton": Protocol(
        "HR-VITON's evaluate.py (scikit-image, LPIPS at 128x128); it measures no FID",
        same_size,
        {"ssim": _plain(grey_ssim), "lpips": lpips("alex", 128), "mse": _plain(squared_error)},
    ),
    "pytorch-fid": Protocol(
        "the flow family's scripts (pytorch-fid, pytorch-ssim, DM-VTON's LPIPS)",
        as_it_is,
        {"ssim": _plain(padded_ssim), "lpips": lpips("vgg")},
        plain_inception,
    ),
}
