"""Cross fusion, the default: the person asks, the garment answers where the two agree.

The correspondence attention has one head per part; its expected token coordinates are the part's flow.
"""

import torch
from torch import Tensor, nn

from lookglass_export.models.attention import CrossBlock, cross_attention
from lookglass_export.models.blocks import heads, image, merge_heads, tokens
from lookglass_export.models.garment import EXTRA_COLUMNS, GarmentEncoder
from lookglass_export.models.geometry import PARTS, Geometry

WIDTH, BLOCKS, HEADS, KEY, VALUE = 128, 2, 4, 32, 16


class CrossEncoder(GarmentEncoder):
    """Keys, values and columns of the garment's 256 tokens."""

    def __init__(self) -> None:
        super().__init__(width=WIDTH)
        self.fusion_keys_values = nn.ModuleList(nn.Linear(WIDTH, 2 * WIDTH) for _ in range(BLOCKS))
        self.flow_keys = nn.Linear(WIDTH, PARTS * KEY)
        self.flow_values = nn.Linear(WIDTH, PARTS * VALUE)

    def tell(self, x: Tensor, columns: Tensor) -> dict[str, Tensor]:
        """Names as in the graph: fusion{i}_k, fusion{i}_v, flow_k, flow_v, garment_extra."""
        out = {}
        for i, layer in enumerate(self.fusion_keys_values):
            out[f"fusion{i}_k"], out[f"fusion{i}_v"] = (heads(part, HEADS) for part in layer(x).chunk(2, -1))
        return out | {
            "flow_k": heads(self.flow_keys(x), PARTS),
            "flow_v": heads(self.flow_values(x), PARTS),
            "garment_extra": columns,
        }


class CrossGeometry(Geometry):
    """Attention is the correspondence: head p's expected token coordinates are part p's flow."""

    def __init__(self) -> None:
        seen = PARTS * (VALUE + EXTRA_COLUMNS)
        blocks = (CrossBlock(WIDTH, HEADS) for _ in range(BLOCKS))
        super().__init__(blocks, queries=PARTS * KEY, features=96 + seen, width=WIDTH)

    def join(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> Tensor:
        words = (text["text_k"], text["text_v"], text["text_mask"])
        for i, block in enumerate(self.fusions):
            x = block(x, (garment[f"fusion{i}_k"], garment[f"fusion{i}_v"], garment["garment_extra"]), words)
        return x

    def guess(self, x: Tensor, garment: dict[str, Tensor], text: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        q = heads(tokens(self.query(x)), PARTS)
        q = q * q.shape[-1] ** -0.5
        values, columns, _ = cross_attention(
            q, garment["flow_k"], garment["flow_v"], garment["garment_extra"]
        )
        flow = columns[..., :2].transpose(2, 3).reshape(-1, 2 * PARTS, 32, 24)
        seen = image(torch.cat([merge_heads(values), merge_heads(columns)], -1), 32, 24)
        return torch.cat([x, seen], 1), flow
