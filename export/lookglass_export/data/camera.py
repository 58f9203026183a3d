"""Cameras and lights of a scene."""

from dataclasses import dataclass

import numpy as np

from lookglass.categories import VIEWS
from lookglass_export.data.mesh import Array

WINDOW_HEIGHT, WINDOW_WIDTH = 352, 264
MARGIN = 3.4 / 2.6
"""How much more than a category's crop its window shows."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A perspective camera that shows exactly the window: `matrix` (4, 4) to clip space, eye (3,).

    `frame` is what a close camera's picture shows, (x0, y0, x1, y1) in window pixels.
    """

    matrix: Array
    eye: Array
    frame: Array | None = None

    def project(self, points: Array) -> Array:
        """World points (N, 3) to window pixels (N, 2)."""
        clip = np.c_[points, np.ones(len(points))] @ self.matrix.T
        ndc = clip[:, :2] / clip[:, 3:]
        size = np.array([WINDOW_WIDTH, WINDOW_HEIGHT])
        return np.asarray((ndc * [1, -1] + 1) / 2 * size - 0.5)

    def widened(self, left: float, top: float, right: float, bottom: float) -> "Camera":
        """The same camera showing another rectangle, given in window pixels' edges (0 to W, 0 to H)."""
        x = np.array([left, right]) / WINDOW_WIDTH * 2 - 1
        y = 1 - np.array([bottom, top]) / WINDOW_HEIGHT * 2
        crop = np.eye(4)
        crop[0, 0], crop[0, 3] = 2 / (x[1] - x[0]), -(x[1] + x[0]) / (x[1] - x[0])
        crop[1, 1], crop[1, 3] = 2 / (y[1] - y[0]), -(y[1] + y[0]) / (y[1] - y[0])
        return Camera(crop @ self.matrix, self.eye)


def look_at(eye: Array, target: Array, *, near: float = 0.2, far: float = 12.0) -> Array:
    """A right-handed view and unit-focal projection, z up."""
    z = (eye - target) / np.linalg.norm(eye - target)
    x = np.cross([0.0, 0.0, 1.0], z)
    x /= np.linalg.norm(x)
    view = np.eye(4)
    view[:3, :3] = [x, np.cross(z, x), z]
    view[:3, 3] = -view[:3, :3] @ eye
    project = np.zeros((4, 4))
    project[0, 0] = project[1, 1] = 1
    project[2, 2], project[2, 3] = -(far + near) / (far - near), -2 * far * near / (far - near)
    project[3, 2] = -1
    return np.asarray(project @ view)


def sample_camera(
    rng: np.random.Generator, shoulders: Array, hips: Array, *, category: str = "upper"
) -> Camera:
    """A mirror's camera before a person; the window is placed by the joints (2, 3) of shoulders and hips."""
    middle = (shoulders.mean(0) + hips.mean(0)) / 2
    distance = rng.uniform(1.5 if category == "upper" else 2.0, 4.2)
    spread = distance / 2
    eye = middle + np.array([rng.normal() * 0.14 * spread, -distance, rng.normal() * 0.14 * spread + 0.05])
    unit = look_at(eye, middle)
    return Camera(_window(rng, unit, shoulders, hips, category) @ unit, eye)


def sample_close_camera(
    rng: np.random.Generator, shoulders: Array, hips: Array, wrists: Array, *, held: bool
) -> Camera:
    """A phone `held` in the foremost hand, or a laptop before the person: joints (2, 3) of each pair."""
    chin = shoulders.mean(0) + np.array([0.0, 0.0, rng.uniform(-0.1, 0.15)])
    if held:
        holder = int(wrists[:, 1].argmin())
        inwards = (shoulders.mean(0) - shoulders[holder])[0] * rng.uniform(0.2, 0.9)
        # The lens is above the wrist and nearer to the face, or the arm would fill the picture.
        eye = wrists[holder] + [inwards, -rng.uniform(0.04, 0.12), rng.uniform(0.1, 0.2)]
        half_height, aspect = rng.uniform(0.6, 0.85), rng.choice([9 / 16, 3 / 4])
    else:
        eye = chin + np.array([rng.normal() * 0.08, -rng.uniform(0.55, 1.0), rng.uniform(-0.25, 0.15)])
        half_height, aspect = rng.uniform(0.35, 0.5), rng.choice([4 / 3, 16 / 9])
    unit = look_at(eye, chin, near=0.1)
    crop = _window(rng, unit, shoulders, hips)
    corners = np.array([[-aspect, 1.0], [aspect, -1.0]]) * half_height
    ndc = corners * np.diag(crop)[:2] + crop[:2, 3]
    frame = (ndc * [1, -1] + 1) / 2 * [WINDOW_WIDTH, WINDOW_HEIGHT]
    return Camera(crop @ unit, eye, frame.ravel())


def _window(
    rng: np.random.Generator, unit: Array, shoulders: Array, hips: Array, category: str = "upper"
) -> Array:
    """The (4, 4) crop of a unit-focal camera's clip space that shows the window alone."""

    def seen(points: Array) -> Array:
        clip = np.c_[points, np.ones(len(points))] @ unit.T
        return np.asarray(clip[:, :2] / clip[:, 3:])

    high, low = seen(shoulders), seen(hips)
    torso = np.linalg.norm(high.mean(0) - low.mean(0))
    torso = max(torso, 0.9 * np.linalg.norm(high[0] - high[1]))
    view = VIEWS[category]
    half = MARGIN * view.side / 2 * torso * rng.uniform(0.92, 1.1)
    x, y = (high.mean(0) + low.mean(0)) / 2 + rng.normal(size=2) * 0.05 * torso
    y -= (view.middle - VIEWS["upper"].middle) * torso
    crop = np.eye(4)
    wide = half * WINDOW_WIDTH / WINDOW_HEIGHT
    crop[0, 0], crop[0, 3] = 1 / wide, -x / wide
    crop[1, 1], crop[1, 3] = 1 / half, -y / half
    return crop


@dataclass(frozen=True, slots=True)
class Light:
    """A key light and an ambient one, linear RGB gains."""

    kind: str
    direction: Array
    key: Array
    ambient: Array


def sample_light(rng: np.random.Generator) -> Light:
    """Soft shop light mostly; also hard side light, a bright window behind, and dim warm rooms."""
    kind = str(rng.choice(["soft", "side", "backlit", "dim"], p=[0.55, 0.2, 0.13, 0.12]))
    direction = np.array([rng.uniform(-0.9, 0.9), -1.0, rng.uniform(0.0, 1.0)])
    ambient = rng.uniform(0.45, 0.75)
    key = rng.uniform(1.0, 1.15) - ambient
    if kind == "side":
        direction[:2] = [rng.choice([-1, 1]) * rng.uniform(1.0, 2.0), -0.7]
        ambient, key = rng.uniform(0.25, 0.45), rng.uniform(0.65, 0.9)
    elif kind == "backlit":
        direction[1] = rng.uniform(0.3, 1.0)
        ambient, key = rng.uniform(0.35, 0.55), rng.uniform(0.4, 0.8)
    elif kind == "dim":
        ambient, key = rng.uniform(0.25, 0.4), rng.uniform(0.15, 0.35)
    warmth = rng.normal() * 0.07
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    fill = np.array([1 - 0.4 * warmth, 1.0, 1 + 0.4 * warmth])
    return Light(kind, direction / np.linalg.norm(direction), key * tint, ambient * fill)
