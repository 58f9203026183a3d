"""The garment side: runs once per garment, what it says is cached."""

from abc import ABC, abstractmethod
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass.types import CATEGORIES
from lookglass_export.models.attention import SelfAttention
from lookglass_export.models.blocks import (
    FeedForward,
    InvertedResidual,
    conv,
    grid,
    sine_positions,
    tokens,
)

SIZE = 128
TOKEN_GRID = 16
EXTRA_COLUMNS = 8


class GarmentEncoder(ABC, nn.Module):
    """(B, 9, 128, 128) garment pixels and their (B, 3) category -> what a fusion's `Geometry` asks for."""

    def __init__(self, *, width: int = 128) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            conv(11, 24, stride=2),
            conv(24, 48, stride=2),
            InvertedResidual(48),
            conv(48, 96, stride=2),
            InvertedResidual(96),
        )
        self.project = nn.Linear(96, width)
        self.of_category = nn.Parameter(torch.zeros(len(CATEGORIES), width))
        self.attentions = nn.ModuleList(SelfAttention(width) for _ in range(2))
        self.feed_forwards = nn.ModuleList(FeedForward(width) for _ in range(2))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("positions", sine_positions(TOKEN_GRID, TOKEN_GRID, width), persistent=False)
        self.register_buffer("pixel_grid", grid(SIZE, SIZE)[None], persistent=False)
        self.register_buffer("token_grid", grid(TOKEN_GRID, TOKEN_GRID)[None], persistent=False)

    def forward(self, pixels: Tensor, category: Tensor) -> dict[str, Tensor]:
        """Names as in the graph: those of `tell`, and garment_category.

        The last is the one-hot category as it was given, for what runs per frame.
        """
        batch = pixels.shape[0]
        x = self.stem(torch.cat([pixels, self.pixel_grid.expand(batch, -1, -1, -1)], 1))
        x = self.project(tokens(x)) + self.positions + (category @ self.of_category)[:, None]
        for attention, feed_forward in zip(self.attentions, self.feed_forwards, strict=True):
            x = x + attention(x)
            x = x + feed_forward(x)
        shares = functional.avg_pool2d(pixels[:, 3:], SIZE // TOKEN_GRID)
        columns = torch.cat([self.token_grid.expand(batch, -1, -1, -1), shares[:, 1:], shares[:, :1]], 1)
        return self.tell(self.norm(x), tokens(columns)) | {"garment_category": category * 1.0}

    @abstractmethod
    def tell(self, x: Tensor, columns: Tensor) -> dict[str, Tensor]:
        """What is kept of a garment.

        Args:
            x: (B, 256, width), its tokens.
            columns: (B, 256, 8), token coordinates x and y in [-1, 1], shares of the five parts, and alpha.
        """


class GarmentParser(nn.Module):
    """A small U-Net: (B, 4, 128, 128) premultiplied RGBA -> (B, 6, 128, 128) logits of `GARMENT_LABELS`."""

    def __init__(self, widths: tuple[int, ...] = (16, 32, 48, 64)) -> None:
        super().__init__()
        self.register_buffer("pixel_grid", grid(SIZE // 2, SIZE // 2)[None], persistent=False)
        downs = [conv(18, widths[0])]
        downs += [nn.Sequential(conv(a, b, stride=2), InvertedResidual(b)) for a, b in pairwise(widths)]
        downs[-1].append(InvertedResidual(widths[-1]))
        self.downs = nn.ModuleList(downs)
        self.sides = nn.ModuleList(conv(b, a, kernel=1) for a, b in pairwise(widths))
        self.merges = nn.ModuleList(InvertedResidual(a) for a in widths[:-1])
        self.head = nn.Conv2d(widths[0], 6 * 4, 1)

    def forward(self, rgba: Tensor) -> Tensor:
        x = functional.pixel_unshuffle(rgba, 2)
        x = torch.cat([x, self.pixel_grid.expand(x.shape[0], -1, -1, -1)], 1)
        skips = []
        for down in self.downs:
            x = down(x)
            skips.append(x)
        for side, merge, skip in zip(self.sides[::-1], self.merges[::-1], skips[-2::-1], strict=True):
            x = merge(skip + functional.interpolate(side(x), scale_factor=2.0, mode="nearest"))
        return functional.pixel_shuffle(self.head(x), 2)
