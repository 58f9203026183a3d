"""Hair: the shell cut to a length, painted scalps, and locks that fall over the chest."""

from dataclasses import dataclass

import numpy as np

from lookglass_export.data.body import Body, Bones, Mesh, Y, Z
from lookglass_export.data.mesh import Array, Index, normals

KINDS = ("bald", "buzz", "short", "bob", "long", "locks", "covered")
_COLOURS = np.array(
    [[0.06, 0.05, 0.05], [0.14, 0.09, 0.06], [0.3, 0.18, 0.1], [0.55, 0.4, 0.2], [0.78, 0.64, 0.42],
     [0.4, 0.14, 0.07], [0.5, 0.5, 0.5], [0.82, 0.8, 0.78]]
)  # fmt: skip
HEAD_Z = 0.657


@dataclass(frozen=True, slots=True)
class Hair:
    """How a person's hair is drawn; colours RGB.

    Attributes:
        shell: (lowest z, top of the face opening) of the hair shell, or None.
        line: (z, y) of the painted hair line on the head; z high for none.
    """

    kind: str
    colour: Array
    shell: tuple[float, float] | None
    line: tuple[float, float]


def sample_hair(rng: np.random.Generator, kind: str) -> Hair:
    """Random hair of one of `KINDS`."""
    colour = np.clip(_COLOURS[rng.integers(len(_COLOURS))] * rng.uniform(0.8, 1.2), 0, 1)
    lowest = {
        "short": rng.uniform(0.0, 0.04), "bob": rng.uniform(-0.1, -0.04), "long": rng.uniform(-0.35, -0.15),
        "locks": rng.uniform(-0.2, -0.08), "covered": -0.1,
    }.get(kind)  # fmt: skip
    if kind == "covered":
        colour = rng.uniform(0.1, 0.9, 3)
    shell = None if lowest is None else (HEAD_Z + lowest, HEAD_Z + rng.uniform(0.05, 0.075))
    line = (9.0, 0.0) if kind == "bald" else (HEAD_Z + rng.uniform(0.075, 0.095), -0.14)
    return Hair(kind, colour, shell, line)


def fuller(rng: np.random.Generator, mesh: Mesh, shell: Array) -> Array:
    """A hair shell (N, 3) at rest, every other one with volume, wavy or in curls; the face stays free."""
    if rng.random() < 0.5:
        return shell
    volume, curl = rng.uniform(0.005, 0.042), rng.uniform(0.15, 0.45)
    waves, phase = rng.normal(size=(3, 6)) * rng.choice([35.0, 70.0, 120.0]), rng.uniform(0, 6, 6)
    place = mesh.attributes
    behind = np.clip((place[:, Y] + 0.12) / 0.06, 0, 1) * np.clip((place[:, Z] - HEAD_Z + 0.16) / 0.1, 0.3, 1)
    height = 1 + curl * np.sin(shell @ waves + phase).mean(1) * 2
    return np.asarray(shell + normals(shell, mesh.faces) * (volume * behind * height)[:, None], np.float32)


def chest_locks(
    rng: np.random.Generator, body: Body, bones: Bones, surface: Array, clearance: float
) -> tuple[Array, Index]:
    """Tapered tubes of hair from beside the face over the shoulders down to the chest.

    Args:
        rng: source of randomness.
        body, bones: the posed body.
        surface: (N, 3) posed tights shell, over which the locks lie.
        clearance: metres between the body shell and the locks, thicker than any garment.

    Returns:
        Vertices (V, 3) and faces.
    """
    head = bones.joints[body.joint("head")]
    turned = bones.rotations[body.joint("head")]
    trunk = np.abs(body.meshes["tights"].attributes[:, 4]) < 0.4
    front = surface[trunk]
    length = rng.uniform(0.16, 0.34)
    sides = (1, -1) if rng.random() < 0.75 else (int(rng.choice([1, -1])),)
    points, faces, start = [], [], 0
    for sign in sides:
        for _ in range(int(rng.integers(9, 15))):
            root = head + turned @ [
                sign * rng.uniform(0.062, 0.085),
                rng.uniform(-0.03, 0.02),
                rng.uniform(-0.01, 0.06),
            ]
            path = _path(rng, root, sign, front, length * rng.uniform(0.75, 1.05), clearance)
            tube, own = _tube(path, rng.uniform(0.008, 0.017))
            points.append(tube)
            faces.append(own + start)
            start += len(tube)
    return np.concatenate(points).astype(np.float32), np.concatenate(faces)


def _path(
    rng: np.random.Generator, root: Array, sign: int, front: Array, length: float, clearance: float
) -> Array:
    """From the root straight down, kept in front of the surface, with a wave: (P, 3)."""
    steps = np.linspace(0, 1, 12)
    x = (
        root[0]
        + sign * rng.uniform(-0.01, 0.035) * steps
        + 0.006 * np.sin(steps * rng.uniform(4, 9) + rng.uniform(0, 6))
    )
    z = root[2] - (0.14 + length) * steps
    y = np.empty_like(x)
    for i in range(len(steps)):
        near = (np.abs(front[:, 0] - x[i]) < 0.03) & (np.abs(front[:, 2] - z[i]) < 0.03)
        limit = front[near, 1].min() - clearance if near.any() else np.inf
        y[i] = min(root[1] - 0.02 * steps[i], limit)
    for i in range(len(steps) - 2, -1, -1):
        y[i] = min(y[i], 0.5 * (y[i] + y[i + 1]) + 0.004) if steps[i] > 0.2 else y[i]
    return np.stack([x, y, z], 1)


def _tube(path: Array, radius: float) -> tuple[Array, Index]:
    """A flattened tube along a path, pointed at its end."""
    around = np.linspace(0, 2 * np.pi, 7)[:-1]
    taper = radius * np.sqrt(np.clip(np.linspace(1.15, 0.0, len(path)), 0, 1))
    ring = np.stack([np.cos(around) * 1.3, np.sin(around) * 0.7, 0 * around], 1)
    points = path[:, None] + ring[None] * taper[:, None, None]
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1], np.roll(index, -1, 1)[:-1]
    c, d = np.roll(index, -1, 1)[1:], index[1:]
    quads = [np.stack([q.ravel() for q in tri], 1) for tri in ((a, c, b), (a, d, c))]
    return points.reshape(-1, 3), np.concatenate(quads).astype(np.int32)
