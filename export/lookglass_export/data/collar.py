"""Collars: shirt collars, stands, rolls and hoods, built around the neck of the mean body.

Each collar vertex hangs on the nearest vertices of the garment's shell, so it follows every body, fit and
pose of its garment. Angles run from the back of the neck (0) to the throat (pi, -pi).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from lookglass_export.data.body import ACROSS, LEG, Body, Bones, X, Z, skin
from lookglass_export.data.finish import PLAIN_TILT
from lookglass_export.data.garments import Top, is_sleeve
from lookglass_export.data.hood import raised
from lookglass_export.data.mesh import Array, Index

_COLUMNS = 41
_CENTRE_Y, _NAPE_Y = -0.02, 0.045
_FLARE_M = 0.05


@dataclass(frozen=True, slots=True)
class Collar:
    """`anchors` (C, N) weights on the shell's vertices and the (C, 3) offsets from them.

    Of the (C, 8) attributes, LEG holds metres from a strip's first row and ACROSS metres from its last.
    """

    anchors: sp.csr_matrix
    offsets: Array
    faces: Index
    attributes: Array
    weights: sp.csr_matrix


@lru_cache(maxsize=256)
def build_collar(
    body: Body, kind: str, gap: float, size: float, *, tilt: float = PLAIN_TILT, spread: float = 0.0,
    snug: float = 0.0,
) -> Collar:  # fmt: skip
    """The collar of one kind; `gap` is the half angle (radians) it leaves open at the throat."""
    strips = _STRIPS[kind](gap, size, spread, snug)
    across = np.concatenate([_across(s).reshape(-1, 2) for s in strips])
    points = np.concatenate([s.reshape(-1, 3) for s in strips])
    # Tilted about the nape.
    points[:, 2] += (tilt - PLAIN_TILT) * (points[:, 1] - _NAPE_Y)
    faces, start = [], 0
    for strip in strips:
        faces.append(_grid_faces(*strip.shape[:2]) + start)
        start += strip.shape[0] * strip.shape[1]
    shell = body.meshes["tights"]
    rest = shell.matrix @ body.mean_vertices
    usable = np.flatnonzero(~is_sleeve(shell) & (rest[:, 2] > 0.4))
    distance, nearest = cKDTree(rest[usable]).query(points, k=6)
    share = 1 / (distance + 0.01) ** 2
    share /= share.sum(1, keepdims=True)
    rows = np.repeat(np.arange(len(points)), 6)
    anchors = sp.csr_matrix((share.ravel(), (rows, usable[nearest].ravel())), shape=(len(points), len(rest)))
    attributes = np.zeros((len(points), 8), np.float32)
    attributes[:, X : Z + 1] = points
    attributes[:, [LEG, ACROSS]] = across
    offsets = (points - anchors @ rest).astype(np.float32)
    return Collar(anchors, offsets, np.concatenate(faces), attributes, (anchors @ shell.weights).tocsr())


def collar_of(body: Body, top: Top) -> Collar | None:
    """The collar a garment wears, or None."""
    if top.collar == "none":
        return None
    finish = top.finish
    size = round(0.85 + 20 * top.offset, 1) * round(finish.height, 1)
    tilt, spread, snug = round(finish.tilt, 2), round(finish.spread, 1), round(finish.snug, 3)
    return build_collar(body, top.collar, round(top.collar_gap, 2), size, tilt=tilt, spread=spread, snug=snug)


def base_out(kind: str, spread: float) -> float:
    """How far off its ring a collar leaves its shell, within its base, metres."""
    return 0.005 + (0.5 * _FLARE_M * spread if kind == "stand" else 0.0)


def front_base_z(tilt: float) -> float:
    """Height of a collar's base at the throat, metres on the mean body."""
    front = _ring(np.array([np.pi]), np.zeros(1), np.zeros(1))[0]
    return float(front[2] + (tilt - PLAIN_TILT) * (front[1] - _NAPE_Y))


def collar_at_rest(collar: Collar, cloth: Array) -> Array:
    """Vertices (C, 3) of a collar on a dressed shell at rest."""
    return np.asarray(collar.anchors @ cloth + collar.offsets, np.float32)


def collar_on_body(collar: Collar, cloth: Array, bones: Bones) -> Array:
    return skin(collar_at_rest(collar, cloth), collar.weights, bones)


def _ring(angle: Array, out: Array, rise: Array) -> Array:
    """Points `out` metres off the neck's base line and `rise` above it, at angles about the neck."""
    side, front = np.abs(np.sin(angle)), np.clip(-np.cos(angle), 0, 1)
    radius = 0.061 + 0.018 * side**1.5 + 0.006 * front + out
    x, y = radius * np.sin(angle), _CENTRE_Y + radius * np.cos(angle)
    return np.stack([x, y, 0.553 + 0.5 * (y + 0.01) + rise], -1)


def _strip(gap: float, profile: list[tuple[Array, Array]], spread: float = 0.0) -> Array:
    """Rows of (out, rise) profiles swept around the neck, parting by `spread` to the first: (R, C, 3)."""
    gaps = gap + spread * np.linspace(1, 0, len(profile))
    angles = np.linspace(-np.pi + gaps, np.pi - gaps, _COLUMNS, axis=1)
    rows = zip(angles, profile, strict=True)
    return np.stack([_ring(angle, out + 0 * angle, rise + 0 * angle) for angle, (out, rise) in rows])


def _across(strip: Array) -> Array:
    """(R, C, 2) metres from the first row and to the last, along a strip's columns."""
    steps = np.linalg.norm(np.diff(strip, axis=0, prepend=strip[:1]), axis=2)
    done = steps.cumsum(0)
    return np.stack([done, done[-1] - done], -1)


def _grid_faces(rows: int, columns: int) -> Index:
    """Triangles of a grid whose rows go up: facing away from the neck."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (q.ravel() for q in (index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]))
    return np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)]).astype(np.int32)


def _shirt(gap: float, size: float, spread: float, snug: float) -> list[Array]:
    angle = np.linspace(-np.pi + gap, np.pi - gap, _COLUMNS)
    toward_front = np.clip((np.abs(angle) - 1.6) / (np.pi - gap - 1.6 + 1e-6), 0, 1)
    stand, leaf = 0.03 * size, (0.042 + 0.028 * toward_front**2) * size
    low = _strip(gap, [(0.004, -0.012), (0.003 - 0.5 * snug, stand * 0.5), (0.001 - snug, stand)])
    high = []
    for t in (1.0, 0.66, 0.33, 0.0):
        out = 0.006 + 0.022 * t + 0.01 * t * toward_front - snug * (1 - 0.7 * t)
        high.append((out, stand + 0.003 - t * leaf))
    if spread > 0:  # Sewn to the stand; the frozen test's leaves leave a slit.
        high.append((0.001 - snug, stand))
    return [low, _strip(gap, high, spread)]


def _stand(gap: float, size: float, spread: float, snug: float) -> list[Array]:
    height, flare = 0.052 * size, _FLARE_M * spread
    behind = np.clip(np.cos(np.linspace(-np.pi + gap, np.pi - gap, _COLUMNS)), 0, 1)
    # A flared base leaves the nape, and must reach down to the shell behind it.
    base = -0.015 - (0.02 * behind if flare > 0 else 0.0)
    low = [(0.005 + flare, base), (0.006 + 0.4 * flare - 0.4 * snug, height * 0.4)]
    high = [(0.005 - 0.8 * snug, height * 0.8), (0.003 - snug, height)]
    return [_strip(gap, [*low, *high])]


def _roll(gap: float, size: float, spread: float, snug: float) -> list[Array]:
    height = 0.055 * size
    half, top = 0.5 * snug, height + 0.003
    inside = [(0.004, -0.012), (0.003 - half, height * 0.5), (0.001 - snug, height)]
    outside = [(0.011, 0.004), (0.013 - half, height * 0.5), (0.009 - snug, height * 0.95)]
    outside.append((0.001 - snug, top))
    return [_strip(0.0, inside), _strip(0.0, outside)]


def _hood(gap: float, size: float, spread: float, snug: float) -> list[Array]:
    angle = np.linspace(-np.pi + gap, np.pi - gap, _COLUMNS)
    behind = np.clip(0.5 + 0.5 * np.cos(angle), 0, 1)
    thick = (0.009 + 0.022 * behind) * size
    rise = (0.018 + 0.025 * behind) * size
    turns = np.linspace(-0.5 * np.pi, 0.9 * np.pi, 8)
    return [
        _strip(
            gap,
            [
                (0.004 + thick * (0.9 + 0.9 * np.cos(t)) - 0.8 * thick * (t > 1.6), rise * np.sin(t))
                for t in turns
            ],
        )
    ]


def _raised(gap: float, size: float, spread: float, snug: float) -> list[Array]:
    shape = np.random.default_rng([round(1000 * v) for v in (gap, size, spread, snug)])
    base = _ring(np.linspace(np.pi - gap, 1.5, 8), np.full(8, 0.006), np.full(8, -0.006))
    return [raised(base, shape)]


_STRIPS = {"shirt": _shirt, "stand": _stand, "roll": _roll, "hood": _hood, "raised": _raised}
