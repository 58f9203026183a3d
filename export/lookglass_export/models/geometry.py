"""The geometry branch: pose maps, mask and garment in; flow and coverage per part out. No colour."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass.types import CATEGORIES
from lookglass_export.models.blocks import InvertedResidual, conv, image, sine_positions, tokens, upsample
from lookglass_export.models.pose_maps import MAP_COUNT, PoseMaps

PARTS = 3


class Geometry(ABC, nn.Module):
    """What the three fusions share; each says where the garment and the words join.

    Everything happens at 1/8 of the crop (32x24) and 1/16 (16x12); two light stages refine the flow at 1/4
    and draw the coverage at 1/2, guided by the person mask.
    """

    def __init__(
        self,
        blocks: Iterable[nn.Module],
        *,
        queries: int,
        features: int,
        width: int = 128,
        middle: int = 96,
    ) -> None:
        """Build what is shared.

        Args:
            blocks: what `join` runs at 1/16.
            queries: channels that `guess` makes of a pixel at 1/8.
            features: channels that it returns.
            width: channels at 1/16.
            middle: channels at 1/8.
        """
        super().__init__()
        self.pose_maps = PoseMaps(32, 24)
        self.stem = nn.Sequential(conv(MAP_COUNT + 64, middle, kernel=1), InvertedResidual(middle))
        self.down = conv(middle, width, stride=2)
        self.register_buffer("positions", sine_positions(16, 12, width), persistent=False)
        self.of_category = nn.Parameter(torch.zeros(len(CATEGORIES), width))
        self.fusions = nn.ModuleList(blocks)
        self.up = nn.Conv2d(width, middle, 1)
        self.merge = InvertedResidual(middle)
        self.query = nn.Conv2d(middle, queries, 1)
        self.read = nn.Sequential(conv(features, middle, kernel=1), InvertedResidual(middle))
        self.flow8 = nn.Conv2d(middle, 2 * PARTS, 1)
        self.narrow = nn.Conv2d(middle, 32, 1)
        self.refine = nn.Sequential(conv(32 + 16 + 2 * PARTS, 32, kernel=1), InvertedResidual(32))
        self.flow4 = nn.Conv2d(32, 2 * PARTS, 1)
        self.relief = nn.Conv2d(32, 1, 1)
        self.spread = nn.Conv2d(32, 16 * 4, 1)
        self.edge = nn.Sequential(conv(16 + 4, 24, kernel=1), conv(24, 24, groups=24))
        self.coverage = nn.Conv2d(24, PARTS, 1)
        for layer in (self.flow8, self.flow4, self.relief):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.coverage.bias, -2.0)

    def encode_person(self, mask: Tensor, landmarks: Tensor) -> Tensor:
        """mask (B, 1, 256, 192), landmarks (B, 33, 5) -> (B, 96, 32, 24), which no garment has touched."""
        return self.stem(torch.cat([self.pose_maps(landmarks), functional.pixel_unshuffle(mask, 8)], 1))

    def forward(
        self, person: Tensor, mask: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        """Person from `encode_person`; see `lookglass.types.Layers` for the outputs.

        Returns:
            flow (B, 6, 64, 48), its coarser stages flow_guess and flow8 (B, 6, 32, 24), log_relief
            (B, 1, 64, 48), the shade of the body's form, and coverage_logits (B, 3, 128, 96).
        """
        category = (garment["garment_category"] @ self.of_category)[:, None]
        x = tokens(self.down(person)) + self.positions + category
        x = self.join(x, garment, text)
        x = self.merge(person + upsample(self.up(image(x, 16, 12))))
        x, guess = self.guess(x, garment, text)
        x = self.read(x)
        flow8 = guess + self.flow8(x)
        y = self.refine(
            torch.cat([upsample(self.narrow(x)), functional.pixel_unshuffle(mask, 4), upsample(flow8)], 1)
        )
        flow = upsample(flow8) + self.flow4(y)
        z = functional.pixel_shuffle(self.spread(y), 2)
        z = self.edge(torch.cat([z, functional.pixel_unshuffle(mask, 2)], 1))
        return {
            "flow": flow,
            "flow8": flow8,
            "flow_guess": guess,
            "log_relief": self.relief(y).clamp(-0.6, 0.3),
            "coverage_logits": self.coverage(z),
        }

    @abstractmethod
    def join(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> Tensor:
        """Person tokens (B, 192, width) -> as many, through the blocks."""

    @abstractmethod
    def guess(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Pixels (B, middle, 32, 24) -> (B, features, 32, 24) to go on with, and a flow (B, 6, 32, 24)."""
