"""The whole frame on this machine: stage by stage, then paced like a camera.

    python benchmarks/frame/bench.py --out out/bench

Whole frame = frame in memory to composed picture in memory: tracking, try-on graph, composition, for one
person at least 60 % of the frame's height at 1280x720, who wears a top, jeans, or both. Decoding and display
are apart: the paced runs, in the top, from a 720p30 video file into the null and the file sink, have the
decoder (and encoder) beside it, as a camera's would be. Other load on the machine shows in
`load_average_before`.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
from lookglass import Frame, TryOn, pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.live.loop import Settings
from lookglass.live.mirror import run_mirror
from lookglass.live.percentiles import summary
from lookglass.types import EncodedGarment
from provenance import provenance

SIZE, FPS = (1280, 720), 30
PERSON, GARMENT, LOWER = PEOPLE / "studio_man.png", GARMENTS / "shirt_blue.jpg", GARMENTS / "jeans.jpg"
WARM_UP = 20


def main() -> None:
    """Measure, print, write `frame.json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("out/bench"))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--frames", type=int, default=300, help="frames of the unpaced run")
    parser.add_argument("--seconds", type=float, default=30, help="length of the paced runs")
    options = parser.parse_args()
    result: dict[str, Any] = {"provenance": provenance(), **start_up(options.device)}
    mirror = TryOn.load(device=options.device, threads=options.threads)
    result |= {"device": mirror.engine.device, "threads": mirror.engine.threads}
    shirt, jeans = (mirror.garment(file) for file in (GARMENT, LOWER))
    result["whole_frame_ms"] = whole_frame(mirror, (shirt,), options.frames)
    result["whole_frame_lower_ms"] = whole_frame(mirror, (jeans,), options.frames)
    result["whole_frame_outfit_ms"] = whole_frame(mirror, (shirt, jeans), options.frames)
    with tempfile.TemporaryDirectory() as folder:
        video = write_video(Path(folder) / "720p30.mp4", int(options.seconds * FPS))
        for sink in ("null", str(Path(folder) / "out.mp4")):
            name = f"paced_{'null' if sink == 'null' else 'file'}_sink"
            result[name] = paced(mirror, video, sink, Path(folder))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "frame.json").write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


def start_up(device: str) -> dict[str, float]:
    """Seconds to import, and from a warm start to the first dressed frame; medians of fresh processes."""
    program = f"""
import time; start = time.perf_counter()
import lookglass; imported = time.perf_counter()
mirror = lookglass.TryOn.load(device={device!r})
shirt = mirror.garment({str(GARMENT)!r})
from lookglass import pictures
mirror(pictures.read({str(PERSON)!r}), shirt)
print(imported - start, time.perf_counter() - start)
"""
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        for _ in range(5)
    ]
    times = [[float(word) for word in run.stdout.split()] for run in runs]
    imported, first = (round(statistics.median(column), 3) for column in zip(*times, strict=True))
    return {"import_s": imported, "warm_start_to_first_picture_s": first}


def views(count: int) -> Iterator[np.ndarray]:
    """A person of 95 % of the frame's height who sways by 20 pixels, with a sensor's noise."""
    still = pictures.read(PERSON)
    zoom = SIZE[1] / still.shape[0]
    noise = np.random.default_rng(0).normal(0, 2, (SIZE[1], SIZE[0], 3)).astype(np.int16)
    for number in range(count):
        left = (SIZE[0] - zoom * still.shape[1]) / 2 + 20 * np.sin(number / 30)
        matrix = np.array([[zoom, 0, left], [0, zoom, 0]])
        flags = cv2.INTER_AREA
        image = cv2.warpAffine(still, matrix, SIZE, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        yield np.clip(image + np.roll(noise, number * 7, axis=1), 0, 255).astype(np.uint8)


def whole_frame(mirror: TryOn, outfit: Sequence[EncodedGarment], count: int) -> dict[str, Any]:
    """Stage times of frames that are in memory, one after the other."""
    stream = mirror.stream()
    times: defaultdict[str, list[float]] = defaultdict(list)
    for number, view in enumerate(views(WARM_UP + count)):
        start = time.perf_counter()
        step = stream.step(Frame(view, number, number * 1_000_000_000 // FPS), outfit)
        took_ms = (time.perf_counter() - start) * 1e3
        if len(step.worn) < len(outfit):
            raise SystemExit(f"frame {number} was not dressed: {step.untouched}")
        if number >= WARM_UP:
            for stage, stage_ms in {**step.stage_ms, "whole": took_ms}.items():
                times[stage].append(stage_ms)
    return {stage: summary(samples, 50, 95) for stage, samples in times.items()}


def write_video(path: Path, count: int) -> Path:
    """The views as a 720p30 file."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, SIZE)
    for view in views(count):
        writer.write(view)
    writer.release()
    return path


def paced(mirror: TryOn, video: Path, sink: str, folder: Path) -> dict[str, Any]:
    """The live loop on a file that plays at its own pace; also how resident memory went."""
    memory: list[float] = []
    done = threading.Event()
    watcher = threading.Thread(target=watch_memory, args=(memory, done))
    watcher.start()
    report = run_mirror(
        source=str(video),
        garment=GARMENT,
        sink=sink,
        settings=Settings(),
        load=lambda: mirror,
        warn=print,
        report_file=folder / "report.json",
    )
    done.set()
    watcher.join()
    settled = memory[len(memory) // 5 :]
    slope = float(np.polyfit(np.arange(len(settled)), settled, 1)[0]) * 60
    document = {key: value for key, value in report.document().items() if key != "versions"}
    return document | {"rss_mb": {"max": max(memory), "slope_per_minute": round(slope, 2)}}


def watch_memory(memory: list[float], done: threading.Event) -> None:
    """Resident megabytes of this process, once a second."""
    process = psutil.Process()
    while not done.wait(1):
        memory.append(round(process.memory_info().rss / 1e6, 1))


if __name__ == "__main__":
    main()
