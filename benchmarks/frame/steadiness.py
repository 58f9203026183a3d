"""How still a garment stays on somebody who stands still, and how fast it follows an arm.

    python benchmarks/frame/steadiness.py --out out/bench

At rest: one photo, shaken by a fraction of a pixel and with a sensor's noise on every frame. The flow is read
at points that are fixed to the person, so what is left of it is jitter. In motion: a rendered arm raise,
followed by the tracker, against every frame by itself.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).parents[1]))
from lookglass import Frame, TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.person.crop import CROP_SIZE, MODEL_HEIGHT, MODEL_WIDTH, crop_matrix
from lookglass.types import EncodedGarment, Layers, Person
from provenance import provenance

Array = npt.NDArray[np.float32]

FPS, HEIGHT_PX, WARM_UP = 30, 720, 30
NOISE_SIGMA, SHAKE_SIGMA_PX = 4.0, 0.3
GARMENT_FRAME_PX = 128
WRIST = 15
"""The landmark that the arm raise moves most: the left wrist."""


def main() -> None:
    """Measure, print, write `steadiness.json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--bundle", type=Path)
    parser.add_argument("--frames", type=int, default=300)
    options = parser.parse_args()
    mirror = TryOn.load(options.bundle, device="cpu")
    garment = mirror.garment(GARMENTS / "shirt_blue.jpg")
    result = {"provenance": provenance()}
    result["at_rest"] = {
        name: at_rest(mirror, garment, PEOPLE / name, options.frames)
        for name in ("studio_man.png", "studio_woman.png")
    }
    result["arm_raise"] = in_motion(mirror)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "steadiness.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


@dataclass(frozen=True, slots=True)
class Points:
    """Points fixed to the person.

    Attributes:
        places: (n, 2) float32, pixels of the photo that was not shaken.
        parts: (n,) which part's flow is read there.
    """

    places: Array
    parts: npt.NDArray[np.intp]


def at_rest(mirror: TryOn, garment: EncodedGarment, photo: Path, frames: int) -> dict[str, float]:
    """Standard deviation of the flow at points of the body, px of a 128 px garment frame."""
    still = pictures.read(photo)
    zoom = HEIGHT_PX / still.shape[0]
    still = cv2.resize(still, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    person = mirror.person(still)
    points = body_points(person, mirror.layers(person, garment))
    if not len(points.parts):
        raise SystemExit(f"the bundle draws no garment on {photo.name}: train it first")
    tracker, flows = mirror.tracker(), []
    for number, (view, shift) in enumerate(tqdm(shaken(still, WARM_UP + frames), total=WARM_UP + frames)):
        person = tracker.update(Frame(view, number, number * 1_000_000_000 // FPS))
        if person is None:
            raise SystemExit(f"the tracker lost the person of {photo.name} in frame {number}")
        if number >= WARM_UP:
            flows.append(read_flow(person, mirror.layers(person, garment), points, shift))
    deviation = np.linalg.norm(np.std(flows, axis=0), axis=1) * GARMENT_FRAME_PX / 2
    step = np.linalg.norm(np.diff(flows, axis=0), axis=2) * GARMENT_FRAME_PX / 2
    return {
        "frames": frames,
        "points": len(points.parts),
        "jitter_px": round(float(deviation.mean()), 3),
        "jitter_p95_px": round(float(np.percentile(deviation, 95)), 3),
        "frame_to_frame_px": round(float(step.mean()), 3),
    }


def shaken(still: npt.NDArray[np.uint8], count: int) -> Iterator[tuple[npt.NDArray[np.uint8], Array]]:
    """The photo moved by a fraction of a pixel and with noise, and by how much (2,) it was moved."""
    rng = np.random.default_rng(0)
    for _ in range(count):
        shift = rng.normal(0, SHAKE_SIGMA_PX, 2).astype(np.float32)
        matrix = np.column_stack([np.eye(2), shift])
        view = cv2.warpAffine(still, matrix, still.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        noise = rng.standard_normal(still.shape, np.float32) * NOISE_SIGMA
        yield np.clip(view + noise, 0, 255).round().astype(np.uint8), shift


def body_points(person: Person, layers: Layers) -> Points:
    """Every eighth cell of the coverage grid that one part clearly covers."""
    coverage = layers.coverage[:, ::4, ::4]
    rows, columns = np.nonzero(coverage.max(0) > 0.9)
    cells = np.column_stack([columns, rows]) * 4 + 0.5
    crop = cells * (MODEL_HEIGHT / layers.coverage.shape[1]) - 0.5 + [(CROP_SIZE - MODEL_WIDTH) / 2, 0]
    matrix = crop_matrix(person.crop)
    return Points(np.float32((crop - matrix[:, 2]) / matrix[0, 0]), coverage.argmax(0)[rows, columns])


def read_flow(person: Person, layers: Layers, points: Points, shift: Array) -> Array:
    """(n, 2) float32: where in the garment frame the points of the body look, in [-1, 1]."""
    flow = [at_points(person, part.transpose(1, 2, 0), points.places + shift) for part in layers.flow]
    return np.stack(flow)[points.parts, np.arange(len(points.places))]


def in_motion(mirror: TryOn) -> dict[str, float]:
    """An arm raise followed by the tracker, against every frame by itself.

    The person is dressed in the very top that is worn, so that the truth is known at every visible pixel of
    it: how far off the flow looks, and how many frames the smoothed wrist lags behind.
    """
    from lookglass_export.data.scene import Studio
    from lookglass_export.data.sequence import photograph_top, render_sequence

    layout, product = photograph_top(Studio(), 0)
    garment = mirror.garment(cv2.cvtColor(product, cv2.COLOR_RGBA2BGRA), name="its own", category="upper")
    tracker, wrists, errors = mirror.tracker(), [], []
    for number, shot in enumerate(render_sequence(Studio(), "arm_raise", seed=0, layout=layout)):
        followed = tracker.update(Frame(shot.image, number, number * 1_000_000_000 // FPS))
        alone = tracker.detect(shot.image)
        if followed is None or alone is None:
            raise SystemExit(f"the tracker lost the person of the arm raise in frame {number}")
        wrists.append([person.landmarks[WRIST, :2] for person in (followed, alone)])
        errors.append(
            [flow_error(person, mirror.layers(person, garment), shot.place) for person in (followed, alone)]
        )
    late, early = np.array(wrists).transpose(1, 0, 2)
    smoothed, unfiltered = np.mean(errors, axis=0)
    return {
        "frames": len(wrists),
        "lag_frames": round(lag_frames(late, early), 2),
        "sampling_error_px": round(smoothed, 3),
        "unfiltered_sampling_error_px": round(unfiltered, 3),
        "ratio": round(smoothed / unfiltered, 3),
    }


def flow_error(person: Person, layers: Layers, place: Array) -> float:
    """Mean distance, px of a 128 px garment frame, between the flow and the true (H, W, 2) place."""
    rows, columns = np.nonzero(np.isfinite(place[::4, ::4, 0]))
    pixels = np.float32(np.column_stack([columns, rows]) * 4)
    truth = place[rows * 4, columns * 4]
    covered = np.stack([at_points(person, part[..., None], pixels)[:, 0] for part in layers.coverage])
    flow = np.stack([at_points(person, part.transpose(1, 2, 0), pixels) for part in layers.flow])
    chosen = flow[covered.argmax(0), np.arange(len(pixels))]
    return float(np.linalg.norm(chosen - truth, axis=1).mean() * GARMENT_FRAME_PX / 2)


def at_points(person: Person, layer: Array, pixels: Array) -> Array:
    """Sample a layer (h, w, k) at frame pixels (n, 2) -> (n, k) float32."""
    matrix = crop_matrix(person.crop)
    crop = pixels @ matrix[:, :2].T + matrix[:, 2] - [(CROP_SIZE - MODEL_WIDTH) / 2, 0]
    cells = np.float32((crop + 0.5) * (layer.shape[0] / MODEL_HEIGHT) - 0.5)
    found = cv2.remap(np.ascontiguousarray(layer), cells[:, :1], cells[:, 1:], cv2.INTER_LINEAR)
    return np.asarray(found.reshape(len(pixels), -1), np.float32)


def lag_frames(late: Array, early: Array, longest: int = 8) -> float:
    """The delay, in frames and to a tenth, by which `early` (n, 2) fits `late` best."""
    time = np.arange(len(late), dtype=np.float64)
    inner = slice(longest, len(late) - longest)

    def misfit(delay: float) -> float:
        shifted = np.column_stack([np.interp(time - delay, time, early[:, axis]) for axis in (0, 1)])
        return float(np.square(shifted - late)[inner].sum())

    return min(np.arange(-20, 10 * longest + 1) / 10, key=misfit)


if __name__ == "__main__":
    main()
