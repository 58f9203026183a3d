"""The words' side: runs once per text, its tokens are cached and looked at beside the garment's."""

import torch
from torch import Tensor, nn

from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass_export.models.blocks import FeedForward, heads, merge_heads

TEXT_TOKENS = 16
_OFF = 1e4


class TextNull(nn.Module):
    """The learned absence of words: 16 text tokens of which the first is on."""

    def __init__(self, *, width: int = 128, head_count: int = 4, count: int = TEXT_TOKENS) -> None:
        super().__init__()
        self.keys = nn.Parameter(torch.randn(1, head_count, count, width // head_count) * 0.02)
        self.values = nn.Parameter(torch.zeros(1, head_count, count, width // head_count))
        self.register_buffer("mask", torch.eye(count)[:1], persistent=False)

    def forward(self) -> dict[str, Tensor]:
        return {"text_k": self.keys * 1.0, "text_v": self.values * 1.0, "text_mask": self.mask * 1.0}


class TextEncoder(nn.Module):
    """(B, 32) int64 numbers of words, 0 for none -> 16 text tokens; without a word exactly the null text's.

    A small transformer over the words, from which 16 learned queries gather what the person tokens look at.
    """

    def __init__(
        self, *, capacity: int = 512, width: int = 128, head_count: int = 4, blocks: int = 2
    ) -> None:
        super().__init__()
        self.head_count = head_count
        self.embedding = nn.Embedding(capacity + 1, width)
        self.places = nn.Parameter(torch.randn(TEXT_LENGTH, width) * 0.02)
        self.attentions = nn.ModuleList(_WordAttention(width, head_count) for _ in range(blocks))
        self.feed_forwards = nn.ModuleList(FeedForward(width) for _ in range(blocks))
        self.slots = nn.Parameter(torch.randn(1, TEXT_TOKENS, width))
        self.gather = _WordAttention(width, head_count)
        self.norm = nn.LayerNorm(width)
        self.keys = nn.Linear(width, width)
        self.values = nn.Linear(width, width)
        nn.init.normal_(self.embedding.weight, std=0.3)
        nn.init.zeros_(self.values.weight)
        nn.init.zeros_(self.values.bias)

    def forward(self, ids: Tensor, null: dict[str, Tensor]) -> dict[str, Tensor]:
        """Ids (B, 32) and the null text's tensors -> tensors of the same names with a batch axis of B."""
        there = (ids > 0).float()
        x = self.embedding(ids) + self.places
        for attention, feed_forward in zip(self.attentions, self.feed_forwards, strict=True):
            x = x + attention(x, x, there)
            x = x + feed_forward(x)
        said = there.amax(1)
        slots = self.slots * said[:, None, None]
        slots = self.norm(slots + self.gather(slots, x, there))
        k, v = (heads(layer(slots), self.head_count) for layer in (self.keys, self.values))
        return {
            "text_k": null["text_k"] + said[:, None, None, None] * k,
            "text_v": null["text_v"] + said[:, None, None, None] * v,
            "text_mask": null["text_mask"] + said[:, None] * (1 - null["text_mask"]),
        }


class _WordAttention(nn.Module):
    """Pre-norm multi-head attention to the words that are there; the caller adds the residual."""

    def __init__(self, width: int, head_count: int) -> None:
        super().__init__()
        self.head_count = head_count
        self.norm = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, words: Tensor, there: Tensor) -> Tensor:
        """x (B, N, C) looks at words (B, L, C), where `there` (B, L) is 1."""
        q = heads(self.query(self.norm(x)), self.head_count)
        k, v = (heads(part, self.head_count) for part in self.key_value(self.norm(words)).chunk(2, -1))
        scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2) + (there[:, None, None] - 1) * _OFF
        return self.out(merge_heads(torch.softmax(scores, -1) @ v))
