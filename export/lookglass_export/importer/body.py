"""The CC0 body of `anny` as one .npz: a bank of rest shapes, the rig, and shells for clothes and hair.

anny needs torch and half a minute to load; the generator's processes only need arrays. The topology
'anny-quads-full' keeps MakeHuman's helper meshes, of which tights, skirt and hair become garments.
"""

import contextlib
import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lookglass_export.data.mesh import catmull_clark, triangles

TRAIN_BODIES, TEST_BODIES = 240, 60
DEFAULT_PATH = Path.home() / ".cache" / "lookglass" / "body.npz"
_SHELLS = {"tights": ("helper-tights", 1), "skirt": ("helper-skirt", 1), "hair": ("helper-hair", 2)}


def import_body(path: Path = DEFAULT_PATH) -> Path:
    """Write the body file, unless it is there already; return its path."""
    if path.exists():
        return path
    arrays = _collect()
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npz")
    np.savez(aside, **arrays)
    aside.rename(path)
    return path


def phenotype(rng: np.random.Generator) -> dict[str, float]:
    """Adults of every build."""
    return {
        "gender": float(rng.random()),
        "age": float(rng.uniform(0.5, 0.85)),
        "muscle": float(rng.uniform(0.3, 0.75)),
        "weight": float(rng.uniform(0.28, 0.85)),
        "height": float(rng.uniform(0.35, 0.7)),
        "proportions": float(rng.uniform(0.4, 0.9)),
    }


def _collect() -> dict[str, npt.NDArray[np.generic]]:
    import anny
    import torch

    with contextlib.redirect_stdout(io.StringIO()):
        model = anny.Anny(rig="anny", topology="anny-quads-full").to(dtype=torch.float32)
    bones = list(model.bone_labels)
    rng = np.random.default_rng(17)
    shapes = [{}] + [phenotype(rng) for _ in range(TRAIN_BODIES + TEST_BODIES)]
    rest = [_rest(model, shape) for shape in shapes]
    count = len(rest[0][0])
    weights = np.zeros((count, len(bones)), np.float32)
    index = model.vertex_bone_indices.numpy()
    np.add.at(weights, (np.arange(count)[:, None], index), model.vertex_bone_weights.numpy())
    groups = _groups(Path(anny.__file__).parent / "data/mpfb2/3dobjs/base.obj")
    eyes = [groups["helper-l-eye"], groups["helper-r-eye"]]
    faces = model.faces.numpy()
    faces = faces[~np.isin(faces, np.concatenate(eyes)).any(1)]
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "bones": np.array(bones),
        "parents": np.array(model.bone_parents),
        "vertices": np.stack([v for v, _ in rest]),
        "heads": np.stack([h for _, h in rest]),
        "weights": weights,
        "body_faces": triangles(faces),
        "left_eye_faces": triangles(eyes[0]),
        "right_eye_faces": triangles(eyes[1]),
    }
    for name, (group, steps) in _SHELLS.items():
        arrays.update(_shell(name, groups[group], count, steps))
    return arrays


def _rest(model: object, shape: dict[str, float]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    import torch

    poses = torch.eye(4)[None, None].repeat(1, len(model.bone_labels), 1, 1)  # type: ignore[attr-defined]
    labels = model.phenotype_labels  # type: ignore[attr-defined]
    with torch.no_grad():
        out = model(  # type: ignore[operator]
            pose_parameters=poses,
            phenotype_kwargs={name: torch.tensor([shape.get(name, 0.5)]) for name in labels},
        )
    return out["rest_vertices"][0].numpy(), out["rest_bone_heads"][0].numpy()


def _groups(path: Path) -> dict[str, npt.NDArray[np.int64]]:
    """Quads of each group of an .obj file."""
    quads: dict[str, list[list[int]]] = {}
    name = ""
    for line in path.read_text().splitlines():
        if line.startswith("g "):
            name = line.split()[1]
        elif line.startswith("f "):
            quads.setdefault(name, []).append([int(corner.split("/")[0]) - 1 for corner in line.split()[1:]])
    return {name: np.array(q) for name, q in quads.items()}


def _shell(
    name: str, quads: npt.NDArray[np.int64], count: int, steps: int
) -> dict[str, npt.NDArray[np.generic]]:
    matrix = sp.identity(count, format="csr")
    for _ in range(steps):
        refine, quads = catmull_clark(matrix.shape[0], quads)
        matrix = refine @ matrix
    matrix = matrix.tocsr().astype(np.float32)
    parts = {
        "data": matrix.data,
        "indices": matrix.indices,
        "indptr": matrix.indptr,
        "shape": np.array(matrix.shape),
    }
    return {f"{name}_faces": triangles(quads)} | {f"{name}_{key}": value for key, value in parts.items()}
