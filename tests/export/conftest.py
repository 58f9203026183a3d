"""A scene drawn by a few lines of code, with every array that a rendered one has and exact answers.

The person stands in front of a gradient; each of three tops is a polygon per part, and the flow of each part
is affine, so every target is known in closed form.
"""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from lookglass_export.training.scenes import Scene

torch.set_num_threads(1)  # Steps are short: threads that wait for each other on busy cores cost more.

WIDTH, HEIGHT = 132, 176
"""Of the half-resolution grids."""
TORSO = [(48, 52), (84, 52), (82, 104), (50, 104)]
LEFT_ARM = [(78, 52), (85, 53), (98, 76), (102, 98), (95, 99), (88, 80), (79, 66)]
RIGHT_ARM = [(131 - x, y) for x, y in LEFT_ARM]
LENGTHS = (0.35, 0.9, 0.6)
"""How far down the arm the sleeves of the three tops reach."""


def landmarks() -> np.ndarray:
    """(33, 5) in window pixels: a frontal person, the wearer's left on the right of the picture."""
    points = np.zeros((33, 5), np.float32)
    middle = (WIDTH * 2 - 1) / 2
    left = {2: (9, 62), 5: (9, 62), 7: (19, 68), 9: (7, 86), 11: (34, 110), 13: (54, 152), 15: (62, 194)}
    left |= {19: (64, 212), 23: (22, 200)}
    points[:, :2] = middle, 76
    for index, (x, y) in left.items():
        other = {2: 5, 5: 2}.get(index, index + 1)
        points[index, :2], points[other, :2] = (middle + x, y), (middle - x, y)
    points[2, 0], points[5, 0] = middle + 9, middle - 9
    points[:, 2:] = 0.95, 1, 0
    return points


def part_map(part: int, garment: int) -> np.ndarray:
    """(2, 3) affine from half-window pixels to the garment frame; sleeves are spread out a little."""
    base = np.array([[1 / 48, 0, -65.5 / 48], [0, 1 / 40, -78 / 40]]) * (0.9 + 0.05 * garment)
    if part == 0:
        return base
    side = 1 if part == 1 else -1
    pivot = np.array([65.5 + side * 16, 58.0])
    turn = cv2.getRotationMatrix2D((0, 0), side * 20, 1)[:, :2]
    spread = np.column_stack([turn, pivot - turn @ pivot])
    return base @ np.vstack([spread, [0, 0, 1]])


def filled(polygon: list[tuple[float, float]], size: tuple[int, int], limit: float = np.inf) -> np.ndarray:
    """(H, W) uint8 0..255, anti-aliased and cut below a row."""
    picture = np.zeros(size[::-1], np.uint8)
    points = np.round(np.array([polygon]) * 16).astype(np.int32)
    cv2.fillPoly(picture, points, 255, cv2.LINE_AA, 4)
    if np.isfinite(limit):
        picture[round(limit) :] = 0
    return picture


def shells() -> list[np.ndarray]:
    """(176, 132) uint8 of the three uncut parts."""
    return [filled(polygon, (WIDTH, HEIGHT)) for polygon in (TORSO, LEFT_ARM, RIGHT_ARM)]


def draw_scene(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Every array of a scene file."""
    yy, xx = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    here = np.stack([xx, yy, np.ones_like(xx)], -1)
    bodies = shells()
    head = cv2.circle(np.zeros((HEIGHT, WIDTH), np.uint8), (66, 36), 13, 255, -1, cv2.LINE_AA)
    hips = filled([(50, 100), (82, 100), (86, 175), (46, 175)], (WIDTH, HEIGHT))
    person = np.maximum.reduce([*bodies, head, hips])
    background = np.dstack([60 + xx * 0.5, 90 + yy * 0.4, 120 - xx * 0.3])
    bare = background
    for mask, colour in ((hips, (40, 45, 70)), (bodies[1], (205, 150, 120)), (bodies[2], (205, 150, 120))):
        bare = _over(bare, mask, np.array(colour, np.float32))
    bare = _over(bare, head, np.array([210, 155, 125], np.float32))
    arrays: dict[str, list[np.ndarray]] = {}
    for garment, length in enumerate(LENGTHS):
        row = _garment(garment, length, bare, here, bodies, head, hips, person, rng)
        for name, value in row.items():
            arrays.setdefault(name, []).append(value)
    scene = {name: np.stack(value) for name, value in arrays.items()}
    undershirt = _over(bare, bodies[0], np.array([200, 200, 198], np.float32))
    return scene | {
        "painted": undershirt.round().astype(np.uint8),
        "bare": np.where(bodies[0] > 0, 0, np.maximum.reduce([*bodies[1:], head])),
        "valid": np.array([0, 0, WIDTH * 2, HEIGHT * 2]),
        "factors": np.array(json.dumps(factors())),
    }


def factors() -> dict[str, object]:
    """What the generator writes about a scene."""
    garments = [{"kind": kind} for kind in ("tee", "long_sleeve", "polo")]
    return {"pose": "arms_down", "framing": "full", "hair": "short", "tone": 3, "garments": garments}


def _over(below: np.ndarray, mask: np.ndarray, colour: np.ndarray) -> np.ndarray:
    share = mask[..., None] / np.float32(255)
    return below * (1 - share) + colour * share


def _garment(garment, length, bare, here, bodies, head, hips, person, rng) -> dict[str, np.ndarray]:
    hem = 52 + length * 46
    visible = [bodies[0], *(np.where(np.arange(HEIGHT)[:, None] < hem, arm, 0) for arm in bodies[1:])]
    visible[0] = np.where(np.maximum(visible[1], visible[2]) > 127, 0, visible[0])
    flow = np.stack([(here @ part_map(p, garment).T).transpose(2, 0, 1) for p in range(3)])
    texture, labels = _product(garment, hem, rng)
    frame, parse = bare, np.zeros((HEIGHT, WIDTH), np.uint8)
    for mask, label in ((hips, 5), (bodies[1], 6), (bodies[2], 7), (head, 2)):
        parse[mask > 127] = label
    for part, mask in enumerate(visible):
        where = ((flow[part] + 1) * 128 - 0.5).astype(np.float32)
        worn = cv2.remap(texture, where[0], where[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        frame = _over(frame, mask, worn[..., :3].astype(np.float32))
        parse[mask > 127] = 4
    valid = np.stack([np.where(cv2.dilate(m, np.ones((21, 21))) > 127, 1, 0) for m in bodies])
    for part in range(3):
        valid[part][bodies[part] > 127] = 2
        valid[part][visible[part] > 127] = 3
    arms = np.maximum(bodies[1], bodies[2])
    occluder = np.stack([np.maximum(arms, head), head])
    return {
        "frames": cv2.resize(frame, (WIDTH * 2, HEIGHT * 2)).round().astype(np.uint8),
        "landmarks": landmarks(),
        "presence": np.float32(1),
        "masks": person,
        "tone": np.float32([210, 155, 125]) / 255,
        "parse": parse,
        "arm_front": (arms > 127).astype(np.uint8),
        "flow": flow.astype(np.float16),
        "flow_valid": valid.astype(np.uint8),
        "coverage": np.stack(visible).astype(np.uint8),
        "alpha": np.maximum.reduce(visible).astype(np.uint8),
        "occluder": occluder,
        "products": texture,
        "product_parts": labels,
    }


def _product(garment: int, hem: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(256, 256, 4) RGBA of smooth colours and (256, 256) labels."""
    labels = np.zeros((256, 256), np.uint8)
    for part, polygon in ((1, LEFT_ARM), (2, RIGHT_ARM), (0, TORSO)):
        points = (
            np.array([(x, min(y, hem) if part else y, 1) for x, y in polygon]) @ part_map(part, garment).T
        )
        labels[filled([tuple(p) for p in (points + 1) * 128 - 0.5], (256, 256)) > 127] = part + 1
    colours = cv2.resize(rng.uniform(30, 225, (4, 4, 3)).astype(np.float32), (256, 256))
    alpha = np.where(labels > 0, 255, 0)
    return np.dstack([colours, alpha]).round().astype(np.uint8), labels


@pytest.fixture(scope="session")
def scenes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn scenes as files."""
    folder = tmp_path_factory.mktemp("scenes")
    for index in range(2):
        np.savez(folder / f"scene_{index:06d}.npz", **draw_scene(np.random.default_rng(index)))
    return folder


@pytest.fixture(scope="session")
def scene(scenes_folder: Path) -> Scene:
    """The first drawn scene."""
    return Scene.open(scenes_folder / "scene_000000.npz")


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """One scene made by the renderer."""
    pytest.importorskip("moderngl")
    pytest.importorskip("anny")
    from lookglass_export.data.generate import main as generate

    folder = tmp_path_factory.mktemp("rendered")
    generate(["--out", str(folder), "--start", "3", "--count", "1"])
    return Scene.open(folder / "scene_000003.npz")
