"""Pictures to judge: the sample people in a rendered product of every kind; the sample garments are of few.

    python benchmarks/pictures/kinds.py --scenes out/kinds/scenes/* --out out/kinds

For each person and kind of garment a picture, the product in its corner, and for each person a sheet.
`make kinds` renders the scenes first.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from judge import around, scaled

from lookglass import TryOn, pictures
from lookglass.demo_assets import PEOPLE
from lookglass.errors import LookglassError
from lookglass.types import U8
from lookglass_export.training.scenes import Scene

ROWS, PRODUCT, SHEET_ROWS, COLUMNS = 1000, 0.24, 420, 8
"""Rows of a picture, the product's share of them, rows of a sheet's picture, and those a line."""
PHOTO_PX, WHITE = 768, 255


def main() -> None:
    """Choose a product of each kind, dress, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=Path, nargs="+", required=True, help="folders of rendered scenes")
    parser.add_argument("--out", type=Path, default=Path("out/kinds"))
    options = parser.parse_args()
    products: dict[str, tuple[str, U8]] = {}
    for file in sorted(file for folder in options.scenes for file in folder.glob("*.npz")):
        scene = Scene.open(file)
        for worn, product in zip(
            json.loads(str(scene["factors"]))["garments"], scene["products"], strict=True
        ):
            products.setdefault(f"{scene.category}-{worn['kind']}", (scene.category, _photo(product)))
    options.out.mkdir(parents=True, exist_ok=True)
    mirror = TryOn.load(device="cpu")
    for file in sorted(file for file in PEOPLE.iterdir() if file.suffix in (".jpg", ".png")):
        row = []
        for kind, (category, product) in sorted(products.items()):
            try:
                row.append(_dressed(mirror, pictures.read(file), product, category))
            except LookglassError as error:  # A selfie shows no legs.
                print(f"{file.stem} in {kind}: {error}")
                continue
            pictures.write(options.out / f"{file.stem}-{kind}.png", row[-1])
        pictures.write(options.out / f"{file.stem}.jpg", _sheet(row))


def _photo(product: U8) -> U8:
    """A rendered product, (n, n, 4) RGBA, as a photo on white."""
    alpha = product[..., 3:] * np.float32(1 / 255)
    white = product[..., 2::-1] * alpha + WHITE * (1 - alpha)
    return np.asarray(cv2.resize(white.astype(np.uint8), (PHOTO_PX, PHOTO_PX), interpolation=cv2.INTER_CUBIC))


def _dressed(mirror: TryOn, photo: U8, product: U8, category: str) -> U8:
    dressed = mirror(photo, mirror.garment(product, category=category))
    picture = scaled(dressed[around(mirror, photo, category)], ROWS)
    small = scaled(product, round(PRODUCT * ROWS))
    picture[: len(small), : len(small)] = small
    return picture


def _sheet(row: list[U8]) -> U8:
    row = [scaled(picture, SHEET_ROWS) for picture in row]
    lines = [np.hstack(row[start : start + COLUMNS]) for start in range(0, len(row), COLUMNS)]
    width = max(line.shape[1] for line in lines)
    blank = [np.full((SHEET_ROWS, width - line.shape[1], 3), WHITE, np.uint8) for line in lines]
    return np.vstack([np.hstack(pair) for pair in zip(lines, blank, strict=True)])


if __name__ == "__main__":
    main()
