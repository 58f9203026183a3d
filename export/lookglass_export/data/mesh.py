"""Small mesh algebra: refinement, normals, smoothing operators, rotations. Triangles are (T, 3) int32."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

Array = npt.NDArray[np.floating]
Index = npt.NDArray[np.integer]


def triangles(quads: Index) -> Index:
    """Split (Q, 4) quads into (2 Q, 3) triangles."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)


def normals(vertices: Array, faces: Index) -> Array:
    """Area-weighted unit vertex normals, (N, 3) float32."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros((len(vertices), 3))
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(faces[:, corner], face[:, axis], len(vertices))
    return (total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-12)).astype(np.float32)


def smoothing_matrix(faces: Index, count: int) -> sp.csr_matrix:
    """The (count, count) operator that replaces each vertex by the mean of its neighbours."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    adjacent = sp.csr_matrix((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(count, count))
    adjacent.data[:] = 1
    degree = np.maximum(np.asarray(adjacent.sum(1)).ravel(), 1)
    return (sp.diags(1 / degree) @ adjacent).tocsr().astype(np.float32)


def catmull_clark(count: int, quads: Index) -> tuple[sp.csr_matrix, Index]:
    """One Catmull-Clark step of a quad mesh with open borders.

    Args:
        count: number of vertices the mesh indexes into.
        quads: (Q, 4) vertex indices.

    Returns:
        The sparse (new, count) matrix that makes the new vertices, and the (4 Q, 4) new quads.
    """
    corners = np.stack([quads, np.roll(quads, -1, 1)], -1).reshape(-1, 2)
    edges, edge_of = np.unique(np.sort(corners, 1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1, 4)
    faces_of_edge = np.bincount(edge_of.ravel(), minlength=len(edges))
    inner = faces_of_edge == 2
    face_points = _average(quads, count)
    mid_points = _average(edges, count)
    rows, columns = edge_of.ravel(), np.repeat(np.arange(len(quads)), 4)
    touching = sp.csr_matrix((np.full(len(rows), 0.5), (rows, columns)), shape=(len(edges), len(quads)))
    half = sp.diags(np.where(inner, 0.5, 0.0))
    edge_points = sp.diags(np.where(inner, 0.5, 1.0)) @ mid_points + half @ (touching @ face_points)
    used = np.unique(quads)
    moved = _moved_points(count, quads, edges, inner, face_points, mid_points)[used]
    index = np.full(count, -1)
    index[used] = np.arange(len(used))
    base = len(used)
    face_index = base + len(edges) + np.arange(len(quads))
    refined = [
        np.stack([index[quads[:, k]], base + edge_of[:, k], face_index, base + edge_of[:, k - 1]], 1)
        for k in range(4)
    ]
    return sp.vstack([moved, edge_points, face_points]).tocsr(), np.concatenate(refined)


def _average(groups: Index, count: int) -> sp.csr_matrix:
    size = groups.shape[1]
    rows = np.repeat(np.arange(len(groups)), size)
    return sp.csr_matrix((np.full(rows.size, 1 / size), (rows, groups.ravel())), shape=(len(groups), count))


def _moved_points(
    count: int,
    quads: Index,
    edges: Index,
    inner: npt.NDArray[np.bool_],
    face_points: sp.csr_matrix,
    mid_points: sp.csr_matrix,
) -> sp.csr_matrix:
    """Old vertices after the step: (n - 3) / n P + F / n + 2 M / n inside, 3/4 P + M / 4 on a border."""
    valence = np.maximum(np.bincount(quads.ravel(), minlength=count), 1)
    border = np.zeros(count, bool)
    border[edges[~inner]] = True
    of_face = sp.csr_matrix(
        (np.ones(quads.size), (quads.ravel(), np.repeat(np.arange(len(quads)), 4))), shape=(count, len(quads))
    )
    numbers = np.repeat(np.arange(len(edges)), 2)
    of_edge = sp.csr_matrix((np.ones(edges.size), (edges.ravel(), numbers)), shape=(count, len(edges)))
    of_border = of_edge @ sp.diags((~inner).astype(float))
    keep = sp.diags(np.where(border, 0.5, (valence - 3) / valence))
    free = np.where(border, 0.0, 1.0 / valence**2)
    inside = sp.diags(free) @ of_face @ face_points + sp.diags(2 * free) @ of_edge @ mid_points
    at_border = np.where(border, 0.5 / np.maximum(np.asarray(of_border.sum(1)).ravel(), 1), 0.0)
    return (keep + inside + sp.diags(at_border) @ of_border @ mid_points).tocsr()


def rotation(axis: Iterable[float], degrees: float) -> Array:
    """Rotation matrix about an axis (Rodrigues)."""
    unit = np.asarray(list(axis), float)
    unit /= np.linalg.norm(unit)
    x, y, z = unit
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.deg2rad(degrees)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def turn(source: Array, target: Array) -> Array:
    """The smallest rotation that takes the direction of one vector to that of another."""
    a, b = (v / np.linalg.norm(v) for v in (source, target))
    axis = np.cross(a, b)
    if np.linalg.norm(axis) < 1e-9:
        return np.eye(3)
    return rotation(axis, float(np.rad2deg(np.arctan2(np.linalg.norm(axis), a @ b))))
