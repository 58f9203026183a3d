"""A picture of samples to look at: what was rendered, and whether the truth about it holds."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.maps import HALF, Sample

U8 = npt.NDArray[np.uint8]
_COLOURS = np.random.default_rng(3).integers(50, 255, (16, 3)).astype(np.uint8)
_COLOURS[0] = 0


def warp_product(sample: Sample, k: int) -> npt.NDArray[np.float32]:
    """Product k sampled through its flow, each pixel by the part that is there: (176, 132, 4) float32."""
    product = np.asarray(sample["products"][k], np.float32)
    product[..., 3] *= sample["product_parts"][k] != 5
    size = product.shape[0]
    coverage = np.asarray(sample["coverage"][k], np.float32) / 255
    flow = np.asarray(sample["flow"][k], np.float32)
    out, alpha = np.zeros((*coverage.shape[1:], 4), np.float32), np.zeros(coverage.shape[1:], np.float32)
    for p in range(3):
        x, y = ((flow[p, axis] + 1) * size / 2 - 0.5 for axis in (0, 1))
        warped = cv2.remap(product, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        out = np.where((coverage.argmax(0) == p)[..., None], warped, out)
        alpha += warped[..., 3] * coverage[p]
    out[..., 3] = np.minimum(alpha, 255)
    return out


def tried_on(sample: Sample, k: int, base: int) -> U8:
    """Frame `base` with product k laid over it by the truth alone."""
    frame = cv2.resize(np.asarray(sample["frames"][base]), HALF, interpolation=cv2.INTER_AREA)
    warped = warp_product(sample, k)
    alpha = warped[..., 3:] / 255
    return (frame * (1 - alpha) + warped[..., :3] * alpha).astype(np.uint8)


def row(sample: Sample, k: int) -> U8:
    """One line of the sheet: frame, product, parts, tried on, flow, parse, coverage, occluders, painted."""
    size = (264, 352)

    def fit(picture: npt.NDArray[np.generic], *, smooth: bool = True) -> U8:
        flag = cv2.INTER_AREA if smooth else cv2.INTER_NEAREST
        return cv2.resize(np.asarray(picture, np.uint8), size, interpolation=flag)

    frame = np.asarray(sample["frames"][k]).copy()
    for x, y, seen, inside, _ in sample["landmarks"][k]:
        if inside and seen > 0.5:
            cv2.circle(frame, (round(float(x)), round(float(y))), 2, (0, 255, 0), -1)
    product = np.asarray(sample["products"][k], np.float32)
    alpha = product[..., 3:] / 255
    shown = np.full((352, 264, 3), 255, np.uint8)
    shown[44:308, :264] = cv2.resize(
        (product[..., :3] * alpha + 235 * (1 - alpha)).astype(np.uint8), (264, 264)
    )
    parts = np.zeros((352, 264, 3), np.uint8)
    parts[44:308] = cv2.resize(
        _COLOURS[sample["product_parts"][k]], (264, 264), interpolation=cv2.INTER_NEAREST
    )
    checks = np.asarray(sample["flow"][k], np.float32)
    state = np.asarray(sample["flow_valid"][k])
    torso = ((np.floor(checks[0, 0] * 10) + np.floor(checks[0, 1] * 10)) % 2)[..., None] * [120, 200, 255]
    torso = torso * (state[0] > 0)[..., None] * np.where(state[0] >= 2, 1.0, 0.5)[..., None]
    sleeves = np.zeros_like(torso)
    for p, tint in ((1, [255, 120, 120]), (2, [120, 255, 120])):
        board = ((np.floor(checks[p, 0] * 10) + np.floor(checks[p, 1] * 10)) % 2)[..., None] * tint
        sleeves += board * (state[p] > 0)[..., None] * np.where(state[p] >= 2, 1.0, 0.4)[..., None]
    coverage = np.asarray(sample["coverage"][k]).transpose(1, 2, 0)
    occluder = np.dstack([*sample["occluder"][k], sample["alpha"][k]])
    mask = np.repeat(np.asarray(sample["masks"][k])[..., None], 3, 2)
    tiles = [
        fit(frame), shown, parts, fit(tried_on(sample, k, (k + 1) % 3)),
        fit(np.clip(torso, 0, 255), smooth=False), fit(np.clip(sleeves, 0, 255), smooth=False),
        fit(_COLOURS[sample["parse"][k]], smooth=False),
        fit(coverage), fit(occluder), fit(sample["painted"]), fit(mask),
    ]  # fmt: skip
    return np.hstack(tiles)


def contact_sheet(folder: Path, target: Path, *, scenes: int = 4) -> None:
    """Write a PNG of the first scenes of a folder, all three tops of each."""
    rows = []
    for path in sorted(folder.glob("scene_*.npz"))[:scenes]:
        sample = dict(np.load(path))
        rows += [row(sample, k) for k in range(3)]
    cv2.imwrite(str(target), np.vstack(rows)[..., ::-1])
