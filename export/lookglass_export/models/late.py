"""Late fusion: person, garment and words are each worked out alone, and their outputs are weighted.

From the person comes, for each part and pixel, where on a body it lies. From the garment come 16 guesses,
from the words another 16: how places on a body lie in the photo, as an affine map for each part, and what is
seen there. Each pixel mixes them. What it gives a guess depends on the person, how sure the guess is of
itself on its source, and never on whether the two agree: that is what cross fusion adds.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass_export.models.attention import SelfBlock
from lookglass_export.models.blocks import image, merge_heads, tokens
from lookglass_export.models.garment import EXTRA_COLUMNS, GarmentEncoder
from lookglass_export.models.geometry import PARTS, Geometry
from lookglass_export.models.text import TEXT_TOKENS

WIDTH, MIDDLE, BLOCKS = 128, 96, 3
GUESSES = 16
SURE, AFFINE, SEEN = 1, 6, 24
"""Numbers in a guess about a part."""
OUTPUTS = PARTS * (SURE + AFFINE + SEEN)


class LateEncoder(GarmentEncoder):
    """The garment's guesses, each gathered by a learned query."""

    def __init__(self) -> None:
        super().__init__(width=WIDTH)
        self.slots = nn.Parameter(torch.randn(GUESSES, WIDTH))
        self.keys = nn.Linear(WIDTH, WIDTH)
        self.guesses = nn.Linear(WIDTH + EXTRA_COLUMNS, OUTPUTS)

    def tell(self, x: Tensor, columns: Tensor) -> dict[str, Tensor]:
        """Names as in the graph: garment_guesses (B, 16, 93)."""
        weights = torch.softmax(self.slots @ self.keys(x).transpose(-1, -2) * WIDTH**-0.5, -1)
        return {"garment_guesses": self.guesses(weights @ torch.cat([x, columns], -1))}


class LateGeometry(Geometry):
    """Flow and evidence are weighted sums of guesses that never saw the person."""

    def __init__(self) -> None:
        blocks = (SelfBlock(WIDTH) for _ in range(BLOCKS))
        queries = PARTS * (2 + GUESSES + TEXT_TOKENS)
        super().__init__(blocks, queries=queries, features=MIDDLE + PARTS * SEEN, width=WIDTH, middle=MIDDLE)
        self.guesses = nn.Linear(2 * WIDTH, OUTPUTS)

    def join(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> Tensor:
        for block in self.fusions:
            x = block(x)
        return x

    def guess(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        words = self.guesses(merge_heads(torch.cat([text["text_k"], text["text_v"]], -1)))
        guesses = torch.cat([garment["garment_guesses"], words], 1).unflatten(-1, (PARTS, -1)).transpose(1, 2)
        # Coordinates stay float32 under autocast, as they do in the attention of cross fusion.
        with torch.autocast(x.device.type, enabled=False):
            query = tokens(self.query(x.float())).unflatten(-1, (PARTS, -1)).transpose(1, 2)
            place, scores = query[..., :2], query[..., 2:]
            sure, affine, seen = guesses.float().split([SURE, AFFINE, SEEN], -1)
            there = functional.pad(text["text_mask"], (GUESSES, 0), value=1.0)
            scores = scores + sure.transpose(-1, -2) + (there[:, None, None] - 1) * 1e4
            mixed = torch.softmax(scores, -1) @ torch.cat([affine, seen], -1)
            flow = _moved(place, mixed[..., :AFFINE])
        seen = image(merge_heads(mixed[..., AFFINE:]), 32, 24)
        return torch.cat([x, seen], 1), image(merge_heads(flow), 32, 24)


def _moved(place: Tensor, affine: Tensor) -> Tensor:
    """Places (..., 2) on a body, shifted and sheared by (..., 6): 0 leaves them where they are."""
    shift, by_x, by_y = affine.split(2, -1)
    return place + shift + place[..., :1] * by_x + place[..., 1:] * by_y
