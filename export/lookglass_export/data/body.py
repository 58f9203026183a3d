"""The parametric body: rest shapes, linear blend skinning, and what each vertex is.

World: metres, x to the wearer's left, y backwards, z up; the wearer faces -y. Every mesh vertex carries
`attributes`, measured once on the mean body, by which shaders cut clothes and paint skin.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lookglass_export.data.mesh import Array, Index, smoothing_matrix
from lookglass_export.importer.body import DEFAULT_PATH, TEST_BODIES, TRAIN_BODIES, import_body

# Parse labels of a sample; index 4, 5, 12 and 13 are drawn by clothes and straps.
PARSE = (
    "background", "hair", "face", "neck", "top", "bottom", "left_arm", "right_arm",
    "left_hand", "right_hand", "legs", "trunk", "inner", "strap",
)  # fmt: skip
# Columns of `Mesh.attributes`.
X, Y, Z, ARM, SIDE, LEG, ACROSS, LABEL = range(8)
ARM_LENGTH_M = 0.47
"""Shoulder to wrist on the mean body; the ARM attribute counts in it."""

_ARM = ("upperarm", "lowerarm", "wrist", "finger", "metacarpal")


@dataclass(frozen=True, slots=True)
class Mesh:
    """A skinned mesh: `matrix` makes its vertices from the body's; attributes (N, 8) as above."""

    matrix: sp.csr_matrix
    weights: sp.csr_matrix
    faces: Index
    smooth: sp.csr_matrix
    attributes: Array


@dataclass(frozen=True, slots=True)
class Bones:
    """World transforms of all bones for one body in one pose: (B, 12), and posed joints (B, 3)."""

    transforms: Array
    joints: Array
    rotations: Array


class Body:
    """The bank of bodies and the rig they share."""

    def __init__(self, path: Path = DEFAULT_PATH) -> None:
        data = np.load(import_body(path))
        self.bones: list[str] = [str(b) for b in data["bones"]]
        self._parents = data["parents"]
        self._vertices, self._heads = data["vertices"], data["heads"]
        weights = data["weights"]
        self.mean_vertices, self.mean_heads = self._vertices[0], self._heads[0]
        attributes = _attributes(self.mean_vertices, self.mean_heads, weights, self.bones)
        identity = sp.identity(len(weights), format="csr", dtype=np.float32)
        self.meshes = {"body": _mesh(identity, weights, data["body_faces"], attributes)}
        for side in ("left", "right"):
            self.meshes[f"{side}_eye"] = _mesh(identity, weights, data[f"{side}_eye_faces"], attributes)
        for name in ("tights", "skirt", "hair"):
            keys = ("data", "indices", "indptr")
            arrays = tuple(data[f"{name}_{key}"] for key in keys)
            matrix = sp.csr_matrix(arrays, shape=tuple(data[f"{name}_shape"]))
            self.meshes[name] = _mesh(matrix, weights, data[f"{name}_faces"], attributes)

    def joint(self, name: str) -> int:
        """Index of a bone's head."""
        return self.bones.index(name)

    def rest(self, number: int, *, test: bool = False) -> tuple[Array, Array]:
        """Vertices and joints of one body of the bank at rest; test bodies are apart from the others."""
        row = 1 + TRAIN_BODIES + number % TEST_BODIES if test else 1 + number % TRAIN_BODIES
        return self._vertices[row], self._heads[row]

    def bones_at(self, heads: Array, rotations: Mapping[str, Array]) -> Bones:
        """Chain the joint rotations (in the frame of the rest body) down the skeleton."""
        count = len(self.bones)
        turned, moved = np.zeros((count, 3, 3)), np.zeros((count, 3))
        for i, (name, parent) in enumerate(zip(self.bones, self._parents, strict=True)):
            own = rotations.get(name)
            if parent < 0:
                turned[i] = np.eye(3) if own is None else own
                moved[i] = heads[i] - turned[i] @ heads[i]
            elif own is None:
                turned[i], moved[i] = turned[parent], moved[parent]
            else:
                turned[i] = turned[parent] @ own
                moved[i] = turned[parent] @ heads[i] + moved[parent] - turned[i] @ heads[i]
        joints = np.einsum("nij,nj->ni", turned, heads) + moved
        transforms = np.concatenate([turned.reshape(count, 9), moved], 1).astype(np.float32)
        return Bones(transforms, joints, turned)


def skin(vertices: Array, weights: sp.csr_matrix, bones: Bones) -> Array:
    """Linear blend skinning: rest vertices (N, 3) -> posed (N, 3) float32."""
    blend = weights @ bones.transforms
    return np.einsum("nij,nj->ni", blend[:, :9].reshape(-1, 3, 3), vertices).astype(np.float32) + blend[:, 9:]


def _mesh(matrix: sp.csr_matrix, weights: Array, faces: Index, attributes: Array) -> Mesh:
    blended = (matrix @ attributes).astype(np.float32)
    nearest = np.asarray(matrix.argmax(1)).ravel()
    blended[:, LABEL] = attributes[nearest, LABEL]
    skinning = sp.csr_matrix(matrix @ sp.csr_matrix(weights))
    return Mesh(matrix, skinning, faces.astype(np.int32), smoothing_matrix(faces, matrix.shape[0]), blended)


def _attributes(vertices: Array, heads: Array, weights: Array, bones: list[str]) -> Array:
    def total(side: str, names: tuple[str, ...]) -> Array:
        own = [i for i, b in enumerate(bones) if b.endswith(side) and b.startswith(names)]
        return np.asarray(weights[:, own].sum(1))

    def at(*names: str) -> Array:
        return heads[[bones.index(n) for n in names]]

    left, right = total(".L", _ARM), total(".R", _ARM)
    legs = [total(s, ("upperleg", "lowerleg", "foot", "toe")) for s in (".L", ".R")]
    out = np.zeros((len(vertices), 8), np.float32)
    out[:, [X, Y, Z]] = vertices
    out[:, SIDE] = left - right
    arms = [_along(vertices, at(f"upperarm01{s}", f"lowerarm01{s}", f"wrist{s}")) for s in (".L", ".R")]
    is_left = left > right
    weight = np.maximum(left, right)
    along = np.where(is_left, arms[0][0], arms[1][0])
    out[:, ARM] = np.where(weight > 0.35, along, np.minimum(0.2 * weight - 0.05, 0.0))
    out[:, ACROSS] = np.where(is_left, arms[0][1], arms[1][1])
    shanks = [_along(vertices, at(f"upperleg01{s}", f"lowerleg01{s}", f"foot{s}"))[0] for s in (".L", ".R")]
    leg = np.maximum(*legs)
    out[:, LEG] = np.where(legs[0] > legs[1], shanks[0], shanks[1]) * (leg > 0.3)
    hands = [total(s, ("wrist", "finger", "metacarpal")) for s in (".L", ".R")]
    head, neck = total("", ("head", "eye")), total("", ("neck",))
    scores = {
        "trunk": 1 - weight - leg - head - neck, "face": head, "neck": neck, "left_arm": left - hands[0],
        "right_arm": right - hands[1], "left_hand": hands[0], "right_hand": hands[1], "legs": leg,
    }  # fmt: skip
    names = np.array([PARSE.index(n) for n in scores])
    out[:, LABEL] = names[np.stack(list(scores.values()), 1).argmax(1)]
    return out


def _along(points: Array, chain: Array) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """How far along a limb (0 to 1 over its length) each point lies, and how far in front of its axis (m)."""
    lengths = np.linalg.norm(np.diff(chain, axis=0), axis=1)
    best, along, across = (np.full(len(points), np.inf) for _ in range(3))
    done = 0.0
    for i, length in enumerate(lengths):
        axis = (chain[i + 1] - chain[i]) / length
        t = (points - chain[i]) @ axis / length
        t = np.clip(t, -1.0 if i == 0 else 0.0, 2.0 if i == len(lengths) - 1 else 1.0)
        offset = points - chain[i] - t[:, None] * axis * length
        distance = np.linalg.norm(offset, axis=1)
        nearer = distance < best
        up = np.cross(axis, [0.0, 1.0, 0.0])
        along[nearer] = ((done + t * length) / lengths.sum())[nearer]
        across[nearer] = (offset @ up / np.linalg.norm(up))[nearer]
        best = np.minimum(best, distance)
        done += length
    return along, across
