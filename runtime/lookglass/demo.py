"""The demo: every sample person in every sample garment, a short video, and what it took."""

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from lookglass import pictures
from lookglass.demo_assets import GARMENTS, PEOPLE
from lookglass.errors import GarmentError, PersonNotFoundError, SinkError
from lookglass.live.percentiles import summary
from lookglass.live.sinks import FileSink
from lookglass.tryon import TryOn
from lookglass.types import U8, EncodedGarment, Frame

VIDEO_FPS = 30.0
VIDEO_SIZE = (1280, 720)
VIDEO_FRAMES = 100
WALK, WALK_IN, WALK_LABEL = "walk.mp4", "shirt_blue", "rendered walk"
PAN_OVER, PAN_IN, PAN_LABEL = "walker.jpg", "shirt_paisley", "slow pan over a still"
_CELL_W, _CELL_H, _GAP = 288, 416, 8
_NOBODY = np.full((1, 1, 3), 255, np.uint8)


def show(mirror: TryOn, folder: Path) -> None:
    """Dress everybody in everything, make a video, and print where things are and what they took.

    Args:
        mirror: the loaded try-on.
        folder: where the pictures go; made if need be.

    Raises:
        SinkError: the folder cannot be made.
        PictureError: a picture cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"the folder {folder} cannot be made: {error.strerror}") from error
    start = time.perf_counter()
    garments = _take_in(mirror)
    people = {file.stem: pictures.read(file) for file in _pictures(PEOPLE)}
    rows = [_dress(mirror, name, person, garments, folder) for name, person in people.items()]
    pictures.write(folder / "overview.png", _sheet(garments, rows))
    stage_ms = _film(mirror, garments, folder / "video.mp4")
    print(f"pictures:  {folder}/overview.png and every pair beside it")
    print(f"video:     {folder}/video.mp4, a {WALK_LABEL} and a {PAN_LABEL}, {VIDEO_SIZE[0]}x{VIDEO_SIZE[1]}")
    print(f"ran on:    {mirror.engine.device}, {mirror.engine.threads} thread(s) per graph")
    _print_stages(stage_ms)
    print(f"all of it: {time.perf_counter() - start:.0f} s")


def _pictures(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in (".jpg", ".png"))


def _take_in(mirror: TryOn) -> dict[str, EncodedGarment]:
    """The sample garments; what the bundle does not dress is left out in words, as it would be for a user."""
    garments = {}
    for file in _pictures(GARMENTS):
        start = time.perf_counter()
        try:
            garments[file.stem] = mirror.garment(file)
        except GarmentError as error:
            print(f"left out:  {error}")
        else:
            print(f"taken in:  {file.stem} in {time.perf_counter() - start:.2f} s")
    return garments


def _dress(
    mirror: TryOn, name: str, person: U8, garments: dict[str, EncodedGarment], folder: Path
) -> list[U8]:
    """One row of the overview: the photo, then the person in each garment that they can wear in it."""
    row = [person]
    for garment_name, garment in garments.items():
        try:
            dressed = mirror(person, garment)
        except PersonNotFoundError:  # A selfie shows no legs.
            row.append(_NOBODY)
            continue
        pictures.write(folder / f"{name}-{garment_name}.png", dressed)
        row.append(dressed)
    return row


def _film(mirror: TryOn, garments: dict[str, EncodedGarment], file: Path) -> dict[str, list[float]]:
    """Film both scenes as a camera would see them; returns stage -> milliseconds of every frame."""
    stage_ms = dict[str, list[float]]()
    scenes = (
        (WALK_LABEL, garments[WALK_IN], _walk()),
        (PAN_LABEL, garments[PAN_IN], _pan(pictures.read(PEOPLE / PAN_OVER))),
    )
    with FileSink(file, fps=VIDEO_FPS, every_frame=True) as sink:
        for label, garment, views in scenes:
            stream = mirror.stream()
            for number, view in enumerate(views):
                start = time.perf_counter()
                step = stream.step(Frame(view, number, int(number * 1e9 / VIDEO_FPS)), garment)
                for stage, took_ms in step.stage_ms.items():
                    stage_ms.setdefault(stage, []).append(took_ms)
                stage_ms.setdefault("whole frame", []).append((time.perf_counter() - start) * 1e3)
                sink.show(_labelled(step.image, label), number)
    return stage_ms


def _walk() -> Iterator[U8]:
    """The packaged clip, frame by frame."""
    clip = cv2.VideoCapture(str(PEOPLE.parent / WALK))
    try:
        while (view := clip.read()[1]) is not None:
            yield np.asarray(view, np.uint8)
    finally:
        clip.release()


def _pan(still: U8) -> Iterator[U8]:
    """A window of the video's shape that drifts over a still, sub-pixel steps, there and back."""
    width, height = VIDEO_SIZE
    zoom = width / still.shape[1]
    slack = still.shape[0] * zoom - height
    for number in range(VIDEO_FRAMES):
        swing = 0.5 - 0.5 * np.cos(2 * np.pi * number / VIDEO_FRAMES)
        top = slack * (0.2 + 0.2 * swing)
        matrix = np.array([[zoom, 0, 0], [0, zoom, -top]])
        yield np.asarray(cv2.warpAffine(still, matrix, VIDEO_SIZE, flags=cv2.INTER_LINEAR), np.uint8)


def _labelled(image: U8, label: str) -> U8:
    labelled, height = image.copy(), image.shape[0]
    for shift, colour in ((1, (0, 0, 0)), (0, (255, 255, 255))):
        place = (24 + shift, height - 24 + shift)
        cv2.putText(labelled, label, place, cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, 1, cv2.LINE_AA)
    return labelled


def _print_stages(stage_ms: dict[str, list[float]]) -> None:
    print(f"{'stage':12} {'p50 ms':>8} {'frames':>7}")
    for stage, times in stage_ms.items():
        print(f"{stage:12} {summary(times, 50)['p50']:>8.2f} {len(times):>7}")


def _sheet(garments: dict[str, EncodedGarment], rows: list[list[U8]]) -> U8:
    """Garments along the top, people down the side."""
    blank = np.full((_CELL_H // 2, _CELL_W, 3), 255, np.uint8)
    photos = [_on_white(garment.garment.texture) for garment in garments.values()]
    header = [blank, *(_fit(photo, _CELL_W, _CELL_H // 2) for photo in photos)]
    cells = [header, *([_fit(picture, _CELL_W, _CELL_H) for picture in row] for row in rows)]
    return np.vstack([np.hstack([_framed(cell) for cell in row]) for row in cells])


def _on_white(texture: U8) -> U8:
    alpha = texture[..., 3:].astype(np.float32) / 255
    return np.asarray(texture[..., :3] * alpha + 255 * (1 - alpha), np.uint8)


def _fit(picture: U8, width: int, height: int) -> U8:
    """Scale a picture into a white cell."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    cell = np.full((height, width, 3), 255, np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    cell[top : top + size[1], left : left + size[0]] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cell


def _framed(cell: U8) -> U8:
    return np.pad(cell, ((_GAP, _GAP), (_GAP, _GAP), (0, 0)), constant_values=255)
