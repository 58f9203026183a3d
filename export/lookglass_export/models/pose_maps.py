"""Pose maps: what every pixel knows about every limb, computed from the landmarks inside the graph."""

import torch
from torch import Tensor, nn

HEIGHT, WIDTH = 256, 192
# Pairs of points: MediaPipe indices, and the midpoints of shoulders (33), hips (34) and ears (35).
SEGMENTS = (
    *((11, 13), (12, 14), (13, 15), (14, 16), (15, 19), (16, 20)),
    *((33, 34), (11, 23), (12, 24), (33, 35), (12, 11), (24, 23)),
)
SEEN = 7
"""Segments before this one bring their visibility, the others, of the trunk and neck, their depth."""
MAP_COUNT = 4 * len(SEGMENTS)


class PoseMaps(nn.Module):
    """Landmarks (B, 33, 5) in crop pixels -> (B, 48, h, w) maps.

    For each of 12 segments: position along it, signed distance across it in torso lengths, proximity, and
    the landmarks' visibility, or the depth at its nearest point where the segment tells how the trunk is
    turned. They are analytic, so that a pixel on a forearm knows how far along it lies.
    """

    def __init__(self, height: int, width: int) -> None:
        super().__init__()
        y = (torch.arange(height) + 0.5) * (HEIGHT / height) - 0.5
        x = (torch.arange(width) + 0.5) * (WIDTH / width) - 0.5
        pixels = torch.stack([x.expand(height, width), y[:, None].expand(height, width)])
        self.register_buffer("pixels", pixels, persistent=False)
        self.register_buffer("ends", torch.tensor(SEGMENTS), persistent=False)

    def forward(self, landmarks: Tensor) -> Tensor:
        pairs = (
            landmarks[:, 11] + landmarks[:, 12],
            landmarks[:, 23] + landmarks[:, 24],
            landmarks[:, 7] + landmarks[:, 8],
        )
        points = torch.cat([landmarks, torch.stack(pairs, 1) / 2], 1)
        torso = (
            (points[:, 33, :2] - points[:, 34, :2]).square().sum(-1).sqrt().clamp(min=20)[:, None, None, None]
        )
        start, end = points[:, self.ends[:, 0]], points[:, self.ends[:, 1]]
        visible = (start[..., 2:3] * end[..., 2:3])[..., None].expand(-1, -1, *self.pixels.shape[-2:])
        start, along = start[..., :2, None, None], (end - start)[..., :2, None, None]
        length2 = along.square().sum(2).clamp(min=16)
        offset = self.pixels - start
        t = (offset * along).sum(2) / length2
        across = (
            (offset[:, :, 0] * along[:, :, 1] - offset[:, :, 1] * along[:, :, 0]) / length2.sqrt() / torso
        )
        # Two clamps of one tensor lose their bounds in torch 2.13's ONNX export.
        inside = torch.relu(t) - torch.relu(t - 1)
        nearest = offset - inside[:, :, None] * along
        proximity = torch.exp(-nearest.square().sum(2) / (0.16 * torso).square())
        depth = (points[..., 4] - points[:, 33:35, 4].mean(1, keepdim=True))[:, self.ends[SEEN:], None, None]
        depth = depth[:, :, 0] + inside[:, SEEN:] * (depth[:, :, 1] - depth[:, :, 0])
        depth = (1.5 * depth / torso).clamp(-1.5, 1.5)
        maps = (t.clamp(-1, 2) - 0.5, (2.5 * across).clamp(-1.5, 1.5), proximity, visible[:, :SEEN], depth)
        return torch.cat(maps, 1)
