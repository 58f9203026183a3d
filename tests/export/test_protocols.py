"""Each protocol's own resizing, windows and sums against independent ones, and the command around them."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets_parts import make_viton_hd, write
from PIL import Image
from test_backbones import filled

from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.pictures import read
from lookglass_export.evaluation import protocols
from lookglass_export.evaluation.backbones import INCEPTION, LPIPS_FILES
from lookglass_export.evaluation.errors import EvaluationError
from lookglass_export.evaluation.evaluate import main
from lookglass_export.evaluation.inception import FidInception
from lookglass_export.evaluation.lpips import WIDTHS, Lpips
from lookglass_export.evaluation.protocols import PROTOCOLS
from lookglass_export.evaluation.score_folders import open_sets


def picture(seed: int, size: tuple[int, int] = (20, 26)) -> Image.Image:
    """A smooth RGB picture with some noise."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (5, 4, 3), np.uint8)).resize(size, Image.Resampling.BICUBIC)
    return Image.fromarray(
        np.clip(np.asarray(coarse) + rng.normal(size=(*size[::-1], 3)) * 6, 0, 255).astype(np.uint8)
    )


def windowed_ssim(a: np.ndarray, b: np.ndarray, *, zeros_around: bool) -> float:
    """Wang et al. 2004 written out for one window after the other: (H, W, C) in [0, 1]."""
    if zeros_around:
        a, b = (np.pad(image, ((5, 5), (5, 5), (0, 0))) for image in (a, b))
    row = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(row, row) / row.sum() ** 2
    values = []
    for y, x, c in np.ndindex(a.shape[0] - 10, a.shape[1] - 10, a.shape[2]):
        p, q = (image[y : y + 11, x : x + 11, c] for image in (a, b))
        mean_p, mean_q = (window * p).sum(), (window * q).sum()
        var_p, var_q = (window * p * p).sum() - mean_p**2, (window * q * q).sum() - mean_q**2
        both = (window * p * q).sum() - mean_p * mean_q
        means = (2 * mean_p * mean_q + 1e-4) / (mean_p**2 + mean_q**2 + 1e-4)
        values.append(means * (2 * both + 9e-4) / (var_p + var_q + 9e-4))
    return float(np.mean(values))


def test_every_protocol_has_its_own_ssim() -> None:
    """catvton: RGB, whole windows; hr-viton: luma; pytorch-fid: RGB, zeros around the picture."""
    a, b = picture(0), picture(1)
    colours = [np.asarray(image) / 255 for image in (a, b)]
    luma = [np.asarray(image.convert("L"))[..., None] / 255 for image in (a, b)]
    assert protocols.colour_ssim(a, b) == pytest.approx(windowed_ssim(*colours, zeros_around=False), abs=1e-6)
    assert protocols.grey_ssim(a, b) == pytest.approx(windowed_ssim(*luma, zeros_around=False), abs=1e-6)
    assert protocols.padded_ssim(a, b) == pytest.approx(windowed_ssim(*colours, zeros_around=True), abs=1e-4)
    assert all(score(a, a) == pytest.approx(1, abs=1e-5) for score in
               (protocols.colour_ssim, protocols.grey_ssim, protocols.padded_ssim))  # fmt: skip


def test_squared_error_is_in_units_of_white() -> None:
    black, grey = Image.new("RGB", (4, 4)), Image.new("RGB", (4, 4), (51, 51, 51))
    assert protocols.squared_error(black, grey) == pytest.approx(0.04)


def test_truth_comes_to_the_picture_s_size_as_each_script_does_it(tmp_path: Path) -> None:
    picture(0, (60, 80)).save(tmp_path / "truth.jpg")
    picture(0, (60, 80)).save(tmp_path / "truth.png")
    jpeg, png = (protocols.open_picture(tmp_path / f"truth.{suffix}") for suffix in ("jpg", "png"))
    lanczos = np.asarray(png.resize((30, 40), Image.Resampling.LANCZOS))
    np.testing.assert_array_equal(np.asarray(protocols.same_height(png, (30, 40))), lanczos)
    again = np.asarray(protocols.same_height(jpeg, (30, 40))).astype(int)
    once = np.asarray(jpeg.resize((30, 40), Image.Resampling.LANCZOS)).astype(int)
    assert 0 < np.abs(again - once).mean() < 8
    assert protocols.same_height(jpeg, (60, 80)) is jpeg
    bilinear = np.asarray(png.resize((30, 40), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(np.asarray(protocols.same_size(png, (30, 40))), bilinear)
    assert protocols.as_it_is(png, (30, 40)) is png


def test_clean_and_plain_inputs_of_inception() -> None:
    """A flat picture stays flat; a fine grating vanishes with antialiasing and not without."""
    flat = Image.new("RGB", (700, 500), (255, 128, 0))
    expected = torch.tensor([127 / 128, 0, -1])
    torch.testing.assert_close(protocols.clean_inception(flat)[:, 7, 9], expected)
    torch.testing.assert_close(protocols.plain_inception(flat)[:, 7, 9], torch.tensor([1, 1 / 255, -1]))
    stripes = np.zeros((897, 897, 3), np.uint8)
    stripes[:, ::3] = 255
    clean, plain = (
        f(Image.fromarray(stripes)) for f in (protocols.clean_inception, protocols.plain_inception)
    )
    assert clean.shape == plain.shape == (3, 299, 299)
    assert clean[:, 5:-5, 5:-5].std() < 0.02
    assert plain.std() < 0.02 or plain.std() > 0.2


def test_partners_are_found_by_the_beginning_of_the_name(tmp_path: Path) -> None:
    for name in (
        "truth/00006_00.jpg",
        "truth/00006_001.jpg",
        "drawn/00006_00_00008_00.png",
        "drawn/00006_001.png",
    ):
        write(tmp_path / name, np.zeros((4, 4, 3), np.uint8))
    sets = open_sets(tmp_path / "drawn", tmp_path / "truth", paired=True)
    assert [path.name for path in sets.partners] == ["00006_001.jpg", "00006_00.jpg"]
    write(tmp_path / "drawn/9.png", np.zeros((4, 4, 3), np.uint8))
    with pytest.raises(EvaluationError, match=r"9\.png begins with no"):
        open_sets(tmp_path / "drawn", tmp_path / "truth", paired=True)
    assert not open_sets(tmp_path / "drawn", tmp_path / "truth", paired=False).partners


@pytest.fixture(scope="module")
def backbones(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All the networks that catvton needs, with made-up weights."""
    folder = tmp_path_factory.mktemp("weights")
    torch.save(filled(FidInception().state_dict()), folder / INCEPTION)
    features = {f"features.{k}": v for k, v in Lpips("squeeze").features.state_dict().items()}
    torch.save(filled(features), folder / LPIPS_FILES["squeeze"])
    heads = {f"lin{i}.model.1.weight": torch.ones(1, n, 1, 1) for i, n in enumerate(WIDTHS["squeeze"])}
    torch.save(heads, folder / "squeeze.pth")
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Three photos and three pictures that differ a little, as the command's arguments."""
    for index in range(3):
        photo = np.asarray(picture(index, (48, 64)))
        write(tmp_path / "truth" / f"{index}.png", photo)
        write(
            tmp_path / "drawn" / f"{index}.png",
            np.clip(photo.astype(int) + 9 * index, 0, 255).astype(np.uint8),
        )
    return ["--pictures", str(tmp_path / "drawn"), "--truth", str(tmp_path / "truth"), "--threads", "1"]


def test_paired_and_unpaired_scores(
    folders: list[str], backbones: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.json"
    common = ["--protocol", "catvton", *folders, "--backbones", str(backbones), "--out", str(out)]
    main(common)
    paired = json.loads(out.read_text())
    assert set(paired["scores"]) == {"ssim", "lpips", "fid", "kid"}
    assert 0.8 < paired["scores"]["ssim"] < 1
    assert paired["scores"]["lpips"] > 0
    assert (paired["pictures"], paired["truth"], paired["resolution"]) == (3, 3, [48, 64])
    assert set(paired["backbones_sha256"]) == {INCEPTION, LPIPS_FILES["squeeze"], "squeeze.pth"}
    assert "catvton ssim" in capsys.readouterr().out
    main([*common, "--unpaired"])
    unpaired = json.loads(out.read_text())
    assert unpaired["scores"] == pytest.approx({name: paired["scores"][name] for name in ("fid", "kid")})
    same = folders[-3]
    main([*common, "--pictures", same, "--scores", "ssim,fid"])
    assert json.loads(out.read_text())["scores"] == pytest.approx({"ssim": 1, "fid": 0}, abs=1e-4)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_scores_without_networks_need_none(folders: list[str], name: str, tmp_path: Path) -> None:
    out = tmp_path / "scores.json"
    main(["--protocol", name, *folders, "--scores", "ssim", "--out", str(out)])
    report = json.loads(out.read_text())
    assert (report["protocol"], report["pairing"], report["backbones_sha256"]) == (name, "paired", {})


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--protocol", "catvton"], "squeezenet1_1"),
        (["--protocol", "pytorch-fid", "--unpaired"], "pt_inception"),
        (["--protocol", "hr-viton", "--unpaired"], "no scores of unpaired"),
        (["--protocol", "hr-viton", "--scores", "fid"], "may be some of"),
    ],
)
def test_what_cannot_be_measured_is_said(
    folders: list[str], extra: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*extra, *folders])
    assert words in capsys.readouterr().err


def test_other_sizes_are_refused_by_a_protocol_that_resizes_nothing(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path(folders[3]) / "1.png", np.zeros((32, 24, 3), np.uint8))
    with pytest.raises(SystemExit, match="2"):
        main(["--protocol", "pytorch-fid", *folders, "--scores", "ssim"])
    assert "24x32" in capsys.readouterr().err


def test_a_bundle_dresses_a_data_set_and_is_scored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """VITON-HD's layout with two sample people in it, and one picture that shows nobody."""
    root = make_viton_hd(tmp_path / "data")
    for name, person in (("00006_00", "studio_man.png"), ("00008_00", "studio_woman.png")):
        image = read(PEOPLE / person)
        write(root / "test" / "image" / f"{name}.jpg", image)
        shutil.copy(GARMENTS / "tee_white.jpg", root / "test" / "cloth" / f"{name}.jpg")
        parse = np.zeros(image.shape[:2], np.uint8)
        parse[image.shape[0] // 4 : image.shape[0] // 2, image.shape[1] // 3 : 2 * image.shape[1] // 3] = 5
        write(root / "test" / "image-parse-v3" / f"{name}.png", parse)
    shutil.rmtree(root / "test" / "cloth-mask")
    out, drawn = tmp_path / "scores.json", tmp_path / "drawn"
    common = ["--protocol", "catvton", "--dataset", str(root), "--bundle", str(DEFAULT_BUNDLE)]
    common += ["--device", "cpu", "--threads", "1", "--pictures", str(drawn), "--out", str(out)]
    main([*common, "--scores", "ssim"])
    report = json.loads(out.read_text())
    assert report["left_as_they_are"] == {"GarmentError": 1}
    assert report["warp_iou"]["n"] == 2
    assert 0.2 < report["warp_iou"]["mean"] <= 1
    assert 0.5 < report["scores"]["ssim"] < 1
    assert sorted(path.name for path in drawn.iterdir()) == ["000069_00.png", "00006_00.png", "00008_00.png"]
    np.testing.assert_array_equal(
        read(drawn / "000069_00.png"), read(root / "test" / "image" / "000069_00.jpg")
    )
    assert "nothing drawn at all" in capsys.readouterr().out
