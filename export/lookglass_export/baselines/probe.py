"""The probe: one network for everything, colour and garment together, one flow for the whole garment.

It came before `lookglass_export.models` and is the baseline that they must beat on the same data.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from lookglass_export.models.attention import SelfAttention, cross_attention
from lookglass_export.models.blocks import (
    FeedForward,
    InvertedResidual,
    conv,
    grid,
    heads,
    image,
    merge_heads,
    sine_positions,
    tokens,
    upsample,
)
from lookglass_export.models.pose_maps import SEGMENTS, PoseMaps

WIDTH, HEADS, KEY, VALUE = 128, 4, 64, 32
CLASSES = ("keep", "garment", "inpaint")
PARSE_CLASSES = 7
# Arms, spine, sides and neck; of each the position along it, across it, and proximity.
_MAPS = [kind * len(SEGMENTS) + i for kind in range(3) for i in (0, 1, 2, 3, 6, 7, 8, 9)]


class CrossAttention(nn.Module):
    """Pre-norm multi-head attention to a memory; the caller adds the residual."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key_value = nn.Linear(WIDTH, 2 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, memory: Tensor) -> Tensor:
        q = heads(self.query(self.norm(x)), HEADS)
        k, v = (heads(part, HEADS) for part in self.key_value(memory).chunk(2, -1))
        return self.out(merge_heads(functional.scaled_dot_product_attention(q, k, v)))


class GarmentNet(nn.Module):
    """(B, 4, 128, 128) premultiplied RGBA -> 256 tokens, keys, values, and fine features (B, 16, 32, 32)."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(conv(6, 24, stride=2), conv(24, 48, stride=2), InvertedResidual(48))
        self.down = nn.Sequential(conv(48, 96, stride=2), InvertedResidual(96))
        self.project = nn.Linear(96, WIDTH)
        self.attentions = nn.ModuleList(SelfAttention(WIDTH, HEADS) for _ in range(2))
        self.feed_forwards = nn.ModuleList(FeedForward(WIDTH) for _ in range(2))
        self.key, self.value = nn.Linear(WIDTH, KEY), nn.Linear(WIDTH, VALUE)
        self.fine = nn.Conv2d(48, 16, 1)
        self.register_buffer("positions", sine_positions(16, 16, WIDTH), persistent=False)
        self.register_buffer("pixel_grid", grid(128, 128)[None], persistent=False)
        self.register_buffer("token_grid", tokens(grid(16, 16)[None]), persistent=False)

    def forward(self, rgba: Tensor) -> dict[str, Tensor]:
        quarter = self.stem(torch.cat([rgba, self.pixel_grid.expand(rgba.shape[0], -1, -1, -1)], 1))
        x = self.project(tokens(self.down(quarter))) + self.positions
        for attention, feed_forward in zip(self.attentions, self.feed_forwards, strict=True):
            x = x + attention(x)
            x = x + feed_forward(x)
        where = self.token_grid.expand(rgba.shape[0], -1, -1)
        return {
            "tokens": x,
            "k": self.key(x),
            "v": self.value(x),
            "where": where,
            "fine": self.fine(quarter),
        }


class Fusion(nn.Module):
    """Self-attention, attention to the garment's tokens, feed-forward."""

    def __init__(self) -> None:
        super().__init__()
        self.attend_self, self.attend_garment = SelfAttention(WIDTH, HEADS), CrossAttention()
        self.feed_forward = FeedForward(WIDTH)

    def forward(self, x: Tensor, garment: Tensor) -> Tensor:
        x = x + self.attend_self(x)
        x = x + self.attend_garment(x, garment)
        return x + self.feed_forward(x)


class PersonNet(nn.Module):
    """Person and garment features -> everything, refined from 1/16 to 1/2 of the crop."""

    def __init__(self, half: int = 16, quarter: int = 40, eighth: int = 80) -> None:
        super().__init__()
        self.pose_maps = PoseMaps(64, 48)
        self.stem2, self.stem4 = conv(16, half), conv(16, 32, stride=2)
        self.pose = nn.Sequential(conv(32 + len(_MAPS) + 3, quarter, kernel=1), InvertedResidual(quarter))
        self.down8 = nn.Sequential(
            conv(quarter, eighth, stride=2), InvertedResidual(eighth), InvertedResidual(eighth)
        )
        self.down16 = nn.Sequential(conv(eighth, WIDTH, stride=2), InvertedResidual(WIDTH))
        self.register_buffer("positions", sine_positions(16, 12, WIDTH), persistent=False)
        self.fusions = nn.ModuleList(Fusion() for _ in range(2))
        self.up8, self.merge8 = nn.Conv2d(WIDTH, eighth, 1), InvertedResidual(eighth)
        self.query = nn.Conv2d(eighth, KEY, 1)
        self.log_temperature = nn.Parameter(torch.zeros(()))
        self.read = nn.Sequential(conv(eighth + VALUE + 2, eighth, kernel=1), InvertedResidual(eighth))
        self.flow8 = nn.Conv2d(eighth, 2, 1)
        self.up4 = nn.Conv2d(eighth, quarter, 1)
        self.refine4 = nn.Sequential(
            conv(2 * quarter + 16 + 2, quarter, kernel=1),
            InvertedResidual(quarter),
            InvertedResidual(quarter),
        )
        self.flow4 = nn.Conv2d(quarter, 2, 1)
        self.up2 = nn.Conv2d(quarter, 24, 1)
        self.refine2 = nn.Sequential(conv(24 + half + 4 + 2, 24, kernel=1), InvertedResidual(24))
        self.head = nn.Conv2d(24, 2 + len(CLASSES) + 1 + 3 + PARSE_CLASSES, 1)
        self.skin = nn.Conv2d(24, 2, 1)
        for layer in (self.flow8, self.flow4, self.skin):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        self.skin.bias.data[0] = -2.0

    def forward(
        self,
        person: Tensor,
        mask: Tensor,
        landmarks: Tensor,
        tone: Tensor,
        garment: dict[str, Tensor],
        rgba: Tensor,
    ) -> dict[str, Tensor]:
        pixels = functional.pixel_unshuffle(torch.cat([person - 0.5, mask], 1), 2)
        x2 = self.stem2(pixels)
        skin = (tone - 0.5)[:, :, None, None].expand(-1, -1, 64, 48)
        x4 = self.pose(torch.cat([self.stem4(pixels), self.pose_maps(landmarks)[:, _MAPS], skin], 1))
        x8 = self.down8(x4)
        x16 = tokens(self.down16(x8)) + self.positions
        for fusion in self.fusions:
            x16 = fusion(x16, garment["tokens"])
        x8 = self.merge8(x8 + upsample(self.up8(image(x16, 16, 12))))
        seen, flow0 = self._look(x8, garment)
        x8 = self.read(torch.cat([x8, seen, flow0], 1))
        flow8 = flow0 + self.flow8(x8)
        flow = upsample(flow8)
        x4 = self.refine4(torch.cat([x4, upsample(self.up4(x8)), sample(garment["fine"], flow), flow], 1))
        flow4 = flow + self.flow4(x4)
        flow = upsample(flow4)
        x2 = self.refine2(torch.cat([x2, upsample(self.up2(x4)), sample(rgba, flow), flow], 1))
        return {"flow0": flow0, "flow8": flow8, "flow4": flow4, **self._heads(x2, flow, tone)}

    def _look(self, x: Tensor, garment: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Values and expected coordinates of the garment tokens: (B, 32, 32, 24) and (B, 2, 32, 24)."""
        q = tokens(self.query(x)) * (KEY**-0.5 * torch.exp(self.log_temperature))
        values, where, _ = cross_attention(
            q[:, None], garment["k"][:, None], garment["v"][:, None], garment["where"]
        )
        return image(values[:, 0], 32, 24), image(where[:, 0], 32, 24)

    def _heads(self, x: Tensor, flow: Tensor, tone: Tensor) -> dict[str, Tensor]:
        shift, classes, light, paint, parse = self.head(x).split([2, len(CLASSES), 1, 3, PARSE_CLASSES], 1)
        share, shade = self.skin(x).chunk(2, 1)
        share = torch.sigmoid(share)
        skin = tone[:, :, None, None] * torch.exp(0.5 * shade)
        return {
            "flow": flow + 0.1 * shift,
            "class_logits": classes,
            "gain": torch.exp(0.5 * light.clamp(-2, 2)),
            "painted": torch.sigmoid(paint) * (1 - share) + skin * share,
            "parse_logits": parse,
        }


class Probe(nn.Module):
    """Garment and person net together."""

    def __init__(self) -> None:
        super().__init__()
        self.garment, self.person = GarmentNet(), PersonNet()

    def forward(
        self, person: Tensor, mask: Tensor, landmarks: Tensor, tone: Tensor, rgba: Tensor
    ) -> dict[str, Tensor]:
        """Inputs as those of `tryon`, and the garment (B, 4, 128, 128) premultiplied RGBA.

        Returns:
            flow (B, 2, 128, 96) and its coarser stages flow4, flow8, flow0; class_logits (B, 3, 128, 96) of
            `CLASSES`; gain (B, 1, 128, 96); painted (B, 3, 128, 96); parse_logits (B, 7, 128, 96).
        """
        return self.person(person, mask, landmarks, tone, self.garment(rgba), rgba)


def sample(picture: Tensor, flow: Tensor) -> Tensor:
    """Look a garment picture up through a flow (B, 2, h, w), repeating its border."""
    where = flow.float().permute(0, 2, 3, 1)
    return functional.grid_sample(picture.float(), where, padding_mode="border", align_corners=False)
