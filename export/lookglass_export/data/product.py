"""Product photos: a garment without a wearer, laid flat or on a ghost mannequin, in the garment frame."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lookglass_export.data.body import Body, skin
from lookglass_export.data.collar import Collar, collar_at_rest
from lookglass_export.data.drape import drape, laid_flat, laid_out
from lookglass_export.data.garments import Top
from lookglass_export.data.mesh import Array, rotation
from lookglass_export.data.pose import Figure, Rotations, reach

PRODUCT_SIZE = 256
RENDER_SIZE = 384
FRAME_MARGIN = 1.08
_HALF_M, _MIDDLE_Z = 0.85, 0.3
_NAPE_Y = 0.04


@dataclass(frozen=True, slots=True)
class Layout:
    """How a garment lies: vertices (N, 3) of shell and collar, and their places (N, 2) in [-1, 1]."""

    shell: Array
    collar: Array | None
    shell_place: Array
    collar_place: Array | None

    def framed(self, box: Array) -> "Layout":
        """The same layout with `box` (x0, y0, x1, y1) centred, its longer side filling the garment frame."""
        centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]).max() / 2 * FRAME_MARGIN
        collar = None if self.collar_place is None else (self.collar_place - centre) / half
        return Layout(self.shell, self.collar, (self.shell_place - centre) / half, collar)


def lay_out(
    rng: np.random.Generator, body: Body, top: Top, collar: Collar | None, number: int, test: bool
) -> Layout:
    """Lay a garment out on a mannequin of its own, stretched and warped a little."""
    rest, heads = body.rest(number, test=test)
    figure = Figure(body, rest, heads)
    spread = float(rng.choice([rng.uniform(2, 18), rng.uniform(15, 50)]))
    bones = body.bones_at(heads, mannequin(rng, figure, spread))
    mesh = body.meshes["tights"]
    fuller = max(top.offset, 0.008) * rng.uniform(1.0, 1.6)
    cloth = drape(mesh, rest, top, offset=fuller, sleeve_gain=rng.uniform(0.8, 1.2), relax=max(top.relax, 6))
    shell = skin(cloth, mesh.weights, bones)
    for _ in range(3):
        shell = 0.6 * shell + 0.4 * (mesh.smooth @ shell)
    worn = None if collar is None else skin(collar_at_rest(collar, cloth), collar.weights, bones)
    finish = top.finish
    warp = Warp(rng, test=test and not finish.laid)

    def placed(points: Array) -> Array:
        return warp(laid_flat(_nodded(points, finish.nod), finish.flat))

    lying = laid_out(mesh, shell, finish.flat) if finish.flat else shell
    return Layout(shell, worn, placed(lying), None if worn is None else placed(worn))


def _nodded(points: Array, nod: float) -> Array:
    """Points (N, 3) with the front of the neck let down, as it falls open where nobody fills it."""
    near = np.clip((points[:, 2] - 0.38) / 0.16, 0, 1)
    fallen = points.copy()
    fallen[:, 2] += nod * near * np.clip(points[:, 1] - _NAPE_Y, -0.13, 0)
    return fallen


def mannequin(rng: np.random.Generator, figure: Figure, spread: float) -> Rotations:
    """Straight arms, `spread` degrees off the vertical, a little unequal."""
    rotations: Rotations = {}
    for side, sign in ((".L", 1), (".R", -1)):
        shoulder = figure.at(f"upperarm01{side}")
        angle = np.deg2rad(spread + rng.normal() * 2)
        along = np.array([sign * np.sin(angle), -0.06, -np.cos(angle)])
        length = np.linalg.norm(figure.at(f"lowerarm01{side}") - shoulder)
        length += np.linalg.norm(figure.at(f"wrist{side}") - figure.at(f"lowerarm01{side}"))
        bend = 0.995 if rng.random() < 0.7 else rng.uniform(0.96, 0.99)
        reach(rotations, figure, side, shoulder + length * bend * along, np.array([sign * 1.0, 0.2, 0.0]))
        rotations[f"clavicle{side}"] = rotation([0, 1, 0], sign * rng.uniform(-3, 4))
    return rotations


class Warp:
    """World (x, z) to the canvas: a stretch, a lean and a mild elastic warp of a few waves."""

    def __init__(self, rng: np.random.Generator, *, test: bool) -> None:
        # Cloth laid flat is broader at the chest than at the neck, which `laid_flat` does for the others.
        widest = 1.3 if test else 1.12
        self._stretch = rng.uniform(0.92, widest) if rng.random() < 0.6 else rng.uniform(0.97, 1.08)
        self._lean = rng.normal() * 0.015
        self._waves = rng.normal(size=(5, 2)) * 4.0
        self._phase = rng.uniform(0, 2 * np.pi, 5)
        self._size = rng.normal(size=(5, 2)) * 0.005

    def __call__(self, points: Array) -> Array:
        flat = np.stack([points[:, 0] * self._stretch, _MIDDLE_Z - points[:, 2]], 1) / _HALF_M
        flat = flat + self._lean * np.stack([flat[:, 1], -flat[:, 0]], 1)
        return np.asarray(flat + np.sin(flat @ self._waves.T + self._phase) @ self._size, np.float32)


def straight_alpha(colour: npt.NDArray[np.floating], drawn: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """Average a supersampled render down to (256, 256, 4) RGBA with colours bled beyond the edge."""
    size = (PRODUCT_SIZE, PRODUCT_SIZE)
    solid = drawn.astype(np.float32)
    alpha = cv2.resize(solid, size, interpolation=cv2.INTER_AREA)
    total = cv2.resize(colour * solid[..., None], size, interpolation=cv2.INTER_AREA)
    rgb = total / np.maximum(alpha, 1e-3)[..., None]
    _, label = cv2.distanceTransformWithLabels(
        (alpha < 0.3).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    known = np.nonzero(alpha >= 0.3)
    home = np.zeros(len(known[0]) + 1, int)
    home[label[known]] = np.arange(len(known[0]))
    rgb = rgb[known[0][home[label]], known[1][home[label]]]
    return np.dstack([np.clip(rgb, 0, 255), alpha * 255]).round().astype(np.uint8)
