"""Early fusion: everything is concatenated before anything is worked out, and the flow is regressed.

The garment is a map, laid over the person's grid as if its frame were the crop: what lies at a place of one
has nothing to do with what lies there in the other, and to bring them together is the trunk's task.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass_export.models.attention import SelfBlock
from lookglass_export.models.blocks import image, merge_heads, tokens
from lookglass_export.models.garment import EXTRA_COLUMNS, TOKEN_GRID, GarmentEncoder
from lookglass_export.models.geometry import PARTS, Geometry

WIDTH, MIDDLE, BLOCKS, HEADS = 128, 96, 3, 4


class EarlyEncoder(GarmentEncoder):
    """A map of the garment on the person's grid."""

    def __init__(self) -> None:
        super().__init__(width=WIDTH)
        self.map = nn.Linear(WIDTH + EXTRA_COLUMNS, WIDTH)

    def tell(self, x: Tensor, columns: Tensor) -> dict[str, Tensor]:
        """Names as in the graph: garment_map (B, 128, 16, 12)."""
        square = image(self.map(torch.cat([x, columns], -1)), TOKEN_GRID, TOKEN_GRID)
        return {"garment_map": functional.interpolate(square, size=(16, 12), mode="bilinear")}


class EarlyGeometry(Geometry):
    """Person, garment and words side by side in every token."""

    def __init__(self) -> None:
        blocks = (SelfBlock(WIDTH) for _ in range(BLOCKS))
        super().__init__(blocks, queries=2 * PARTS, features=MIDDLE, width=WIDTH, middle=MIDDLE)
        self.of_words = nn.Parameter(torch.randn(1, HEADS, 1, WIDTH // HEADS))
        self.concatenated = nn.Linear(3 * WIDTH, WIDTH)

    def join(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> Tensor:
        words = self._one(**text).expand(-1, x.shape[1], -1)
        x = self.concatenated(torch.cat([x, tokens(garment["garment_map"]), words], -1))
        for block in self.fusions:
            x = block(x)
        return x

    def guess(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        # Coordinates stay float32 under autocast, as they do in the attention of cross fusion.
        with torch.autocast(x.device.type, enabled=False):
            return x, self.query(x.float())

    def _one(self, text_k: Tensor, text_v: Tensor, text_mask: Tensor) -> Tensor:
        """All words as one vector (B, 1, 128): what a learned query gathers of their tokens."""
        scores = self.of_words @ text_k.transpose(-1, -2) + (text_mask[:, None, None] - 1) * 1e4
        return merge_heads(torch.softmax(scores, -1) @ text_v)
