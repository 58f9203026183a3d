"""`lookglass::CrossAttention`: attention with extra columns and softmax statistics, and its uses.

The operator takes q (B, H, Nq, Dk), k (B, H, Nk, Dk), v (B, H, Nk, Dv) and extra (B, Nk, E), the scale
already folded into q, and returns out (B, H, Nq, Dv), extra_out (B, H, Nq, E) and lse (B, H, Nq): the
values and the extra columns averaged under softmax(q k^T), and the log-sum-exp of the scores. At export
it becomes one node, whose body `lookglass_export.onnx_export` attaches as a model-local function.
"""

import torch
from torch import Tensor, nn

from lookglass_export.models.blocks import FeedForward, heads, merge_heads

OP_NAME = "lookglass::CrossAttention"


def cross_attention(q: Tensor, k: Tensor, v: Tensor, extra: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Run the operator; see the module's text for shapes."""
    if torch.onnx.is_in_onnx_export():
        shapes = ((*q.shape[:3], v.shape[3]), (*q.shape[:3], extra.shape[2]), tuple(q.shape[:3]))
        out, extra_out, lse = torch.onnx.ops.symbolic_multi_out(
            OP_NAME,
            (q, k, v, extra),
            dtypes=(q.dtype, torch.float32, torch.float32),
            shapes=shapes,
            version=1,
        )
        return out, extra_out, lse
    scores = (q @ k.transpose(-1, -2)).float()
    weights = torch.softmax(scores, -1)
    # Coordinates stay float32 under autocast: bfloat16 would round the flow to a quarter of a pixel.
    with torch.autocast(q.device.type, enabled=False):
        columns = weights @ extra[:, None].float()
    return weights.to(v.dtype) @ v, columns, torch.logsumexp(scores, -1)


class SelfAttention(nn.Module):
    """Pre-norm multi-head self-attention; the caller adds the residual."""

    def __init__(self, width: int, head_count: int = 4) -> None:
        super().__init__()
        self.head_count = head_count
        self.norm = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (heads(part, self.head_count) for part in self.qkv(self.norm(x)).chunk(3, -1))
        weights = torch.softmax((q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2), -1)
        return self.out(merge_heads(weights @ v))


class SelfBlock(nn.Module):
    """Tokens look at each other alone."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attend_self = SelfAttention(width)
        self.feed_forward = FeedForward(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attend_self(x)
        return x + self.feed_forward(x)


class CrossBlock(nn.Module):
    """Person tokens look at the cached garment tokens, and at the text tokens beside them.

    The two attentions are merged by their log-sum-exp, which equals one softmax over both sets.
    """

    def __init__(self, width: int, head_count: int = 4) -> None:
        super().__init__()
        self.head_count = head_count
        self.attend_self = SelfAttention(width, head_count)
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.feed_forward = FeedForward(width)

    def forward(self, x: Tensor, garment: tuple[Tensor, Tensor, Tensor], text: tuple[Tensor, ...]) -> Tensor:
        """x (B, N, C); garment k, v (B, H, Nk, D), extra (B, Nk, E); text k, v (B, H, 16, D), mask (B, 16)"""
        x = x + self.attend_self(x)
        q = heads(self.query(self.norm(x)), self.head_count)
        q = q * q.shape[-1] ** -0.5
        from_garment, _, lse = cross_attention(q, *garment)
        x = x + self.out(merge_heads(_merge_text(q, from_garment, lse, *text)))
        return x + self.feed_forward(x)


def _merge_text(q: Tensor, out: Tensor, lse: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
    """Continue a softmax over garment tokens with the text tokens whose mask is 1."""
    scores = q @ k.transpose(-1, -2) + (mask[:, None, None] - 1) * 1e4
    weights = torch.softmax(scores, -1)
    # The log-sum-exp of the scores, by way of the largest weight: ONNX Runtime's ReduceLogSumExp is slow.
    text_lse = scores.amax(-1) - weights.amax(-1).log()
    share = torch.sigmoid(text_lse - lse)[..., None]
    return out * (1 - share) + (weights @ v) * share
