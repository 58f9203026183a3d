"""The room of a rendered sequence: walls, floor and furniture seen by its camera, a little out of focus."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.camera import Camera
from lookglass_export.data.mesh import Array

WALL_Y, PLANK_M = 2.2, 0.16
F32 = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Room:
    """A picture (H, W, 3) float32 RGB in 0..255, and (H, W, 2) float32 floor points, far away elsewhere."""

    picture: F32
    floor: F32

    def with_shadows(self, feet: Array, floor_z: float) -> F32:
        """The picture with soft shadows around the feet: (2, 3) ankles in metres."""
        gain = np.ones(self.floor.shape[:2], np.float32)
        for x, y, z in feet:
            reach = 0.13 + 1.5 * max(0.0, z - floor_z - 0.08)
            away = ((self.floor[..., 0] - x) / 1.2) ** 2 + ((self.floor[..., 1] - y + 0.06) / 1.5) ** 2
            gain *= 1 - 0.45 * (0.13 / reach) * np.exp(-away / (2 * reach**2))
        return np.asarray(self.picture * gain[..., None], np.float32)


def room(rng: np.random.Generator, camera: Camera, size: tuple[int, int], floor_z: float) -> Room:
    """Draw a room by casting a ray through every pixel.

    Args:
        rng: source of the colours.
        camera: shows exactly the picture.
        size: (width, height) in pixels.
        floor_z: height of the floor, metres.
    """
    rays = _rays(camera, size)
    to_floor = (floor_z - camera.eye[2]) / np.minimum(rays[..., 2], -1e-6)
    to_wall = (WALL_Y - camera.eye[1]) / np.maximum(rays[..., 1], 1e-6)
    on_floor = to_floor < to_wall
    floor = camera.eye[:2] + rays[..., :2] * to_floor[..., None]
    wall = (camera.eye + rays * to_wall[..., None])[..., [0, 2]] - [0, floor_z]
    picture = np.where(on_floor[..., None], _planks(rng, floor), _wall(rng, wall))
    picture = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), size[1] / 400)
    return Room(np.clip(picture, 0, 255), np.where(on_floor[..., None], floor, 1e3).astype(np.float32))


def _rays(camera: Camera, size: tuple[int, int]) -> Array:
    """(H, W, 3) directions from the eye through the pixel centres."""
    width, height = size
    x, y = (np.arange(width) + 0.5) / width * 2 - 1, 1 - (np.arange(height) + 0.5) / height * 2
    ndc = np.stack([*np.meshgrid(x, y), np.zeros((height, width)), np.ones((height, width))], -1)
    world = ndc @ np.linalg.inv(camera.matrix).T
    return np.asarray(world[..., :3] / world[..., 3:] - camera.eye)


def _planks(rng: np.random.Generator, floor: Array) -> Array:
    """Oak boards that run towards the wall; the window's light lies on them."""
    row = np.floor(floor[..., 0] / PLANK_M).astype(int)
    shades = rng.uniform(0.9, 1.06, 512)
    shift = rng.uniform(0, 2, 512)
    board = np.floor(floor[..., 1] / 1.7 + shift[row % 512]).astype(int)
    shade = shades[(row * 7 + board * 31) % 512]
    gap = np.minimum(floor[..., 0] / PLANK_M % 1, 1 - floor[..., 0] / PLANK_M % 1) < 0.035
    light = 1 + 0.16 * np.exp(-((floor[..., 0] + 1.3) ** 2 + (floor[..., 1] - 1.2) ** 2) / 1.2)
    return np.array([172, 140, 106]) * (shade * np.where(gap, 0.8, 1) * light)[..., None]


def _wall(rng: np.random.Generator, at: Array) -> Array:
    """A painted wall with a window, a picture, a sideboard and a plant; `at` is (x, height) in metres."""
    x, z = at[..., 0], at[..., 1]
    paint = np.array([206, 203, 194]) + rng.normal(size=3) * 5
    glow = 0.9 + 0.13 * np.exp(-((x + 1.5) ** 2 + (z - 1.5) ** 2) / 2.5)
    picture = paint * glow[..., None]

    def box(left: float, right: float, low: float, high: float) -> npt.NDArray[np.bool_]:
        return (x > left) & (x < right) & (z > low) & (z < high)

    picture[z < 0.1] = [226, 224, 218]
    picture[(z > 0.095) & (z < 0.1)] = [170, 166, 158]
    picture[box(-2.25, -0.95, 0.82, 2.35)] = [240, 240, 236]
    sky = np.stack([196 + 18 * (z - 1.5), 216 + 10 * (z - 1.5), 232 + 4 * (z - 1.5)], -1)
    trees = z < 1.25 + 0.1 * np.sin(3.1 * x) + 0.05 * np.sin(9.7 * x)
    outside = np.where(trees[..., None], [150, 170, 140], sky)
    for left, right in ((-2.18, -1.63), (-1.57, -1.02)):
        pane = box(left, right, 0.89, 2.28)
        picture[pane] = outside[pane]
    picture[box(0.95, 1.75, 1.15, 1.75)] = [70, 62, 56]
    picture[box(0.98, 1.72, 1.18, 1.72)] = [236, 232, 224]
    for _ in range(4):
        left, low = rng.uniform(1.05, 1.45), rng.uniform(1.23, 1.5)
        shape = box(left, left + rng.uniform(0.1, 0.25), low, low + rng.uniform(0.06, 0.18))
        picture[shape] = np.array([150, 120, 100]) + rng.normal(size=3) * 35
    picture[box(0.7, 2.3, 0.12, 0.68)] = [146, 112, 82]
    picture[box(0.7, 2.3, 0.66, 0.7)] = [164, 128, 96]
    for seam in (1.22, 1.76):
        picture[box(seam, seam + 0.012, 0.14, 0.64)] = [110, 84, 62]
    _plant(rng, picture, x, z)
    return picture


def _plant(rng: np.random.Generator, picture: Array, x: Array, z: Array) -> None:
    """Leaves that fan out of a pot on the sideboard."""
    for turn in np.linspace(-1.0, 1.0, 11) + rng.normal(size=11) * 0.06:
        length = rng.uniform(0.22, 0.36)
        u = (x - 2.02) * np.cos(turn) - (z - 0.84) * np.sin(turn)
        v = (x - 2.02) * np.sin(turn) + (z - 0.84) * np.cos(turn)
        leaf = (v > 0) & (v < length) & (np.abs(u) < 0.035 * np.sin(np.pi * np.clip(v / length, 0, 1)))
        picture[leaf] = np.array([78, 112, 74]) * rng.uniform(0.8, 1.2)
    pot = (np.abs(x - 2.02) < 0.06 + 0.25 * (z - 0.7)) & (z > 0.7) & (z < 0.87)
    picture[pot] = [222, 216, 206]
