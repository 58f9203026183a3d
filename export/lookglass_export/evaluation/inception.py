"""The Inception network of FID: the one of 2015 from TensorFlow, as pytorch-fid carried it over.

It differs from torchvision's in its weights, in average pools that leave the padding out, and in a maximum
where the last block should average. Modules have the names of pytorch-fid's file, which loads as it is.
"""

from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

FEATURES = 2048
INPUT_PX = 299

Kernel = tuple[int, int]
Step = tuple[str, int, Kernel]
ONE, THREE, FIVE, ROW, COLUMN, ACROSS, DOWN = (1, 1), (3, 3), (5, 5), (1, 7), (7, 1), (1, 3), (3, 1)


class FidInception(nn.Module):
    """(B, 3, 299, 299) in [-1, 1] -> (B, 2048), the features before the classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = _conv(3, 32, THREE, stride=2)
        self.Conv2d_2a_3x3 = _conv(32, 32, THREE, padded=False)
        self.Conv2d_2b_3x3 = _conv(32, 64, THREE)
        self.Conv2d_3b_1x1 = _conv(64, 80, ONE)
        self.Conv2d_4a_3x3 = _conv(80, 192, THREE, padded=False)
        self.Mixed_5b, self.Mixed_5c, self.Mixed_5d = (
            _Mixed(inputs, _wide(pool)) for inputs, pool in ((192, 32), (256, 64), (288, 64))
        )
        self.Mixed_6a = _Shrinking(
            288, [[("branch3x3", 384, THREE)], _chain("branch3x3dbl", (64, 96, 96), (ONE, THREE, THREE))]
        )
        self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e = (
            _Mixed(768, _long(width)) for width in (128, 160, 160, 192)
        )
        self.Mixed_7a = _Shrinking(
            768,
            [
                _chain("branch3x3", (192, 320), (ONE, THREE)),
                _chain("branch7x7x3", (192,) * 4, (ONE, ROW, COLUMN, THREE)),
            ],
        )
        self.Mixed_7b, self.Mixed_7c = _Forked(1280), _Forked(2048, largest=True)
        self.fc = nn.Linear(FEATURES, 1008)

    def forward(self, x: Tensor) -> Tensor:
        x = self.Conv2d_2b_3x3(self.Conv2d_2a_3x3(self.Conv2d_1a_3x3(x)))
        x = functional.max_pool2d(x, 3, 2)
        x = self.Conv2d_4a_3x3(self.Conv2d_3b_1x1(x))
        x = functional.max_pool2d(x, 3, 2)
        for name, block in self.named_children():
            if name.startswith("Mixed"):
                x = block(x)
        return x.mean((2, 3))


class _Mixed(nn.Module):
    """Chains of convolutions side by side, and a pool of the input followed by one more."""

    def __init__(self, inputs: int, chains: Sequence[Sequence[Step]]) -> None:
        super().__init__()
        self.chains = [[step[0] for step in chain] for chain in chains]
        for chain in chains:
            self._add(inputs, chain)

    def _add(self, width: int, chain: Sequence[Step]) -> None:
        for name, outputs, kernel in chain:
            self.add_module(name, _conv(width, outputs, kernel))
            width = outputs

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([*(self._follow(x, chain) for chain in self.chains[:-1]), self._pooled(x)], 1)

    def _follow(self, x: Tensor, names: Sequence[str]) -> Tensor:
        for name in names:
            x = self.get_submodule(name)(x)
        return x

    def _pooled(self, x: Tensor) -> Tensor:
        # TensorFlow's average does not count the padding.
        return self._follow(functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False), self.chains[-1])


class _Shrinking(_Mixed):
    """Every chain ends with a stride of two; the pooled input is passed on as it is."""

    def __init__(self, inputs: int, chains: Sequence[Sequence[Step]]) -> None:
        super().__init__(inputs, chains)
        for chain in self.chains:
            last = self.get_submodule(chain[-1]).conv
            last.stride, last.padding = (2, 2), (0, 0)
        self.chains.append([])

    def _pooled(self, x: Tensor) -> Tensor:
        return functional.max_pool2d(x, 3, 2)


class _Forked(_Mixed):
    """Two of the chains end in a row and a column beside each other."""

    def __init__(self, inputs: int, *, largest: bool = False) -> None:
        stems = [
            [("branch1x1", 320, ONE)],
            [("branch3x3_1", 384, ONE)],
            _chain("branch3x3dbl", (448, 384), (ONE, THREE)),
            [("branch_pool", 192, ONE)],
        ]
        super().__init__(inputs, stems)
        self.largest = largest
        self.forks = {1: "branch3x3_2", 2: "branch3x3dbl_3"}
        for name in self.forks.values():
            for end, kernel in (("a", ACROSS), ("b", DOWN)):
                self.add_module(name + end, _conv(384, 384, kernel))

    def forward(self, x: Tensor) -> Tensor:
        out = [self._follow(x, chain) for chain in self.chains[:-1]]
        for index, name in self.forks.items():
            out[index] = torch.cat([self._follow(out[index], [name + end]) for end in "ab"], 1)
        return torch.cat([*out, self._pooled(x)], 1)

    def _pooled(self, x: Tensor) -> Tensor:
        # The network of 2015 takes the maximum here, probably by mistake; every published FID does.
        return (
            self._follow(functional.max_pool2d(x, 3, 1, 1), self.chains[-1])
            if self.largest
            else super()._pooled(x)
        )


def _conv(
    inputs: int, outputs: int, kernel: Kernel, *, stride: int = 1, padded: bool = True
) -> nn.Sequential:
    padding = (kernel[0] // 2, kernel[1] // 2) if padded and stride == 1 else 0
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
    parts = OrderedDict(conv=conv, bn=nn.BatchNorm2d(outputs, eps=0.001), relu=nn.ReLU(inplace=True))
    return nn.Sequential(parts)


def _chain(name: str, widths: Sequence[int], kernels: Sequence[Kernel]) -> list[Step]:
    """Steps `name_1`, `name_2`, ..."""
    steps = zip(widths, kernels, strict=True)
    return [(f"{name}_{i}", width, kernel) for i, (width, kernel) in enumerate(steps, 1)]


def _wide(pool: int) -> list[list[Step]]:
    return [
        [("branch1x1", 64, ONE)],
        _chain("branch5x5", (48, 64), (ONE, FIVE)),
        _chain("branch3x3dbl", (64, 96, 96), (ONE, THREE, THREE)),
        [("branch_pool", pool, ONE)],
    ]


def _long(width: int) -> list[list[Step]]:
    return [
        [("branch1x1", 192, ONE)],
        _chain("branch7x7", (width, width, 192), (ONE, ROW, COLUMN)),
        _chain("branch7x7dbl", (width,) * 4 + (192,), (ONE, COLUMN, ROW, COLUMN, ROW)),
        [("branch_pool", 192, ONE)],
    ]
