"""Tops and bottoms: how each kind is cut, how loose it hangs, and its shell on a body."""

from dataclasses import dataclass, field, replace

import numpy as np

from lookglass_export.data.body import ARM, SIDE, Bones, Mesh, X, Y, Z, skin
from lookglass_export.data.fabric import Fabric, sample_fabric, sew_front
from lookglass_export.data.finish import PLAIN, Finish
from lookglass_export.data.mesh import Array, normals

TOP_KINDS = (
    "tee", "v_neck", "long_sleeve", "shirt", "polo", "open_jacket", "closed_jacket", "tank", "turtleneck",
    "sweater", "hoodie",
)  # fmt: skip
COLLARED = ("shirt", "polo", "open_jacket", "closed_jacket", "turtleneck", "hoodie")
# Heights on the mean body, metres.
HIP_Z, WAIST_Z, NECK_Z, CHEST_Z = 0.04, 0.118, 0.56, 0.40
_CELLS = (26, 40)


@dataclass(frozen=True, slots=True)
class Top:
    """An upper garment; lengths in metres on the mean body, sleeves as a fraction of the arm.

    Attributes:
        strap: half width of the shoulder straps of a tank top, 0 for none.
        opening: half width of an open front at neck and hem, and how late it spreads; negative for closed.
        collar: "none", "shirt", "stand", "roll" or "hood".
        ribs: widths of cuff, hem and neck ribs, and of lapels.
        offset: distance from the body; `hang` 0 follows the body, 1 falls straight from the chest.
        inner: what is worn under an open jacket.
        finish: collar, seams and photo in detail.
    """

    kind: str
    fabric: Fabric
    sleeve: float
    hem: float
    neck_z: float
    neck_half: float
    neck_front: float
    neck_back: float
    vee: bool = False
    strap: float = 0.0
    opening: tuple[float, float, float] = (-1.0, 0.0, 1.0)
    collar: str = "none"
    collar_gap: float = 0.08
    ribs: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    offset: float = 0.012
    hang: float = 0.3
    relax: int = 6
    wrinkles: float = 0.8
    inner: "Top | None" = field(default=None, repr=False)
    finish: Finish = PLAIN


def sample_top(rng: np.random.Generator, kind: str, *, test: bool = False) -> Top:
    """A random garment of one kind."""
    loose = rng.random()
    short, long = rng.choice([0.22, 0.28, 0.34, 0.42]) + rng.uniform(-0.03, 0.03), rng.uniform(0.92, 1.0)
    # Sold sleeves reach over the wrist; the frozen test garments were cut before that was seen on photos.
    long += 0.0 if test else 0.05
    crew = {
        "neck_z": NECK_Z + 0.035,
        "neck_half": rng.uniform(0.075, 0.1),
        "neck_front": rng.uniform(0.05, 0.1),
    }
    top = Top(
        kind, sample_fabric(rng, test=test), short,
        float(np.clip(HIP_Z - 0.035 + rng.normal() * 0.04, -0.065, 0.13)), neck_back=rng.uniform(0, 0.025),
        offset=0.006 + 0.02 * loose, hang=float(np.clip(loose + rng.normal() * 0.2, 0, 1)),
        relax=int(rng.integers(3, 12)), wrinkles=rng.uniform(0.3, 1.3), **crew,
    )  # fmt: skip
    rib = rng.uniform(0.012, 0.028)
    if rng.random() < 0.6:
        top = replace(top, ribs=(0.0, 0.0, rib, 0.0))
    return _CUTS[kind](rng, top, long, test)


def _tee(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    return top


def _v_neck(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    sleeve = long if rng.random() < 0.35 else top.sleeve
    return replace(top, vee=True, neck_front=rng.uniform(0.1, 0.2), sleeve=sleeve)


def _long(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    return replace(top, sleeve=long if rng.random() < 0.75 else rng.uniform(0.55, 0.8))


def _shirt(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    fabric = sample_fabric(rng, logo=0.0, test=test)
    open_neck = rng.random() < 0.5
    widest = 0.5 if test else 0.8  # Camp collars lie wide open; the frozen test's shirts have none.
    sew_front(rng, fabric, fastening="buttons", neck_z=NECK_Z, end_z=-0.1)
    return replace(
        top, fabric=fabric, sleeve=long if rng.random() < 0.7 else top.sleeve, collar="shirt",
        collar_gap=rng.uniform(0.2, widest) if open_neck else rng.uniform(0.04, 0.12), vee=open_neck,
        neck_z=NECK_Z + 0.03, neck_half=0.075, neck_front=rng.uniform(0.08, 0.16) if open_neck else 0.055,
        ribs=(0.05 if rng.random() < 0.5 else 0.0, 0.0, 0.0, 0.0),
    )  # fmt: skip


def _polo(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    shirt = _shirt(rng, top, top.sleeve, test)
    fabric = sample_fabric(rng, logo=0.3, test=test)
    sew_front(rng, fabric, fastening="buttons", neck_z=NECK_Z, end_z=0.36)
    return replace(shirt, fabric=fabric, sleeve=top.sleeve, ribs=(rng.choice([0.0, 0.02]), 0.0, 0.0, 0.0))


def _open_jacket(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    inner = sample_top(rng, str(rng.choice(["tee", "v_neck", "tee", "turtleneck"])), test=test)
    inner = replace(inner, offset=0.005, hang=0.0, sleeve=0.3, hem=max(inner.hem, 0.0))
    collar = str(rng.choice(["none", "shirt", "stand", "hood"], p=[0.35, 0.3, 0.2, 0.15]))
    narrow = rng.uniform(0.015, 0.06)
    return replace(
        _jacket(rng, top, long, test), collar=collar, collar_gap=rng.uniform(0.35, 0.7),
        opening=(narrow, narrow + rng.uniform(0.0, 0.08), rng.uniform(0.6, 1.6)),
        ribs=(0.0, 0.0, 0.0, rng.uniform(0.03, 0.06) if collar in ("none", "shirt") else 0.0), inner=inner,
        neck_half=0.085, neck_front=0.09,
    )  # fmt: skip


def _closed_jacket(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    jacket = _jacket(rng, top, long, test)
    fastening = str(rng.choice(["zip", "zip", "buttons"]))
    sew_front(rng, jacket.fabric, fastening=fastening, neck_z=NECK_Z + 0.02, end_z=-0.1)
    return replace(jacket, collar=str(rng.choice(["stand", "shirt"])), collar_gap=rng.uniform(0.03, 0.3))


def _jacket(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    fabric = sample_fabric(rng, logo=0.1, test=test)
    ribbed = rng.random() < 0.35
    return replace(
        top, fabric=fabric, sleeve=long, hem=HIP_Z + rng.uniform(-0.105, 0.03),
        neck_half=0.08, neck_front=0.06,
        ribs=(0.05, 0.05, 0.0, 0.0) if ribbed else (0.0, 0.0, 0.0, 0.0), offset=rng.uniform(0.018, 0.034),
        hang=rng.uniform(0.4, 1.0), relax=int(rng.integers(6, 14)),
    )  # fmt: skip


def _tank(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    return replace(
        top, sleeve=0.0, strap=rng.uniform(0.085, 0.13), neck_half=rng.uniform(0.06, 0.08),
        neck_front=rng.uniform(0.08, 0.16), neck_back=rng.uniform(0.02, 0.06), ribs=(0.0, 0.0, 0.0, 0.0),
        offset=0.005 + 0.006 * rng.random(),
    )  # fmt: skip


def _turtleneck(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    fabric = sample_fabric(rng, kind=str(rng.choice(["solid", "knit", "heather"])), logo=0.05, test=test)
    return replace(
        top, fabric=fabric, sleeve=long, collar="roll", collar_gap=0.0, neck_z=NECK_Z + 0.04, neck_half=0.07,
        neck_front=0.04, ribs=(0.04, 0.04, 0.0, 0.0),
    )  # fmt: skip


def _sweater(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    kind = str(rng.choice(["solid", "knit", "heather", "stripes"]))
    rib = rng.uniform(0.035, 0.06)
    return replace(
        top, fabric=sample_fabric(rng, kind=kind, test=test), sleeve=long, ribs=(rib, rib, 0.022, 0.0),
        offset=rng.uniform(0.014, 0.03), wrinkles=rng.uniform(0.6, 1.3),
    )  # fmt: skip


def _hoodie(rng: np.random.Generator, top: Top, long: float, test: bool) -> Top:
    return replace(_sweater(rng, top, long, test), collar="hood", collar_gap=0.05)


_CUTS = {
    "tee": _tee, "v_neck": _v_neck, "long_sleeve": _long, "shirt": _shirt, "polo": _polo,
    "open_jacket": _open_jacket, "closed_jacket": _closed_jacket, "tank": _tank, "turtleneck": _turtleneck,
    "sweater": _sweater, "hoodie": _hoodie,
}  # fmt: skip


def undershirt() -> Top:
    """The neutral tank top of the painted layer."""
    rng = np.random.default_rng(5)
    fabric = sample_fabric(rng, kind="solid", logo=0.0)
    fabric.pattern[:] = 206
    fabric = replace(fabric, accent=np.full(3, 0.8), lining=np.full(3, 0.7), gloss=0.0)
    return Top(
        "undershirt", fabric, 0.0, WAIST_Z - 0.04, NECK_Z + 0.035, 0.08, 0.11, 0.03, strap=0.115,
        offset=0.003, hang=0.0, relax=2, wrinkles=0.3,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bottom:
    """Trousers, shorts or a skirt."""

    fabric: Fabric
    mesh: str
    leg: float
    waist: float
    offset: float
    relax: int
    wrinkles: float


def sample_bottom(rng: np.random.Generator, *, test: bool = False) -> Bottom:
    kind = "denim" if rng.random() < 0.3 else None
    fabric = sample_fabric(rng, kind=kind or ("solid" if rng.random() < 0.75 else None), logo=0.0, test=test)
    skirt = bool(rng.random() < 0.18)
    leg = float(rng.choice([0.3, 0.5, 0.98], p=[0.12, 0.13, 0.75]))
    waist = WAIST_Z + rng.uniform(-0.03, 0.05)
    return Bottom(
        fabric,
        "skirt" if skirt else "tights",
        leg,
        waist,
        rng.uniform(0.002, 0.009),
        5,
        rng.uniform(0.2, 0.8),
    )


def dress(
    mesh: Mesh, rest: Array, offset: float, *, hang: float = 0.0, sleeve_gain: float = 0.8, relax: int = 0
) -> Array:
    """A garment's shell around a body at rest: pushed out, hung from the chest, relaxed; (N, 3)."""
    shell = np.asarray(mesh.matrix @ rest, np.float32)
    normal = normals(shell, mesh.faces)
    arm = np.abs(mesh.attributes[:, SIDE])
    away = (
        offset
        * (1 - arm * (1 - sleeve_gain))
        * (0.5 + 0.5 * np.clip((0.60 - mesh.attributes[:, Z]) / 0.12, 0, 1))
    )
    cloth = shell + normal * away[:, None]
    if hang > 0:
        cloth = _hung(mesh, cloth, hang)
    for _ in range(relax):
        cloth = 0.5 * cloth + 0.5 * (mesh.smooth @ cloth)
    short = np.maximum(0.6 * away - ((cloth - shell) * normal).sum(1), 0)
    return np.asarray(cloth + normal * short[:, None], np.float32)


def _hung(mesh: Mesh, cloth: Array, hang: float) -> Array:
    """Push the trunk below the chest out to the widest ring above it, as cloth hangs; polar cells."""
    place = mesh.attributes
    trunk = (np.abs(place[:, SIDE]) < 0.4) & (place[:, Z] < CHEST_Z) & (place[:, Z] > -0.2)
    rows = np.clip(((CHEST_Z - place[trunk, Z]) / 0.6 * _CELLS[0]).astype(int), 0, _CELLS[0] - 1)
    angle = np.arctan2(place[trunk, Y] + 0.03, place[trunk, X])
    columns = ((angle / (2 * np.pi) + 0.5) * _CELLS[1]).astype(int) % _CELLS[1]
    centre = cloth[trunk, 1].mean()
    relative = cloth[trunk, :2] - [0, centre]
    radius = np.hypot(*relative.T)
    cell = rows * _CELLS[1] + columns
    count = np.bincount(cell, minlength=_CELLS[0] * _CELLS[1])
    mean = np.bincount(cell, radius, minlength=count.size) / np.maximum(count, 1)
    widest = np.maximum.accumulate(mean.reshape(_CELLS), axis=0).ravel()
    gain = 1 + hang * np.maximum(widest[cell] / np.maximum(radius, 0.03) - 1, 0) * 0.9
    out = cloth.copy()
    out[trunk, :2] = [0, centre] + relative * np.minimum(gain, 1.6)[:, None]
    return out


def on_body(mesh: Mesh, cloth: Array, rest: Array, bones: Bones, *, floor: float) -> Array:
    """Pose a dressed shell and keep it at least `floor` metres off the posed body shell."""
    posed = skin(cloth, mesh.weights, bones)
    for _ in range(2):
        posed = 0.6 * posed + 0.4 * (mesh.smooth @ posed)
    under = skin(np.asarray(mesh.matrix @ rest, np.float32), mesh.weights, bones)
    normal = normals(under, mesh.faces)
    short = np.maximum(floor - ((posed - under) * normal).sum(1), 0)
    return np.asarray(posed + normal * np.minimum(short, 0.05)[:, None], np.float32)


def is_sleeve(mesh: Mesh) -> Array:
    """(N,) True where a vertex belongs to a sleeve."""
    return np.asarray((np.abs(mesh.attributes[:, SIDE]) > 0.5) & (mesh.attributes[:, ARM] > 0))
