"""Tiny folders in exactly the layouts of VITON, VITON-HD and DressCode, drawn by a few lines of code."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from lookglass_export.datasets.labels import ACGPN, ATR, CIHP, LIP

WIDTH, HEIGHT = 48, 64
BOXES = {
    "hair": (20, 4, 28, 8), "face": (20, 8, 28, 16), "neck": (22, 16, 26, 20), "top": (16, 20, 32, 40),
    "left_arm": (32, 20, 38, 44), "right_arm": (10, 20, 16, 44), "bottom": (16, 40, 32, 60),
    "dress": (18, 60, 30, 62), "other": (0, 0, 4, 4), "footwear": (16, 62, 32, 64),
}  # fmt: skip
"""x0, y0, x1, y1 of each part of the person; the wearer's left is on the right."""

VALUES: Mapping[str, Mapping[str, int]] = {
    "ACGPN": {"hair": 1, "face": 12, "top": 4, "left_arm": 11, "right_arm": 13, "bottom": 8, "footwear": 5},
    "LIP": {"hair": 2, "face": 13, "top": 5, "left_arm": 14, "right_arm": 15, "bottom": 9, "dress": 6}
    | {"other": 11, "footwear": 19},
    "CIHP": {"hair": 2, "face": 13, "top": 5, "left_arm": 14, "right_arm": 15, "bottom": 12, "dress": 6}
    | {"neck": 10, "other": 3, "footwear": 18},
    "ATR": {"hair": 2, "face": 11, "top": 4, "left_arm": 14, "right_arm": 15, "bottom": 5, "dress": 7}
    | {"other": 17, "footwear": 9},
}
"""A part's value by the lists that the parsers' own pages print."""

PALETTES = {"ACGPN": ACGPN, "LIP": LIP, "CIHP": CIHP, "ATR": ATR}
COCO = {0: (24, 12), 2: (14, 22), 3: (12, 32), 4: (12, 42), 5: (34, 22), 6: (36, 32), 7: (36, 42)}
COCO |= {8: (18, 41), 11: (30, 41), 14: (22, 10), 15: (26, 10), 16: (20, 11), 17: (28, 11)}
"""OpenPose's 18: the right shoulder 2 is on the left of the picture."""


def parse_values(parser: str) -> np.ndarray:
    """(64, 48) uint8 in a parser's own values."""
    values = np.zeros((HEIGHT, WIDTH), np.uint8)
    for name, value in VALUES[parser].items():
        x0, y0, x1, y1 = BOXES[name]
        values[y0:y1, x0:x1] = value
    return values


def picture(seed: int) -> np.ndarray:
    """(64, 48, 3) uint8 of smooth colours."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 3, 3)).astype(np.uint8)
    return cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)


def garment_mask() -> np.ndarray:
    """(64, 48) uint8, 255 on the garment."""
    return cv2.rectangle(np.zeros((HEIGHT, WIDTH), np.uint8), (12, 12), (35, 51), 255, -1)


def write(path: Path, image: np.ndarray) -> None:
    """A picture in the format of its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)


def write_text(path: Path, text: str) -> None:
    """A text file and the folders around it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def write_palette_png(path: Path, values: np.ndarray, colours: np.ndarray) -> None:
    """A PNG of colour type 3, as the PNG specification writes it; OpenCV cannot."""
    height, width = values.shape
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", colours.astype(np.uint8).tobytes()),
        (b"tEXt", b"Comment\0drawn for a test"),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    body = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(body))


def openpose(points: Mapping[int, Sequence[float]], count: int, key: str) -> str:
    """OpenPose's JSON: rows of x, y, confidence; zeros for what was not found."""
    rows = [[*points[i], 0.9] if i in points else [0, 0, 0] for i in range(count)]
    return json.dumps({"version": 1.2, "people": [{key: [v for row in rows for v in row]}]})


def body_25(points: Mapping[int, Sequence[float]]) -> dict[int, Sequence[float]]:
    """COCO's points in BODY_25's order, with the middle of the hips and a big toe."""
    return {i + (i >= 8): p for i, p in points.items()} | {8: (24, 41), 19: (30, 63)}


def make_viton(root: Path, persons: Sequence[str] = ("000001", "000010")) -> Path:
    """PF-AFN's packing: no list for train, no parse maps and points for test."""
    for split, top in (("train", "VITON_traindata"), ("test", "VITON_test")):
        base = root / top
        for seed, number in enumerate(persons):
            write(base / f"{split}_img" / f"{number}_0.jpg", picture(seed))
            write(base / f"{split}_color" / f"{number}_1.jpg", picture(seed + 50))
            write(base / f"{split}_edge" / f"{number}_1.jpg", garment_mask())
            if split == "train":
                write(base / "train_label" / f"{number}_0.png", parse_values("ACGPN"))
                pose = openpose(COCO, 18, "pose_keypoints")
                write_text(base / "train_pose" / f"{number}_0_keypoints.json", pose)
    lines = [f"{a}_0.jpg {b}_1.jpg\n" for a, b in zip(persons, reversed(persons), strict=True)]
    write_text(root / "VITON_test" / "test_pairs.txt", "".join(lines))
    return root


def make_viton_nested(root: Path) -> Path:
    """CP-VTON's packing: LIP's labels, and a train list of garments worn."""
    for split in ("train", "test"):
        for seed, number in enumerate(("000001", "000010")):
            write(root / split / "image" / f"{number}_0.jpg", picture(seed))
            write(root / split / "cloth" / f"{number}_1.jpg", picture(seed + 50))
            write(root / split / "cloth-mask" / f"{number}_1.jpg", garment_mask())
            write(root / split / "image-parse" / f"{number}_0.png", parse_values("LIP"))
            pose = openpose(COCO, 18, "pose_keypoints")
            write_text(root / split / "pose" / f"{number}_0_keypoints.json", pose)
    write_text(root / "train_pairs.txt", "000001_0.jpg 000001_1.jpg\n000010_0.jpg 000010_1.jpg\n")
    write_text(root / "test_pairs.txt", "000001_0.jpg 000010_1.jpg\n000010_0.jpg 000001_1.jpg\n")
    return root


def make_viton_hd(root: Path, ids: Sequence[str] = ("00006_00", "00008_00", "000069_00")) -> Path:
    """HR-VITON's packing, palette PNGs with that data set's rounding of the colours."""
    colours = np.zeros((256, 3), np.uint8)
    colours[:20] = np.where(CIHP.colours >= 128, CIHP.colours.astype(int) - 1, CIHP.colours)
    colours[20:] = np.arange(20, 256)[:, None]
    for split in ("train", "test"):
        base = root / split
        for seed, name in enumerate(ids):
            write(base / "image" / f"{name}.jpg", picture(seed))
            write(base / "cloth" / f"{name}.jpg", picture(seed + 50))
            write(base / "cloth-mask" / f"{name}.jpg", garment_mask())
            write_palette_png(base / "image-parse-v3" / f"{name}.png", parse_values("CIHP"), colours)
            pose = openpose(body_25(COCO), 25, "pose_keypoints_2d")
            write_text(base / "openpose_json" / f"{name}_keypoints.json", pose)
        lines = [f"{a}.jpg {b}.jpg\n" for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)]
        write_text(root / f"{split}_pairs.txt", "".join(lines))
    return root


def make_dresscode(root: Path) -> Path:
    """Three categories of two pairs each; key points in the frame of 384x512."""
    for first, category in ((0, "upper_body"), (13563, "lower_body"), (20714, "dresses")):
        base = root / category
        numbers = [f"{first + i:06d}" for i in range(2)]
        for seed, number in enumerate(numbers):
            write(base / "images" / f"{number}_0.jpg", picture(first + seed))
            write(base / "images" / f"{number}_1.jpg", picture(first + seed + 50))
            write_palette_png(base / "label_maps" / f"{number}_4.png", parse_values("ATR"), ATR.colours)
            write(base / "skeletons" / f"{number}_5.jpg", picture(99))
            rows = [
                [*np.multiply(COCO[i], 8.0), 0.8, i] if i in COCO else [-1, -1, -1, -1] for i in range(18)
            ]
            write_text(base / "keypoints" / f"{number}_2.json", json.dumps({"keypoints": rows}))
        paired = "".join(f"{n}_0.jpg {n}_1.jpg\n" for n in numbers)
        write_text(base / "train_pairs.txt", paired)
        write_text(base / "test_pairs_paired.txt", paired)
        swapped = zip(numbers, reversed(numbers), strict=True)
        write_text(base / "test_pairs_unpaired.txt", "".join(f"{a}_0.jpg\t{b}_1.jpg\r\n" for a, b in swapped))
    return root
