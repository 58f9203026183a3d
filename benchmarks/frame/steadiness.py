"""How still a garment stays on somebody who stands still, and how true on somebody who moves.

    python benchmarks/frame/steadiness.py --out out/bench

A stream, which follows the person, against frame-wise runs, which find the person anew in every frame and
smooth nothing. At rest: a photo with a sensor's noise on every frame, with and without the camera shaking by
a fraction of a pixel; flow and alphas are read where they lie on the person, so what varies is jitter. In
motion: dressed frames are warped to the next by the motion of the person, and what differs inside the garment
is the warp error: in the picture's levels, and in where the garment's photo is looked up.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from steadiness_motion import Motion, filmed, rendered
from steadiness_runs import (
    ALPHAS,
    GARMENT_FRAME_PX,
    Array,
    Dressed,
    Mask,
    Picture,
    compared,
    lag_frames,
    leading_parts,
    looked_up,
    pair,
    sharpness,
)

from lookglass import TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.types import EncodedGarment
from provenance import provenance

HEIGHT_PX, WARM_UP = 720, 30
NOISE_SIGMA, SHAKE_SIGMA_PX = 4.0, 0.3
WRIST = 15
"""The landmark that arms move most: the left wrist."""
SURE, EDGE = 0.99, 0.02
"""Alphas from which on a pixel is the garment, and from which on it is its edge."""


def main() -> None:
    """Measure, print, write `steadiness.json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--frames", type=int, default=150, help="of each photo at rest")
    options = parser.parse_args()
    mirror = TryOn.load(options.bundle, device="cpu")
    top, jeans = (mirror.garment(GARMENTS / f"{name}.jpg") for name in ("shirt_paisley", "jeans"))
    result = {"provenance": provenance()}
    for garment, where in ((top, ""), (jeans, "_in_jeans")):
        stills = result["at_rest" + where] = {}
        for name in ("studio_man", "studio_woman"):
            for condition, shake_px in (("noise", 0.0), ("noise_and_shake", SHAKE_SIGMA_PX)):
                views = shaken(still_photo(name), WARM_UP + options.frames, shake_px)
                stills[f"{name}_{condition}"] = at_rest(mirror, garment, views)
        result["in_motion" + where] = {"sample_video": in_motion(mirror, garment, *sample_video())}
    for motion in ("walk", "arm_raise"):
        result["in_motion"][motion] = rendered_motion(mirror, top, motion)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "steadiness.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def still_photo(name: str) -> Picture:
    """A sample photo as a camera of 720 rows shows it."""
    still = pictures.read(PEOPLE / f"{name}.png")
    zoom = HEIGHT_PX / still.shape[0]
    return np.asarray(cv2.resize(still, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)


def shaken(still: Picture, count: int, sigma_px: float) -> Iterator[tuple[Picture, Array]]:
    """The photo moved by a fraction of a pixel and with noise, and by how much (2,) it was moved."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        shift = rng.normal(0, sigma_px, 2).astype(np.float32)
        matrix = np.column_stack([np.eye(2), shift])
        view = cv2.warpAffine(still, matrix, still.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        yield noisy(view, rng), shift


def noisy(image: Picture, rng: np.random.Generator) -> Picture:
    """The image with a sensor's noise."""
    noise = rng.standard_normal(image.shape, np.float32) * NOISE_SIGMA
    return np.clip(image + noise, 0, 255).round().astype(np.uint8)


class Still:
    """What varies in a person who does not move."""

    def __init__(self, points: Array, parts: np.ndarray) -> None:
        self._points, self._parts = points, parts
        self._flows: list[Array] = []
        self._count = 0
        self._sums: np.ndarray = np.zeros(())
        self._squares: np.ndarray = np.zeros(())

    def add(self, dressed: Dressed, shift: Array) -> None:
        """Take in one frame, moved by `shift` (2,) pixels."""
        self._flows.append(looked_up(dressed, self._points + shift, self._parts))
        matrix, flags = np.column_stack([np.eye(2), shift]), cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        seen = np.dstack([*dressed.alphas, sharpness(dressed.image)])
        back = np.float64(cv2.warpAffine(seen, matrix, seen.shape[1::-1], flags=flags))
        self._sums, self._squares = self._sums + back, self._squares + back**2
        self._count += 1

    @property
    def mean(self) -> np.ndarray:
        """(H, W, 3) both alphas and the sharpness."""
        return np.asarray(self._sums / self._count)

    def measures(self, edges: list[Mask], inside: Mask) -> dict[str, float]:
        """Jitter of the flow, px of 128, and of both alphas at their edges; sharpness inside the garment."""
        deviation = np.linalg.norm(np.std(self._flows, axis=0), axis=1)
        spread = np.sqrt(np.maximum(self._squares / self._count - self.mean**2, 0))
        out = {"flow_px": float(deviation.mean()), "flow_p95_px": float(np.percentile(deviation, 95))}
        out |= {ALPHAS[k]: float(spread[edge, k].mean()) for k, edge in enumerate(edges)}
        return out | {"sharpness": float(self.mean[inside, 2].mean())}


def at_rest(
    mirror: TryOn, garment: EncodedGarment, views: Iterator[tuple[Picture, Array]]
) -> dict[str, dict[str, float]]:
    """Jitter on somebody who stands still: standard deviations over time, fixed to the person."""
    stream, alone = pair(mirror, garment)
    watched: tuple[Still, Still] | None = None
    for number, (view, shift) in enumerate(views):
        if number < WARM_UP:
            stream.look(view)
            continue
        dressed = stream.dress(view), alone.dress(view)
        if watched is None:
            points = pixels_of(dressed[1].alphas[0] > SURE, every=8)
            parts = leading_parts(dressed[1], points)
            watched = Still(points - shift, parts), Still(points - shift, parts)
        for still, frame in zip(watched, dressed, strict=True):
            still.add(frame, shift)
    assert watched is not None
    means = [still.mean for still in watched]
    edges = [np.any([(m[..., k] > EDGE) & (m[..., k] < 1 - EDGE) for m in means], axis=0) for k in (0, 1)]
    inside = eroded(np.all([m[..., 0] > SURE for m in means], axis=0))
    return compared(*(still.measures(edges, inside) for still in watched))


def sample_video() -> tuple[list[Picture], Callable[[int], Motion]]:
    """The frames that ship, and their motion from frame n to n + 1."""
    video = cv2.VideoCapture(str(GARMENTS.parent / "walk.mp4"))
    frames = [np.asarray(image, np.uint8) for _, image in iter(video.read, (False, None))]
    return frames, lambda number: filmed(frames[number], frames[number + 1])


def in_motion(
    mirror: TryOn, garment: EncodedGarment, frames: list[Picture], motion: Callable[[int], Motion]
) -> dict[str, dict[str, float]]:
    """Warp error inside the garment, sharpness there, and the lag of the wrist behind its raw landmark."""
    runs, last, errors, wrists = pair(mirror, garment), None, [], []
    for number, image in enumerate(frames):
        dressed = [run.dress(image) for run in runs]
        if last is not None:
            carried = motion(number - 1)
            errors.append([warp_error(*both, carried) for both in zip(last, dressed, strict=True)])
        last = dressed
        wrists.append([frame.person.landmarks[WRIST, :2] for frame in dressed])
    names = ("warp_error_px", "warp_error_levels", "sharpness")
    stream, alone = (dict(zip(names, row, strict=True)) for row in np.mean(errors, axis=0).tolist())
    late, early = np.array(wrists).transpose(1, 0, 2)
    return compared(stream, alone) | {"frames": len(frames), "wrist_lag_frames": lag_frames(late, early)}


def warp_error(last: Dressed, now: Dressed, motion: Motion) -> tuple[float, float, float]:
    """Slip of the look-up, px of 128; difference of the pictures, levels; sharpness; inside the garment."""
    garment = motion.known & (np.minimum(now.alphas[0], motion.carry(last.alphas[0])) > SURE)
    pixels = pixels_of(garment, every=4)
    before = motion.before[pixels[:, 1].astype(int), pixels[:, 0].astype(int)]
    parts = leading_parts(now, pixels)
    slip = looked_up(now, pixels, parts) - looked_up(last, before, parts)
    change = np.abs(now.image - motion.carry(np.float32(last.image)))[garment]
    sharp = sharpness(now.image)[eroded(garment)]
    return float(np.linalg.norm(slip, axis=1).mean()), float(change.mean()), float(sharp.mean())


def rendered_motion(mirror: TryOn, garment: EncodedGarment, motion: str) -> dict[str, dict[str, float]]:
    """The same for a rendered person with a sensor's noise, by true motion; also how true the flow is.

    For that the person is dressed in the very top that is worn: where each of its visible pixels lies in its
    photo is known.
    """
    from lookglass_export.data.scene import Studio
    from lookglass_export.data.sequence import photograph_top, render_sequence

    layout, product = photograph_top(Studio(), 0)
    shots = list(render_sequence(Studio(), motion, seed=0, layout=layout))
    rng = np.random.default_rng(0)
    frames, places = [noisy(shot.image, rng) for shot in shots], [shot.place for shot in shots]
    out = in_motion(mirror, garment, frames, lambda n: rendered(places[n], places[n + 1]))
    own = mirror.garment(cv2.cvtColor(product, cv2.COLOR_RGBA2BGRA), name="its own", category="upper")
    runs = pair(mirror, own)
    pairs = zip(frames, places, strict=True)
    errors = [[flow_error(run.dress(image), place) for run in runs] for image, place in pairs]
    stream, alone = ({"sampling_error_px": value} for value in np.mean(errors, axis=0).tolist())
    return out | {"in_its_own_top": compared(stream, alone)}


def flow_error(dressed: Dressed, place: Array) -> float:
    """Mean distance, px of 128, between the flow and the true (H, W, 2) place."""
    pixels = pixels_of(np.isfinite(place[..., 0]), every=4)
    truth = place[pixels[:, 1].astype(int), pixels[:, 0].astype(int)] * GARMENT_FRAME_PX / 2
    return float(np.linalg.norm(looked_up(dressed, pixels) - truth, axis=1).mean())


def pixels_of(mask: Mask, *, every: int) -> Array:
    """(n, 2) float32 x, y of every so manieth pixel of a mask, each way."""
    rows, columns = np.nonzero(mask[::every, ::every])
    return np.asarray(np.column_stack([columns, rows]) * every, np.float32)


def eroded(mask: Mask) -> Mask:
    """The mask without what its edge may have touched."""
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0)


if __name__ == "__main__":
    main()
