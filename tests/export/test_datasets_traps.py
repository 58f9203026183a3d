"""What goes wrong with these data sets, and what is said about it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from datasets_parts import (
    COCO,
    HEIGHT,
    PALETTES,
    VALUES,
    WIDTH,
    make_dresscode,
    make_viton,
    make_viton_hd,
    make_viton_nested,
    openpose,
    parse_values,
    picture,
    write,
    write_palette_png,
    write_text,
)

from lookglass.errors import LookglassError
from lookglass_export.cli import main
from lookglass_export.datasets import LABELS, DatasetError, open_dataset
from lookglass_export.datasets.keypoints import read_dresscode, read_openpose
from lookglass_export.datasets.labels import CIHP
from lookglass_export.datasets.parse_map import read_parse

SIZE = (WIDTH, HEIGHT)


@pytest.mark.parametrize("parser", sorted(VALUES))
def test_parse_map_by_index_grey_or_colour(tmp_path: Path, parser: str) -> None:
    """One map, saved three ways; a foreign palette changes nothing for a palette PNG."""
    values, palette = parse_values(parser), PALETTES[parser]
    foreign = np.random.default_rng(1).integers(0, 256, (32, 3))
    write_palette_png(tmp_path / "palette.png", values, foreign)
    write(tmp_path / "grey.png", values)
    read = [read_parse(tmp_path / f"{name}.png", palette) for name in ("palette", "grey")]
    if len(palette.colours):
        write(tmp_path / "colour.png", palette.colours[values][..., ::-1])
        read.append(read_parse(tmp_path / "colour.png", palette))
    for name, value in VALUES[parser].items():
        assert all((labels[values == value] == LABELS.index(name)).all() for labels in read)
    assert all((labels[values == 0] == 0).all() for labels in read)


def test_ten_is_a_jumpsuit_or_a_throat(tmp_path: Path) -> None:
    """LIP and CIHP agree but for this value."""
    write(tmp_path / "ten.png", np.full((4, 4), 10, np.uint8))
    found = {name: LABELS[read_parse(tmp_path / "ten.png", PALETTES[name])[0, 0]] for name in ("LIP", "CIHP")}
    assert found == {"LIP": "dress", "CIHP": "neck"}


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_viton_labels_as_jpeg(tmp_path: Path, suffix: str) -> None:
    """Some copies keep them as JPEGs, under either name: noisy values count as the nearest labels."""
    values = parse_values("ACGPN")
    data = cv2.imencode(".jpg", values, [cv2.IMWRITE_JPEG_QUALITY, 98])[1].tobytes()
    (tmp_path / f"label{suffix}").write_bytes(data)
    labels = read_parse(tmp_path / f"label{suffix}", PALETTES["ACGPN"])
    assert (labels == PALETTES["ACGPN"].table()[values]).mean() > 0.95


def test_unknown_values_and_colours(tmp_path: Path) -> None:
    """A value past the last label, a colour of no label, sixteen bits: each is named with its file."""
    write(tmp_path / "value.png", np.full((4, 4), 20, np.uint8))
    write(tmp_path / "colour.png", np.full((4, 4, 3), (9, 200, 77), np.uint8))
    write(tmp_path / "deep.png", np.full((4, 4), 5, np.uint16))
    for name, words in {"value": "value 20", "colour": r"\(77, 200, 9\)", "deep": "16 bits"}.items():
        with pytest.raises(DatasetError, match=rf"{name}\.png.*{words}"):
            read_parse(tmp_path / f"{name}.png", CIHP)
    write(tmp_path / "red.png", np.full((4, 4, 3), (0, 0, 200), np.uint8))
    with pytest.raises(DatasetError, match="ACGPN palette does not have"):
        read_parse(tmp_path / "red.png", PALETTES["ACGPN"])


def test_nobody_and_several_people(tmp_path: Path) -> None:
    """OpenPose may find nobody, or somebody in the background first."""
    path = tmp_path / "points.json"
    write_text(path, json.dumps({"people": []}))
    assert not read_openpose(path, SIZE).any()
    person = json.loads(openpose(COCO, 18, "pose_keypoints_2d"))["people"]
    other = json.loads(openpose({0: (1, 1)}, 18, "pose_keypoints_2d"))["people"]
    write_text(path, json.dumps({"people": other + person}))
    np.testing.assert_allclose(read_openpose(path, SIZE)[0, :2], COCO[0])


def test_points_outside_and_missing(tmp_path: Path) -> None:
    """DressCode crops heads off: a point above the picture is not there, one below it is not inside."""
    rows = [[-1.0, -1.0, -1.0, -1.0]] * 18
    rows[0] = [0.0, 0.0, 0.0, -1.0]
    rows[9], rows[16] = [192.0, 600.0, 0.7, 9.0], [192.0, 256.0, 0.6, 16.0]
    write_text(tmp_path / "points.json", json.dumps({"keypoints": rows}))
    landmarks = read_dresscode(tmp_path / "points.json", (768, 1024))
    np.testing.assert_allclose(landmarks[8], (384, 512, 0.6, 1, 0), atol=1e-4)
    np.testing.assert_allclose(landmarks[26], (384, 1200, 0.7, 0, 0), atol=1e-4)
    assert landmarks[:, 2].astype(bool).sum() == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ('{"other": 1}', 'no list "people"'),
        ('{"people": [{"pose_keypoints": [1, 2, 3, 4]}]}', "rows of 3"),
        ('{"people": [{"pose_keypoints": [1, 2, 3]}]}', "holds 1 key points"),
        ('{"people": [{"pose_keypoints": ["a", 2, 3]}]}', "rows of 3"),
    ],
)
def test_damaged_points(tmp_path: Path, text: str, words: str) -> None:
    """Each way to be damaged is told apart."""
    write_text(tmp_path / "points.json", text)
    with pytest.raises(DatasetError, match=rf"points\.json.*{words}"):
        read_openpose(tmp_path / "points.json", SIZE)


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("test/cloth/00008_00.jpg", "00006_00.jpg 00008_00.jpg of VITON-HD"),
        ("test/cloth-mask/00008_00.jpg", "missing"),
        ("test/image-parse-v3/00006_00.png", "missing"),
        ("test/openpose_json/00006_00_keypoints.json", "missing"),
    ],
)
def test_a_missing_file_of_a_pair(tmp_path: Path, gone: str, words: str) -> None:
    """The file and the pair that needs it are named."""
    dataset = open_dataset(make_viton_hd(tmp_path))
    (tmp_path / gone).unlink()
    with pytest.raises(DatasetError, match=words) as error:
        dataset.open(dataset.pairs("test", paired=False)[0])
    assert gone in str(error.value)


@pytest.mark.parametrize("folder", ["cloth-mask", "image-parse-v3"])
def test_sizes_must_match(tmp_path: Path, folder: str) -> None:
    """A mask of a smaller copy does not fit: both files and sizes are named."""
    dataset = open_dataset(make_viton_hd(tmp_path))
    file = next((tmp_path / "test" / folder).glob("00006_00.*"))
    write(file, np.zeros((32, 24), np.uint8))
    with pytest.raises(DatasetError, match=r"24 x 32 pixels, but .*00006_00\.jpg has 48 x 64"):
        dataset.open(dataset.pairs("test")[0])


def test_a_damaged_picture(tmp_path: Path) -> None:
    """The runtime's own error names it."""
    dataset = open_dataset(make_viton(tmp_path))
    (tmp_path / "VITON_test/test_img/000001_0.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(LookglassError, match=r"000001_0\.jpg"):
        dataset.open(dataset.pairs("test")[0])


def test_lists_that_are_not_unpaired(tmp_path: Path) -> None:
    """CP-VTON's train list names the garments worn; PF-AFN's train and DressCode's have no list at all."""
    nested, flat, dresscode = (tmp_path / name for name in "abc")
    with pytest.raises(DatasetError, match=r"train_pairs\.txt lists everybody with the garment they wear"):
        open_dataset(make_viton_nested(nested)).pairs("train", paired=False)
    with pytest.raises(DatasetError, match=r"no pairs list.*train_pairs_unpaired\.txt"):
        open_dataset(make_viton(flat)).pairs("train", paired=False)
    with pytest.raises(DatasetError, match="no unpaired train pairs"):
        open_dataset(make_dresscode(dresscode)).pairs("train", paired=False)


def test_lines_that_are_no_pair(tmp_path: Path) -> None:
    """The line is named; blank lines and a byte order mark are not minded; names stay in their folder."""
    dataset = open_dataset(make_viton_hd(tmp_path))
    write_text(tmp_path / "test_pairs.txt", "\ufeff../../00006_00.jpg cloth/00008_00.jpg\n\n")
    (pair,) = dataset.pairs("test", paired=False)
    assert (pair.person, pair.garment) == ("00006_00.jpg", "00008_00.jpg")
    write_text(tmp_path / "test_pairs.txt", "00006_00.jpg 00008_00.jpg\n00008_00.jpg\n")
    with pytest.raises(DatasetError, match=r"test_pairs\.txt, line 2"):
        dataset.pairs("test")


def test_folders_that_are_none(tmp_path: Path) -> None:
    """Missing, of another kind, of two kinds, without the split, without a category."""
    with pytest.raises(DatasetError, match="is no folder"):
        open_dataset(tmp_path / "nowhere")
    write(tmp_path / "holiday" / "beach.jpg", picture(0))
    with pytest.raises(DatasetError, match="It holds holiday; expected is VITON"):
        open_dataset(tmp_path)
    make_viton(tmp_path / "viton")
    make_viton_hd(tmp_path / "hd")
    with pytest.raises(DatasetError, match=r"viton and viton-hd; choose one with --kind"):
        open_dataset(tmp_path)
    assert open_dataset(tmp_path, "viton-hd").root == tmp_path / "hd"
    with pytest.raises(DatasetError, match="has no split train; it has test"):
        open_dataset(tmp_path / "viton" / "VITON_test").pairs("train")
    root = make_dresscode(tmp_path / "dc")
    for file in root.glob("*/test_pairs_paired.txt"):
        file.unlink()
    write_text(root / "test_pairs_paired.txt", "777777_0.jpg 777777_1.jpg\n")
    with pytest.raises(DatasetError, match=r"777777_0\.jpg"):
        open_dataset(root).pairs("test")


def run(*arguments: str) -> int:
    """`lookglass-export dataset ...`: its exit code."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as stop:
        patch.setattr("sys.argv", ["lookglass-export", "dataset", *arguments])
        main()
    return int(stop.value.code or 0)


def test_command_counts_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counts by split and category, what is not shipped, and a sheet."""
    root, sheet = make_dresscode(tmp_path / "dc"), tmp_path / "sheet.png"
    assert run(str(root), "--split", "test", "--sheet", str(sheet), "--unpaired", "--pairs", "3") == 0
    printed = capsys.readouterr().out
    assert "test   dress       2 paired       2 unpaired" in printed
    assert "no garment masks shipped for 12 of 12 pairs" in printed
    image = cv2.imread(str(sheet))
    assert image.shape == (3 * 256 + 2 * 18, 4 * 192, 3)
    assert run(str(root), "--split", "train", "--sheet", str(sheet), "--pairs", "9") == 0
    rows = np.split(cv2.imread(str(sheet))[: 6 * 256], 6)
    assert len({row.tobytes() for row in rows}) == 6
    assert run(str(root), "--pairs", "0") == 2


def test_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 and the first missing file; label maps that are JPEGs are told, too."""
    root = make_viton(tmp_path)
    (root / "VITON_test/test_color/000010_1.jpg").unlink()
    label = root / "VITON_traindata/train_label/000001_0.png"
    label.write_bytes(cv2.imencode(".jpg", parse_values("ACGPN"))[1].tobytes())
    assert run(str(root)) == 1
    printed = capsys.readouterr().out
    assert "1 files of garments missing" in printed
    assert "1 parse maps are JPEGs" in printed


def test_command_errors_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, no traceback."""
    assert run(str(tmp_path / "nowhere")) == 2
    root = make_dresscode(tmp_path / "dc")
    for file in root.glob("*/*.txt"):
        file.unlink()
    assert run(str(root)) == 2
    assert "no pairs lists" in capsys.readouterr().err
