"""The shells of lower garments: two tubes of cloth around the legs, or one ring that hangs from the hips."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.sparse as sp

from lookglass_export.data.body import ACROSS, ARM, LABEL, LEG, PARSE, SIDE, Body, Bones, Mesh, X, Z, skin
from lookglass_export.data.bottoms import Lower, briefs
from lookglass_export.data.garments import on_body
from lookglass_export.data.mesh import Array, Index, normals, rotation, smoothing_matrix

_HIGHEST_Z = 0.27
_ROWS_Z = np.linspace(0.36, -0.80, 88)
_COLUMNS = 96
_ANGLES = np.arange(_COLUMNS) / _COLUMNS * 2 * np.pi
_AXIS = ("upperleg01", "lowerleg01", "foot")
_LEG_BONES = ("upperleg", "lowerleg", "foot", "toe")


@dataclass(frozen=True, slots=True)
class Stand:
    """A body in a pose, as a ring hangs around it.

    Attributes:
        rest, heads: vertices and joints at rest.
        bones: in the pose.
        turn: radians that the ring's front is turned to the left of the world's.
    """

    body: Body
    rest: Array
    heads: Array
    bones: Bones
    turn: float = 0.0


def trousers_mesh(body: Body) -> Mesh:
    """Hips and legs of the tights: SIDE is +1 on the left leg, ACROSS metres sideways from its axis."""
    tights = body.meshes["tights"]
    place = tights.attributes
    kept = (np.abs(place[:, SIDE]) < 0.3) & (place[:, Z] < _HIGHEST_Z)
    faces = tights.faces[kept[tights.faces].all(1)]
    used = np.unique(faces)
    index = np.full(len(place), -1)
    index[used] = np.arange(len(used))
    faces, weights = index[faces].astype(np.int32), tights.weights[used]
    attributes = place[used].copy()
    left, right = (_leg_weight(body, weights, side) for side in (".L", ".R"))
    attributes[:, SIDE], attributes[:, ARM] = left - right, 0.0
    sign = np.where(attributes[:, X] >= 0, 1.0, -1.0)
    axis = _on_axis(body, body.mean_heads, attributes[:, LEG], sign)
    attributes[:, ACROSS] = attributes[:, X] - axis[:, 0]
    return Mesh(tights.matrix[used], weights, faces, smoothing_matrix(faces, len(used)), attributes)


def _leg_weight(body: Body, weights: sp.csr_matrix, side: str) -> Array:
    own = [i for i, bone in enumerate(body.bones) if bone.endswith(side) and bone.startswith(_LEG_BONES)]
    return np.asarray(weights[:, own].sum(1)).ravel()


def _on_axis(body: Body, heads: Array, leg: Array, sign: Array) -> Array:
    """(N, 3) points of the legs' axes at shares of the leg, straight down below the ankle."""
    out = np.zeros((len(leg), 3))
    for side, way in ((".L", 1), (".R", -1)):
        chain = heads[[body.joint(f"{bone}{side}") for bone in _AXIS]]
        steps = np.linalg.norm(np.diff(chain, axis=0), axis=1)
        at = np.array([0, steps[0], steps.sum()]) / steps.sum()
        own = sign == way
        out[own] = np.stack([np.interp(leg[own], at, chain[:, k]) for k in range(3)], 1)
    return out


def trousers(body: Body, mesh: Mesh, rest: Array, heads: Array, lower: Lower, *, relax: int = 5) -> Array:
    """The shell of trousers on a body at rest: off the skin by their offset, legs as wide as they are cut."""
    skin_shell = np.asarray(mesh.matrix @ rest, np.float32)
    cloth = skin_shell + normals(skin_shell, mesh.faces) * lower.offset
    place = mesh.attributes
    sign = np.where(place[:, SIDE] >= 0, 1.0, -1.0)
    leg = place[:, LEG]
    axis = _on_axis(body, heads, leg, sign)
    away = cloth[:, :2] - axis[:, :2]
    radius = np.maximum(np.linalg.norm(away, axis=1), 1e-3)
    wanted = np.interp(leg, [0.05, 0.3, 0.52, 0.97], [0.05, *lower.legs])
    share = np.clip((np.abs(place[:, SIDE]) - 0.4) / 0.5, 0, 1)
    gain = 1 + share * np.maximum(wanted / radius - 1, 0)
    cloth[:, :2] = axis[:, :2] + away * gain[:, None]
    for _ in range(relax):
        cloth = 0.5 * cloth + 0.5 * (mesh.smooth @ cloth)
    if lower.drop > 0:
        between = np.hypot(place[:, X] / 0.04, np.clip(np.abs(place[:, Z] + 0.06) - 0.02, 0, None) / 0.05)
        cloth[:, 2] -= lower.drop * np.exp(-(between**2))
    return np.asarray(cloth, np.float32)


def trousers_on(mesh: Mesh, stand: Stand, lower: Lower) -> Array:
    """Trousers posed, at least half of their offset off the body."""
    cloth = trousers(stand.body, mesh, stand.rest, stand.heads, lower)
    return on_body(mesh, cloth, stand.rest, stand.bones, floor=0.6 * lower.offset)


@cache
def ring_mesh(body: Body) -> Mesh:
    """The grid that a skirt is, `_ROWS_Z` by `_COLUMNS`; attributes are its place around the mean body."""
    rows = len(_ROWS_Z)
    index = np.arange(rows * _COLUMNS).reshape(rows, _COLUMNS)
    upper, lower = index[:-1], index[1:]
    a, b, c, d = (q.ravel() for q in (upper, np.roll(upper, -1, 1), np.roll(lower, -1, 1), lower))
    faces: Index = np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)]).astype(np.int32)
    bones = body.bones_at(body.mean_heads, {})
    stand = Stand(body, body.mean_vertices, body.mean_heads, bones)
    points = hung(stand, briefs())
    attributes = np.zeros((len(points), 8), np.float32)
    attributes[:, X : Z + 1] = points
    attributes[:, Z] = np.repeat(_ROWS_Z, _COLUMNS)
    attributes[:, ACROSS] = np.tile((_ANGLES + np.pi) % (2 * np.pi) - np.pi, rows) * 0.17
    attributes[:, LABEL] = PARSE.index("bottom")
    empty = sp.csr_matrix((len(points), len(body.bones)), dtype=np.float32)
    return Mesh(empty, empty, faces, smoothing_matrix(faces, len(points)), attributes)


def hung(stand: Stand, lower: Lower, *, under: Array | None = None, free: float = 0.16) -> Array:
    """A ring of cloth around hips and legs: each row no narrower than the body, nor than the row above it.

    Args:
        stand: who wears it.
        lower: its offset, flare and folds.
        under: (N, 3) points that the upper rows go around, too.
        free: canonical height from which it hangs free; it follows the body above.

    Returns:
        (rows * columns, 3) float32.
    """
    tights = stand.body.meshes["tights"]
    trunk = np.abs(tights.attributes[:, SIDE]) < 0.2
    points = skin(np.asarray(tights.matrix @ stand.rest, np.float32), tights.weights, stand.bones)[trunk]
    if under is not None:
        points = np.concatenate([points, under])
    heights = _heights(stand)
    root = stand.bones.joints[0]
    turned = rotation([0, 0, 1], np.rad2deg(stand.turn))
    support = np.maximum(_support((points - [root[0], root[1], 0]) @ turned, heights) + lower.offset, 0.05)
    for row in np.flatnonzero(free > _ROWS_Z)[1:]:
        drop = heights[row - 1] - heights[row]
        support[row] = np.maximum(support[row], support[row - 1] + lower.flare * drop)
    radius = _hull(support)
    radius = radius + _folded(radius, lower)
    circle = np.stack([np.sin(_ANGLES), -np.cos(_ANGLES)], 1) @ turned[:2, :2].T
    out = np.empty((len(heights), _COLUMNS, 3), np.float32)
    out[..., :2] = radius[..., None] * circle + root[:2]
    out[..., 2] = heights[:, None]
    return out.reshape(-1, 3)


def _heights(stand: Stand) -> Array:
    """World z of the rows on this body, by its joints."""

    def at(heads: Array) -> Array:
        names = ("foot.L", "lowerleg01.L", "upperleg01.L", "spine01")
        return heads[[stand.body.joint(name) for name in names], 2]

    mean, own = at(stand.body.mean_heads), at(stand.heads)
    mean, own = (np.r_[z[0] - 0.1, z] for z in (mean, own))
    return np.asarray(np.interp(_ROWS_Z, mean, own))


def _support(points: Array, heights: Array) -> Array:
    """(rows, columns): how far the points near each height reach in each direction."""
    ways = np.stack([np.sin(_ANGLES), -np.cos(_ANGLES)])
    inside = (points[:, 2] < heights[0]) & (points[:, 2] > heights[-1])
    points = points[inside]
    row = np.round(np.interp(-points[:, 2], -heights, np.arange(len(heights)))).astype(int)
    out = np.full((len(heights) + 2, _COLUMNS), -np.inf)
    order = np.argsort(row, kind="stable")
    rows, first = np.unique(row[order], return_index=True)
    out[rows + 1] = np.maximum.reduceat((points[:, :2] @ ways)[order], first, axis=0)
    smooth = np.maximum(np.maximum(out[:-2], out[2:]), out[1:-1])
    return np.where(np.isfinite(smooth), smooth, 0.0)


def _hull(support: Array) -> Array:
    """(rows, columns): radii of the convex rings that have this support."""
    between = _ANGLES[:, None] - _ANGLES[None]
    cosine = np.cos(between)
    with np.errstate(divide="ignore"):
        scale = np.where(cosine > 0.15, 1 / cosine, np.inf)
    return np.asarray((support[:, :, None] * scale[None]).min(1))


def _folded(radius: Array, lower: Lower) -> Array:
    """Metres by which cloth stands off its ring in folds, more the farther down; pleats from the waist on."""
    (count, depth, sharp), phase = lower.folds, lower.phase
    if count == 0:
        return np.zeros_like(radius)
    turn = _ANGLES * count + phase + (1 - sharp) * 1.5 * np.sin(_ANGLES * 2 + 3 * phase)
    wave = np.cos(turn) * (1 - sharp) + (2 * (turn / (2 * np.pi) % 1) - 1) * sharp
    start = 0.03 if sharp else -0.03
    down = np.clip(start - _ROWS_Z, 0, None)
    return np.asarray(np.outer(depth * down + 0.15 * depth * sharp, 0.5 + 0.5 * wave))
