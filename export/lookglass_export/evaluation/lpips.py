"""LPIPS 0.1 (Zhang et al. 2018): distance of two pictures in features of AlexNet, VGG-16 or SqueezeNet."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

TAPS = {"alex": (1, 4, 7, 9, 11), "vgg": (3, 8, 15, 22, 29), "squeeze": (1, 4, 7, 9, 10, 11, 12)}
"""Layers whose outputs are compared, by their number in torchvision's `features`."""
WIDTHS = {
    "alex": (64, 192, 384, 256, 256),
    "vgg": (64, 128, 256, 512, 512),
    "squeeze": (64, 128, 256, 384, 384, 512, 512),
}


class Lpips(nn.Module):
    """Two pictures (B, 3, H, W) RGB in [-1, 1] -> (B,) distances.

    Args:
        net: "alex", "vgg" or "squeeze". `features` loads torchvision's weights, `heads` those of the paper.
    """

    def __init__(self, net: str) -> None:
        super().__init__()
        self.features = {"alex": _alex, "vgg": _vgg, "squeeze": _squeeze}[net]()
        self.heads = nn.ParameterList(torch.zeros(1, width, 1, 1) for width in WIDTHS[net])
        self.taps = TAPS[net]
        self.register_buffer("shift", torch.tensor([-0.030, -0.088, -0.188])[:, None, None], persistent=False)
        self.register_buffer("scale", torch.tensor([0.458, 0.448, 0.450])[:, None, None], persistent=False)

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        pairs = zip(self._tapped(a), self._tapped(b), self.heads, strict=True)
        return torch.stack([((x - y).square() * head).sum(1).mean((1, 2)) for x, y, head in pairs]).sum(0)

    def _tapped(self, x: Tensor) -> list[Tensor]:
        """Features of unit length."""
        x, found = (x - self.shift) / self.scale, []
        for index, layer in enumerate(self.features[: self.taps[-1] + 1]):
            x = layer(x)
            if index in self.taps:
                found.append(x / (x.norm(dim=1, keepdim=True) + 1e-10))
        return found


def _alex() -> nn.Sequential:
    convs = (
        (3, 64, 11, 4, 2),
        (64, 192, 5, 1, 2),
        (192, 384, 3, 1, 1),
        (384, 256, 3, 1, 1),
        (256, 256, 3, 1, 1),
    )
    layers: list[nn.Module] = []
    for index, shape in enumerate(convs):
        layers += [nn.Conv2d(*shape), nn.ReLU()]
        if index < 2:
            layers.append(nn.MaxPool2d(3, 2))
    return nn.Sequential(*layers)


def _vgg() -> nn.Sequential:
    layers: list[nn.Module] = []
    width = 3
    for outputs, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            layers += [nn.Conv2d(width, outputs, 3, padding=1), nn.ReLU()]
            width = outputs
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


def _squeeze() -> nn.Sequential:
    pool: Callable[[], nn.Module] = lambda: nn.MaxPool2d(3, 2, ceil_mode=True)  # noqa: E731
    return nn.Sequential(
        *(nn.Conv2d(3, 64, 3, 2), nn.ReLU()),
        *(pool(), _Fire(64, 16, 64), _Fire(128, 16, 64)),
        *(pool(), _Fire(128, 32, 128), _Fire(256, 32, 128)),
        *(pool(), _Fire(256, 48, 192), _Fire(384, 48, 192), _Fire(384, 64, 256), _Fire(512, 64, 256)),
    )


class _Fire(nn.Module):
    """SqueezeNet's block (Iandola et al. 2016)."""

    def __init__(self, inputs: int, middle: int, outputs: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(inputs, middle, 1)
        self.expand1x1 = nn.Conv2d(middle, outputs, 1)
        self.expand3x3 = nn.Conv2d(middle, outputs, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze(x).relu()
        return torch.cat([self.expand1x1(x), self.expand3x3(x)], 1).relu()
