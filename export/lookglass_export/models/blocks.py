"""The few building blocks that all networks here are made of."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional


def conv_bn(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution with batch norm, no activation."""
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def conv(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return conv_bn(inputs, outputs, kernel=kernel, stride=stride, groups=groups).append(nn.ReLU(inplace=True))


class InvertedResidual(nn.Module):
    """MobileNetV2's block (Sandler et al. 2018) without stride: expand, depthwise 3x3, project, add."""

    def __init__(self, channels: int, expansion: int = 2) -> None:
        super().__init__()
        hidden = channels * expansion
        self.body = nn.Sequential(
            conv(channels, hidden, kernel=1),
            conv(hidden, hidden, groups=hidden),
            conv_bn(hidden, channels, kernel=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


class FeedForward(nn.Sequential):
    """LayerNorm and a two-layer perceptron; the caller adds the residual."""

    def __init__(self, width: int, expansion: int = 2) -> None:
        super().__init__(
            nn.LayerNorm(width),
            nn.Linear(width, width * expansion),
            nn.ReLU(inplace=True),
            nn.Linear(width * expansion, width),
        )


def tokens(x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, H * W, C)."""
    return x.flatten(2).transpose(1, 2)


def image(x: Tensor, height: int, width: int) -> Tensor:
    """(B, H * W, C) -> (B, C, H, W)."""
    return x.transpose(1, 2).reshape(x.shape[0], -1, height, width)


def heads(x: Tensor, count: int) -> Tensor:
    """(B, N, count * D) -> (B, count, N, D)."""
    return x.reshape(x.shape[0], x.shape[1], count, -1).transpose(1, 2)


def merge_heads(x: Tensor) -> Tensor:
    """(B, H, N, D) -> (B, N, H * D)."""
    return x.transpose(1, 2).flatten(2)


def upsample(x: Tensor) -> Tensor:
    """Twice the size, bilinear, pixel centres aligned as `cv2.resize` does."""
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


def grid(height: int, width: int) -> Tensor:
    """(2, H, W) x and y of pixel centres in [-1, 1], `align_corners=False`."""
    y, x = (torch.arange(n).add(0.5).mul(2 / n).sub(1) for n in (height, width))
    return torch.stack([x.expand(height, width), y[:, None].expand(height, width)])


def sine_positions(height: int, width: int, channels: int) -> Tensor:
    """(H * W, channels) sine and cosine of positions at geometric frequencies (Vaswani et al. 2017)."""
    frequencies = torch.exp(torch.linspace(0, math.log(32), channels // 4)) * math.pi / 2
    angles = ((grid(height, width) + 1) / 2)[..., None] * frequencies
    return torch.cat([angles.sin(), angles.cos()], -1).permute(1, 2, 0, 3).reshape(height * width, channels)
