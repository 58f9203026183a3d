"""Weights of others that FID, KID and LPIPS are defined by: read from a folder, never fetched."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.inception import FidInception
from lookglass_export.evaluation.lpips import Lpips

INCEPTION = "pt_inception-2015-12-05-6726825d.pth"
FILES = {
    INCEPTION: 'the Inception network, a file of the release "fid_weights" of mseitzer/pytorch-fid',
    "alexnet-owt-7be5be79.pth": "AlexNet as torchvision publishes it",
    "vgg16-397923af.pth": "VGG-16 as torchvision publishes it",
    "squeezenet1_1-b8a52dc0.pth": "SqueezeNet 1.1 as torchvision publishes it",
    "alex.pth": "LPIPS's weights on AlexNet, in weights/v0.1 of richzhang/PerceptualSimilarity",
    "vgg.pth": "LPIPS's weights on VGG-16, in weights/v0.1 of richzhang/PerceptualSimilarity",
    "squeeze.pth": "LPIPS's weights on SqueezeNet, in weights/v0.1 of richzhang/PerceptualSimilarity",
}
"""File -> what it is and where it is described."""
LPIPS_FILES = {
    "alex": "alexnet-owt-7be5be79.pth",
    "vgg": "vgg16-397923af.pth",
    "squeeze": "squeezenet1_1-b8a52dc0.pth",
}


@dataclass
class Backbones:
    """Networks from a folder of weights files under their published names.

    Attributes:
        folder: where the files lie; None if no folder was given.
        device: where the networks run.
        used: file -> sha256 of what was read, for the report.
    """

    folder: Path | None
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    used: dict[str, str] = field(default_factory=dict)

    def inception(self) -> nn.Module:
        """FID's network.

        Raises:
            EvaluationError: its file is missing or holds something else.
        """
        return self._loaded(FidInception(), self._read(INCEPTION), INCEPTION)

    def lpips(self, net: str) -> nn.Module:
        """LPIPS 0.1 on "alex", "vgg" or "squeeze".

        Raises:
            EvaluationError: a file is missing or holds something else.
        """
        features, heads = self._read(LPIPS_FILES[net]), self._read(f"{net}.pth")
        weights = {name: value for name, value in features.items() if name.startswith("features.")}
        for name, value in heads.items():
            weights[name.replace("lin", "heads.").replace(".model.1.weight", "")] = value
        network = Lpips(net)
        # torchvision's SqueezeNet and VGG go on behind the last layer that LPIPS looks at.
        known = network.state_dict()
        return self._loaded(
            network, {k: v for k, v in weights.items() if k in known}, f"{LPIPS_FILES[net]} or {net}.pth"
        )

    def _read(self, file: str) -> dict[str, Tensor]:
        path = self._path(file)
        try:
            weights = torch.load(path, weights_only=True, map_location="cpu")
        except Exception as error:  # Bad files raise errors without a common base.
            raise EvaluationError(f"{path} cannot be read: {error}. It should be {FILES[file]}.") from error
        self.used[file] = hashlib.sha256(path.read_bytes()).hexdigest()
        return weights

    def _path(self, file: str) -> Path:
        if self.folder is None:
            raise EvaluationError(
                f"this needs {file}: {FILES[file]}. Put it into a folder and name that with --backbones, or "
                "choose scores that need no network with --scores."
            )
        path = self.folder / file
        if not path.is_file():
            raise EvaluationError(f"{path} is missing: {FILES[file]}. Put it there, or leave its scores out.")
        return path

    def _loaded(self, network: nn.Module, weights: dict[str, Tensor], file: str) -> nn.Module:
        try:
            network.load_state_dict(weights)
        except RuntimeError as error:
            raise EvaluationError(f"{file} in {self.folder} is of another network: {error}") from error
        return network.eval().requires_grad_(False).to(self.device)
