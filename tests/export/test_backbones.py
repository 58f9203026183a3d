"""The networks behind FID and LPIPS against the published implementations, with made-up weights."""

import math
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lookglass_export.evaluation.backbones import INCEPTION, LPIPS_FILES, Backbones
from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.inception import FidInception
from lookglass_export.evaluation.lpips import WIDTHS, Lpips


def filled(shapes: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights that every machine makes alike: a sine along each tensor, about He's scale."""
    weights = {}
    for phase, (name, old) in enumerate(sorted(shapes.items())):
        wave = torch.sin(torch.arange(old.numel(), dtype=torch.float64) * 0.7 + phase).reshape(old.shape)
        if not old.is_floating_point():
            weights[name] = old
        elif old.dim() >= 2:
            weights[name] = (wave * math.sqrt(4 / old[0].numel())).float()
        elif name.endswith("running_var"):
            weights[name] = (1 + 0.2 * wave).float()
        else:
            weights[name] = (0.1 * wave + name.endswith("bn.weight")).float()
    return weights


def ramps(height: int, width: int) -> Tensor:
    """(1, 3, H, W) in [-1, 1], a corner of a 299 px picture."""
    ramp = torch.linspace(-1, 1, 299)
    planes = (
        ramp.expand(299, 299),
        ramp[:, None].expand(299, 299),
        (9 * ramp).sin() * (7 * ramp).cos()[:, None],
    )
    return torch.stack(planes)[None, :, :height, :width]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with the names and keys of the published ones."""
    folder = tmp_path_factory.mktemp("backbones")
    torch.save(filled(FidInception().state_dict()), folder / INCEPTION)
    for net in ("alex", "squeeze"):
        keys = {f"features.{k}": v for k, v in Lpips(net).features.state_dict().items()}
        classifier = {"classifier.1.weight": torch.zeros(3, 3)}
        torch.save(filled(keys) | classifier, folder / LPIPS_FILES[net])
        heads = enumerate(WIDTHS[net])
        torch.save(
            {f"lin{i}.model.1.weight": torch.linspace(0, 1, n)[None, :, None, None] for i, n in heads},
            folder / f"{net}.pth",
        )
    return folder


@torch.no_grad()
def test_inception_is_pytorch_fid_s(folder: Path) -> None:
    """Expected values: torchvision 0.28's Inception3 with pytorch-fid's patches and the same weights."""
    backbones = Backbones(folder)
    features = backbones.inception()(ramps(299, 299))[0]
    assert features.shape == (2048,)
    torch.testing.assert_close(features[1:4], torch.tensor([20.6801, 56.8916, 36.4759]), rtol=1e-3, atol=0)
    assert features.norm().item() == pytest.approx(778.7427, rel=1e-3)
    assert len(backbones.used[INCEPTION]) == 64


@torch.no_grad()
@pytest.mark.parametrize(
    ("net", "expected"), [("alex", 1.0672401), ("squeeze", 0.4244690), ("vgg", 0.3922411)]
)
def test_lpips_is_the_authors(folder: Path, tmp_path: Path, net: str, expected: float) -> None:
    """Expected values: the package lpips 0.1.4 with the same weights; VGG's are not worth a file."""
    picture = ramps(96, 128)
    other = torch.flip(ramps(299, 299), [3])[..., :96, :128] * 0.8
    if net == "vgg":
        network = Lpips(net).eval()
        named = {f"features.{k}": v for k, v in network.features.state_dict().items()}
        network.features.load_state_dict({k[9:]: v for k, v in filled(named).items()})
        for head in network.heads:
            head.copy_(torch.linspace(0, 1, head.numel()).reshape(head.shape))
    else:
        network = Backbones(folder).lpips(net)
    assert network(picture, other).item() == pytest.approx(expected, rel=1e-3)
    assert network(picture, picture).item() == 0


def test_a_missing_file_is_named_with_where_it_is_described(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"pt_inception.*pytorch-fid.*--backbones"):
        Backbones(None).inception()
    with pytest.raises(EvaluationError, match=r"squeezenet1_1.*missing.*torchvision"):
        Backbones(tmp_path).lpips("squeeze")


def test_a_file_of_something_else_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / INCEPTION).write_bytes(b"no weights")
    with pytest.raises(EvaluationError, match="cannot be read"):
        Backbones(tmp_path).inception()
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / INCEPTION)
    with pytest.raises(EvaluationError, match="another network"):
        Backbones(tmp_path).inception()


def test_weights_cannot_run_code(tmp_path: Path) -> None:
    """A pickle with a call in it is refused, not executed."""

    class Call:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"x": Call()}, tmp_path / INCEPTION)
    with pytest.raises(EvaluationError, match="cannot be read"):
        Backbones(tmp_path).inception()
    assert not (tmp_path / "ran").exists()
