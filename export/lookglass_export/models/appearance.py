"""The appearance branch: colour in; occluders, shading and the painted layer out.

Of the garment it knows the category alone, which says what old clothes go.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass.types import CATEGORIES
from lookglass_export.models.blocks import InvertedResidual, conv, grid, upsample
from lookglass_export.models.pose_maps import MAP_COUNT, PoseMaps

PARSE_CLASSES = 14


class Appearance(nn.Module):
    """A small U-Net from 1/2 to 1/16 of the crop, pose maps joining at 1/4."""

    def __init__(self, widths: tuple[int, int, int, int] = (16, 32, 64, 96)) -> None:
        super().__init__()
        a, b, c, d = widths
        self.pose_maps = PoseMaps(64, 48)
        self.down2 = conv(12 + 4, a)
        self.down4 = conv(a, b, stride=2)
        self.pose = nn.Sequential(conv(b + MAP_COUNT + 3, b, kernel=1), InvertedResidual(b))
        self.of_category = nn.Parameter(torch.zeros(len(CATEGORIES), b))
        self.down8 = nn.Sequential(conv(b, c, stride=2), InvertedResidual(c))
        self.down16 = nn.Sequential(conv(c, d, stride=2), InvertedResidual(d), InvertedResidual(d))
        self.up8, self.merge8 = nn.Conv2d(d, c, 1), InvertedResidual(c)
        self.up4, self.merge4 = nn.Conv2d(c, b, 1), InvertedResidual(b)
        self.up2 = nn.Conv2d(b, 16, 1)
        self.merge2 = nn.Sequential(
            conv(16 + a, 24, kernel=1), conv(24, 24, groups=24), conv(24, 24, kernel=1)
        )
        self.light = nn.Conv2d(c, 4, 1)
        self.head = nn.Conv2d(24, 2 + 1 + 3 + 2, 1)
        self.parse = nn.Conv2d(24, PARSE_CLASSES, 1)
        basis = _smooth_basis(32, 24)
        self.register_buffer("basis", basis, persistent=False)
        self.register_buffer("project", torch.linalg.pinv(basis), persistent=False)
        nn.init.zeros_(self.light.weight)
        nn.init.zeros_(self.light.bias)

    def forward(
        self, person: Tensor, mask: Tensor, landmarks: Tensor, tone: Tensor, category: Tensor
    ) -> dict[str, Tensor]:
        """person (B, 3, 256, 192) RGB in [0, 1], mask (B, 1, 256, 192), landmarks (B, 33, 5), tone (B, 3).

        The category is one-hot, (B, 3).

        Returns:
            occluder_logits (B, 2, 128, 96), painted_alpha_logits (B, 1, 128, 96), what the old clothes hid:
            behind and skin (B, 3, 128, 96) and bare_logits (B, 1, 128, 96), which of the two it is;
            log_shading (B, 3, 32, 24), parse_logits (B, 14, 128, 96, training alone).
        """
        x2 = self.down2(functional.pixel_unshuffle(torch.cat([person - 0.5, mask], 1), 2))
        skin = (tone - 0.5)[:, :, None, None].expand(-1, -1, 64, 48)
        x4 = self.pose(torch.cat([self.down4(x2), self.pose_maps(landmarks), skin], 1))
        x4 = x4 + (category @ self.of_category)[:, :, None, None]
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x8 = self.merge8(x8 + upsample(self.up8(x16)))
        x4 = self.merge4(x4 + upsample(self.up4(x8)))
        x2 = self.merge2(torch.cat([x2, upsample(self.up2(x4))], 1))
        head = self.head(x2)
        return {
            "occluder_logits": head[:, :2],
            "painted_alpha_logits": head[:, 2:3],
            "behind": torch.sigmoid(head[:, 3:6]),
            "bare_logits": head[:, 6:7],
            "skin": _skin(head[:, 7:], tone),
            "log_shading": _light(self.light(x8), self.basis, self.project),
            "parse_logits": self.parse(x2),
        }


def paint(behind: Tensor, skin: Tensor, bare_logits: Tensor) -> Tensor:
    """The painted layer: skin in front of what is behind it, each smooth, with an edge between them."""
    bare = torch.sigmoid(bare_logits)
    return behind * (1 - bare) + skin * bare


def _skin(log_light: Tensor, tone: Tensor) -> Tensor:
    """The face's tone under a predicted light, so that skin is the person's own."""
    return (tone[:, :, None, None] * torch.exp(0.5 * log_light.clamp(-3, 3))).clamp(max=1)


def _light(x: Tensor, basis: Tensor, project: Tensor) -> Tensor:
    """Log gain: a luminance too smooth to trace the old clothes, and one tint for the whole picture."""
    smooth = (x[:, :1].flatten(2) @ project @ basis).unflatten(2, x.shape[2:])
    return smooth.clamp(-1.2, 0.3) + x[:, 1:].mean((2, 3), keepdim=True).clamp(-0.3, 0.3)


def _smooth_basis(height: int, width: int) -> Tensor:
    """(4, H * W) 1, x, y and y^2: all that a light may do over a body."""
    x, y = grid(height, width).flatten(1)
    return torch.stack([torch.ones_like(x), x, y, y * y])
