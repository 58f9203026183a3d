"""Pictures to judge: every sample person in every sample garment and outfit, as photos and on the live path.

    python benchmarks/pictures/judge.py --out out/pictures

`photo/` holds what `lookglass tryon` makes, at the photo's own resolution; `live/` what a stream shows after
a second of the same picture, 720 rows with sensor noise. Both are cut to the person. `sheets/` lays one
person's photos side by side. What to look for stands in docs/quality.md.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lookglass import Frame, TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.errors import PersonNotFoundError
from lookglass.types import U8, EncodedGarment

TOPS, JEANS = ("shirt_blue", "shirt_paisley", "sweatshirt_grey", "tee_white"), "jeans"
LIVE_ROWS, LIVE_FRAMES, NOISE_SIGMA = 720, 30, 4.0
SHEET_ROWS = 700
_MARGIN = 1.1
"""Of the crop around the person, what is kept around them."""

Outfit = tuple[EncodedGarment, ...]


def main() -> None:
    """Dress, cut, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/pictures"))
    parser.add_argument("--bundle", type=Path, help="the default bundle unless told")
    options = parser.parse_args()
    for folder in ("photo", "live", "sheets"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    mirror = TryOn.load(options.bundle, device="cpu")
    garments = {name: mirror.garment(GARMENTS / f"{name}.jpg") for name in (*TOPS, JEANS)}
    outfits = {name: (garments[name],) for name in garments}
    outfits |= {f"{name}+{JEANS}": (garments[name], garments[JEANS]) for name in TOPS}
    count = 0
    for file in sorted(PEOPLE.iterdir()):
        if file.suffix in (".jpg", ".png"):
            count += judge(mirror, file, outfits, options.out)
    print(f"{count} pictures in {options.out}/photo and as many in {options.out}/live")


def judge(mirror: TryOn, file: Path, outfits: dict[str, Outfit], out: Path) -> int:
    """Write one person's pictures; returns how many outfits they can wear in their photo."""
    photo = pictures.read(file)
    still = scaled(photo, LIVE_ROWS)
    sheets: dict[bool, list[U8]] = {}
    for name, outfit in outfits.items():
        try:
            dressed = mirror(photo, outfit)
        except PersonNotFoundError:  # A selfie shows no legs.
            continue
        low = name.endswith(JEANS)
        category = "lower" if low else "upper"
        at, live_at = (around(mirror, seen, category) for seen in (photo, still))
        pictures.write(out / "photo" / f"{file.stem}-{name}.png", dressed[at])
        pictures.write(out / "live" / f"{file.stem}-{name}.png", settled(mirror, still, outfit)[live_at])
        sheets.setdefault(low, [photo[at]]).append(dressed[at])
    for low, row in sheets.items():
        sheet = np.hstack([scaled(picture, SHEET_ROWS) for picture in row])
        pictures.write(out / "sheets" / f"{file.stem}{'-jeans' * low}.jpg", np.asarray(sheet, np.uint8))
    return sum(len(row) - 1 for row in sheets.values())


def settled(mirror: TryOn, still: U8, outfit: Outfit) -> U8:
    """What a stream shows once it has seen the picture for a second."""
    stream = mirror.stream()
    for number, view in enumerate(_filmed(still)):
        step = stream.step(Frame(view, number, number * 10**9 // 30), outfit)
    return step.image


def around(mirror: TryOn, picture: U8, category: str) -> tuple[slice, slice]:
    """Rows and columns that the person's crop covers; from the head down where legs are dressed."""
    crop = mirror.person(picture, category).crop
    (x, y), half = crop.center, 128 / crop.scale
    top = 0 if category == "lower" else max(int(y - half), 0)
    left = max(int(x - 0.75 * half * _MARGIN), 0)
    return slice(top, int(y + half) + 1), slice(left, int(x + 0.75 * half * _MARGIN) + 1)


def _filmed(still: U8) -> Iterator[U8]:
    rng = np.random.default_rng(0)
    for _ in range(LIVE_FRAMES):
        noisy = still + rng.normal(0, NOISE_SIGMA, still.shape)
        yield np.clip(noisy, 0, 255).astype(np.uint8)


def scaled(picture: U8, rows: int) -> U8:
    """A picture, (H, W, 3), with so many rows."""
    size = (round(picture.shape[1] * rows / picture.shape[0]), rows)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


if __name__ == "__main__":
    main()
