"""Dresses: a bodice cut like a top, and a ring of cloth that hangs from its waist, of one fabric."""

from dataclasses import dataclass, replace

import numpy as np

from lookglass_export.data.body import SIDE, Z, skin
from lookglass_export.data.bottoms import Lower, skirt_hem
from lookglass_export.data.drape import drape
from lookglass_export.data.fabric import sample_fabric
from lookglass_export.data.garments import NECK_Z, WAIST_Z, Top
from lookglass_export.data.legwear import Stand, hung, ring_mesh
from lookglass_export.data.mesh import Array, rotation
from lookglass_export.data.outfits import stand_of
from lookglass_export.data.pieces import Piece, lower_piece, top_piece
from lookglass_export.data.pose import Figure
from lookglass_export.data.product import Warp, mannequin
from lookglass_export.data.scene import Scene, Studio, wear

_MIDDLE_Z = 0.3
"""Height at which a dress's middle lies where tops lie on the canvas."""
_SEAM_M = 0.04
"""How far the bodice goes on under the skirt."""


@dataclass(frozen=True, slots=True)
class Dress:
    """A dress of one kind: its bodice, which ends at the waist, and its skirt."""

    kind: str
    bodice: Top
    skirt: Lower


def sample_dress(rng: np.random.Generator, kind: str, *, test: bool = False) -> Dress:
    """A random dress: "sheath", "shift", "a_line", "empire" or "fit_flare"."""
    cloth = str(rng.choice(["solid", "floral", "stripes", "dots", "check", "knit", "blobs", "denim", "bars"],
                           p=[0.44, 0.18, 0.08, 0.08, 0.06, 0.06, 0.05, 0.03, 0.02]))  # fmt: skip
    fabric = sample_fabric(rng, kind=cloth, logo=0.0, test=test)
    waist = WAIST_Z + (rng.uniform(0.14, 0.19) if kind == "empire" else rng.uniform(0.0, 0.07))
    offset = rng.uniform(0.008, 0.02) if kind == "shift" else rng.uniform(0.004, 0.01)
    bodice = Top(
        "dress", fabric, _sleeve(rng), waist - _SEAM_M, NECK_Z + 0.035, rng.uniform(0.075, 0.12),
        rng.uniform(0.05, 0.16), rng.uniform(0.0, 0.06), vee=bool(rng.random() < 0.35), offset=offset,
        relax=int(rng.integers(3, 8)),
        hang=rng.uniform(0.4, 1.0) if kind == "shift" else 0.0, wrinkles=rng.uniform(0.3, 1.0),
        ribs=(0.0, 0.0, rng.uniform(0.008, 0.02) * float(rng.random() < 0.4), 0.0),
    )  # fmt: skip
    if bodice.sleeve == 0 and rng.random() < 0.6:
        bodice = replace(
            bodice, strap=rng.uniform(0.06, 0.13), neck_half=rng.uniform(0.055, 0.08), ribs=(0.0,) * 4
        )
    return Dress(kind, bodice, _skirt(rng, kind, bodice))


def _sleeve(rng: np.random.Generator) -> float:
    """Share of the arm: none 35 %, short 35 %, to the elbow or below 10 %, long 20 %."""
    kind = rng.choice(4, p=[0.35, 0.35, 0.1, 0.2])
    return float([0.0, rng.uniform(0.12, 0.42), rng.uniform(0.5, 0.8), rng.uniform(0.95, 1.03)][kind])


def _skirt(rng: np.random.Generator, kind: str, bodice: Top) -> Lower:
    hem = skirt_hem(rng)
    waist = bodice.hem + _SEAM_M
    widest = 0.22 / (waist - hem)
    flare = {
        "sheath": rng.uniform(-0.12, 0.0), "shift": rng.uniform(-0.02, 0.08), "a_line": rng.uniform(0.1, 0.3),
        "empire": rng.uniform(0.08, 0.3), "fit_flare": rng.uniform(0.22, 0.5),
    }[kind]  # fmt: skip
    folds = (int(rng.integers(5, 11)), rng.uniform(0.01, 0.09), 0.0)
    if kind == "fit_flare" and rng.random() < 0.3:
        folds = (int(rng.integers(14, 30)), rng.uniform(0.015, 0.035), rng.uniform(0.6, 1.0))
    belted = kind != "shift" and rng.random() < 0.25
    return Lower(
        "dress", bodice.fabric, waist, hem, dip=0.0, offset=0.002, flare=min(flare, widest),
        folds=(0, 0.0, 0.0) if kind in ("sheath", "shift") else folds, phase=rng.uniform(0, 6),
        band=-rng.uniform(0.02, 0.04) if belted else 0.0, wrinkles=bodice.wrinkles,
        thread=(0.0, 0.0, 0.0, rng.uniform(0.1, 0.3)),
    )  # fmt: skip


def dress_pieces(studio: Studio, scene: Scene, dress: Dress) -> list[Piece]:
    """A dress on the scene's person and laid out."""
    shell = wear(studio, scene, dress.bodice).shell
    ring = _ring(studio, stand_of(studio, scene), dress.skirt, shell)
    laid, laid_ring, warp = _lay(studio, scene, dress)
    visible = laid_ring[ring_mesh(studio.body).attributes[:, Z] > dress.skirt.hem]
    broad = np.array([1.0 if scene.plan.test else scene.rng.uniform(1.0, 1.25), 1, 1], np.float32)
    lift = np.array([0, 0, _MIDDLE_Z - (laid[:, 2].max() + visible[:, 2].min()) / 2], np.float32)
    return [
        top_piece(dress.bodice, shell, laid, warp((laid + lift) * broad)),
        lower_piece(dress.skirt, ring, laid_ring, warp((laid_ring + lift) * broad)),
    ]


def _ring(studio: Studio, stand: Stand, skirt: Lower, bodice: Array) -> Array:
    """The skirt around hips and legs, and around the bodice where they are sewn together."""
    place = studio.body.meshes["tights"].attributes
    seam = (np.abs(place[:, SIDE]) < 0.2) & (np.abs(place[:, Z] - skirt.waist + 0.5 * _SEAM_M) < _SEAM_M)
    return hung(stand, skirt, under=bodice[seam], free=skirt.waist)


def _lay(studio: Studio, scene: Scene, dress: Dress) -> tuple[Array, Array, Warp]:
    """Bodice and ring on a mannequin of their own, and the way they lie in the photo."""
    rng, body, top = scene.rng, studio.body, dress.bodice
    rest, heads = body.rest(int(rng.integers(10**6)), test=scene.plan.test)
    spread = float(rng.choice([rng.uniform(2, 18), rng.uniform(15, 45)]))
    turns = mannequin(rng, Figure(body, rest, heads), spread)
    turns |= {f"upperleg01{side}": rotation([0, 1, 0], sign * 4) for side, sign in ((".L", 1), (".R", -1))}
    bones, mesh = body.bones_at(heads, turns), body.meshes["tights"]
    cloth = drape(mesh, rest, top, offset=top.offset * rng.uniform(1.0, 1.4), relax=max(top.relax, 5))
    laid = skin(cloth, mesh.weights, bones)
    for _ in range(3):
        laid = 0.6 * laid + 0.4 * (mesh.smooth @ laid)
    ring = _ring(studio, Stand(body, rest, heads, bones), dress.skirt, laid)
    return laid, ring, Warp(rng, test=scene.plan.test)
