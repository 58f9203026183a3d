"""Every layout is read as it ships: pairs, pictures, masks, parse maps, key points."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from datasets_parts import (
    BOXES,
    COCO,
    HEIGHT,
    VALUES,
    WIDTH,
    garment_mask,
    make_dresscode,
    make_viton,
    make_viton_hd,
    make_viton_nested,
    write,
    write_text,
)

from lookglass_export.datasets import LABELS, open_dataset
from lookglass_export.datasets.dresscode import DressCode
from lookglass_export.datasets.viton import Viton
from lookglass_export.datasets.viton_hd import VitonHd

Make = Callable[[Path], Path]
LAYOUTS = [
    (make_viton, Viton, "train", "ACGPN"),
    (make_viton_nested, Viton, "test", "LIP"),
    (make_viton_hd, VitonHd, "test", "CIHP"),
    (make_dresscode, DressCode, "test", "ATR"),
]


def expected_parse(parser: str) -> np.ndarray:
    """Our labels, drawn by the boxes."""
    labels = np.zeros((HEIGHT, WIDTH), np.uint8)
    for name in VALUES[parser]:
        x0, y0, x1, y1 = BOXES[name]
        labels[y0:y1, x0:x1] = LABELS.index(name)
    return labels


@pytest.mark.parametrize(("make", "kind", "split", "parser"), LAYOUTS)
def test_a_pair_is_read(tmp_path: Path, make: Make, kind: type, split: str, parser: str) -> None:
    """Parse maps and key points come out alike although every data set writes them differently."""
    dataset = open_dataset(make(tmp_path))
    assert type(dataset) is kind
    for pair in dataset.pairs(split):
        item = dataset.open(pair)
        assert item.person.shape == item.garment.shape == (HEIGHT, WIDTH, 3)
        np.testing.assert_array_equal(item.parse, expected_parse(parser))
        assert item.landmarks.shape == (33, 5)
        for openpose, mediapipe in {0: 0, 2: 12, 4: 16, 5: 11, 7: 15, 8: 24, 11: 23, 14: 5, 17: 7}.items():
            np.testing.assert_allclose(item.landmarks[mediapipe, :2], COCO[openpose], atol=1e-4)
            assert item.landmarks[mediapipe, 2] > 0.5
            assert item.landmarks[mediapipe, 3] == 1
        assert not item.landmarks[[1, 9, 25, 27]].any()


@pytest.mark.parametrize(("make", "split"), [(make_viton, "test"), (make_viton_hd, "train")])
def test_masks_are_cut_at_half(tmp_path: Path, make: Make, split: str) -> None:
    """A JPEG mask rings; its edge is where it passes 128."""
    dataset = open_dataset(make(tmp_path))
    item = dataset.open(dataset.pairs(split)[0])
    np.testing.assert_array_equal(item.garment_mask, garment_mask())


def names(dataset: object, split: str, *, paired: bool) -> list[tuple[str, str]]:
    return [(pair.person, pair.garment) for pair in dataset.pairs(split, paired=paired)]


@pytest.mark.parametrize("make", [make_viton, make_viton_nested])
def test_viton_pairs_by_number(tmp_path: Path, make: Make) -> None:
    """The list of test is unpaired; who wears what is in the name. Train needs no list."""
    dataset = open_dataset(make(tmp_path))
    worn = [("000001_0.jpg", "000001_1.jpg"), ("000010_0.jpg", "000010_1.jpg")]
    assert names(dataset, "train", paired=True) == names(dataset, "test", paired=True) == worn
    swapped = [("000001_0.jpg", "000010_1.jpg"), ("000010_0.jpg", "000001_1.jpg")]
    assert names(dataset, "test", paired=False) == swapped


def test_viton_test_has_neither_parse_maps_nor_points(tmp_path: Path) -> None:
    """PF-AFN's test folder lacks both: they are None, not an error."""
    dataset = open_dataset(make_viton(tmp_path))
    item = dataset.open(dataset.pairs("test", paired=False)[0])
    assert item.parse is None
    assert item.landmarks is None
    assert item.garment_mask is not None


@pytest.mark.parametrize("top", ["VITON_test", "VITON_traindata"])
def test_viton_halves_are_read_alone(tmp_path: Path, top: str) -> None:
    """Either zip file is enough."""
    dataset = open_dataset(make_viton(tmp_path) / top)
    assert dataset.splits == (("test",) if top == "VITON_test" else ("train",))
    assert len(dataset.pairs(dataset.splits[0])) == 2


def test_viton_color_may_be_called_clothes(tmp_path: Path) -> None:
    """PF-AFN's own test code wants `test_clothes` for what the zip file calls `test_color`."""
    base = make_viton(tmp_path) / "VITON_test"
    (base / "test_color").rename(base / "test_clothes")
    dataset = open_dataset(tmp_path)
    assert dataset.open(dataset.pairs("test")[0]).garment.shape == (HEIGHT, WIDTH, 3)


def test_viton_hd_pairs_by_name(tmp_path: Path) -> None:
    """The second column is the garment to try on; nobody wears it. Ids have any width."""
    dataset = open_dataset(make_viton_hd(tmp_path))
    assert names(dataset, "test", paired=True)[2] == ("000069_00.jpg", "000069_00.jpg")
    assert names(dataset, "test", paired=False)[0] == ("00006_00.jpg", "00008_00.jpg")
    assert {pair.category for pair in dataset.pairs("train")} == {"upper"}


def test_viton_hd_under_its_other_names(tmp_path: Path) -> None:
    """The zip file's inner folder, the first publication's folder names, and CatVTON's list."""
    root = make_viton_hd(tmp_path / "zalando-hd-resized")
    for old, new in (("image-parse-v3", "image-parse"), ("openpose_json", "openpose-json")):
        (root / "test" / old).rename(root / "test" / new)
    (root / "test_pairs.txt").rename(root / "test_pairs_unpaired.txt")
    dataset = open_dataset(tmp_path)
    item = dataset.open(dataset.pairs("test", paired=False)[0])
    assert item.parse is not None
    assert item.landmarks is not None


def test_dresscode_categories(tmp_path: Path) -> None:
    """Each category has lists of its own; lines may end as on Windows; no garment masks are shipped."""
    dataset = open_dataset(make_dresscode(tmp_path))
    pairs = dataset.pairs("test", paired=False)
    assert [pair.category for pair in pairs] == ["upper"] * 2 + ["lower"] * 2 + ["dress"] * 2
    assert (pairs[2].person, pairs[2].garment) == ("013563_0.jpg", "013564_1.jpg")
    assert dataset.open(pairs[4]).garment_mask is None


def test_dresscode_alone_with_one_category(tmp_path: Path) -> None:
    """Nobody needs all three."""
    root = make_dresscode(tmp_path)
    shutil.rmtree(root / "dresses")
    shutil.rmtree(root / "lower_body")
    assert len(open_dataset(root).pairs("train")) == 2


@pytest.mark.parametrize("line", ["{0}_0.jpg {0}_1.jpg 2", "dresses/{0}_0.jpg dresses/{0}_1.jpg dresses",
                                  "{0}_0.jpg {0}_1.jpg"])  # fmt: skip
def test_dresscode_list_beside_the_categories(tmp_path: Path, line: str) -> None:
    """Some copies have one list with a category in a third column, or none: then the person tells."""
    root = make_dresscode(tmp_path)
    for file in root.glob("*/test_pairs_paired.txt"):
        file.unlink()
    write_text(root / "test_pairs_paired.txt", line.format("020714") + "\n")
    (pair,) = open_dataset(root).pairs("test")
    assert (pair.person, pair.garment, pair.category) == ("020714_0.jpg", "020714_1.jpg", "dress")


def test_dresscode_masks_of_others(tmp_path: Path) -> None:
    """Masks laid beside it, as DM-VTON's `edge`, are taken."""
    root = make_dresscode(tmp_path)
    for name in ("000000_1", "000001_1"):
        write(root / "upper_body" / "edge" / f"{name}.jpg", garment_mask())
    dataset = open_dataset(root)
    np.testing.assert_array_equal(dataset.open(dataset.pairs("train")[0]).garment_mask, garment_mask())


def test_labels_are_those_of_rendered_scenes() -> None:
    """What both have is called the same."""
    body = pytest.importorskip("lookglass_export.data.body")
    assert set(LABELS) - set(body.PARSE) <= {"dress", "footwear", "hat", "bag", "other"}
