"""Lower garments: how trousers, shorts and skirts of each kind are cut, sewn and coloured."""

from dataclasses import dataclass, replace

import numpy as np

from lookglass_export.data.fabric import Fabric, sample_fabric
from lookglass_export.data.garments import WAIST_Z

TROUSERS = ("jeans", "chinos", "suit", "joggers", "leggings", "wide", "flared", "cropped", "shorts")
SKIRTS = ("pencil", "a_line", "pleated", "straight_skirt")
_HEMS_Z = {"mini": (-0.27, -0.17), "knee": (-0.42, -0.3), "midi": (-0.62, -0.48), "maxi": (-0.74, -0.66)}
_WIDEST_SKIRT_M = 0.2


@dataclass(frozen=True, slots=True)
class Lower:
    """A lower garment, or what hangs from a dress's waist; lengths in metres on the mean body.

    Attributes:
        kind: one of `TROUSERS` or `SKIRTS`, "briefs" or "dress".
        waist, dip: height of the waist behind, and how much lower it is in front.
        hem: where it ends: a share of the leg for trousers, a height for skirts.
        offset: distance from the body.
        legs: least radius of the cloth around thigh, knee and ankle.
        flare: metres that a skirt's ring grows per metre down; negative where it narrows.
        folds: of a skirt: how many, and metres per metre down that they stand out; how sharp pleats are.
        phase: turns the folds around the body, radians.
        band: metres of waistband, negative for a belt in the accent's colour.
        fly, pockets, loops: sewn at the waist; pockets 1 slanted, 2 curved.
        trim: metres of rib at the ankle, negative for a turned-up hem.
        crease, drawstring, faded: shares.
        thread: colour of the seams and how much they show.
        wash: of denim: worn thighs and knees, whiskers, seams along the legs, mottling.
        drop: metres that cloth hangs lower between the legs than the body.
        broad: how much broader its photo shows it than it hangs.
    """

    kind: str
    fabric: Fabric
    waist: float
    hem: float
    dip: float = 0.012
    offset: float = 0.006
    legs: tuple[float, float, float] = (0.0, 0.0, 0.0)
    flare: float = 0.0
    folds: tuple[int, float, float] = (0, 0.0, 0.0)
    phase: float = 0.0
    band: float = 0.035
    fly: float = 0.0
    pockets: float = 0.0
    loops: float = 0.0
    trim: float = 0.0
    crease: float = 0.0
    drawstring: float = 0.0
    faded: float = 0.0
    thread: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.35)
    wrinkles: float = 0.8
    wash: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    drop: float = 0.0
    broad: float = 1.0

    @property
    def skirt(self) -> bool:
        return self.kind in SKIRTS or self.kind == "dress"


def sample_lower(rng: np.random.Generator, kind: str, *, test: bool = False) -> Lower:
    """A random garment of one kind."""
    lower = Lower(
        kind, sample_fabric(rng, kind=_cloth(rng, kind), logo=0.0, test=test),
        WAIST_Z + rng.choice([-0.045, 0.0, 0.045]) + rng.uniform(-0.02, 0.02), rng.uniform(0.94, 1.02),
        dip=rng.uniform(0.004, 0.03), offset=rng.uniform(0.003, 0.012), band=rng.uniform(0.028, 0.045),
        phase=rng.uniform(0, 6), wrinkles=rng.uniform(0.4, 1.4),
        thread=(0.0, 0.0, 0.0, rng.uniform(0.15, 0.4)),
    )  # fmt: skip
    return _CUTS.get(kind, _skirt)(rng, lower)


def briefs() -> Lower:
    """The neutral shorts of the painted layer."""
    fabric = sample_fabric(np.random.default_rng(6), kind="solid", logo=0.0)
    fabric.pattern[:] = 150
    fabric = replace(fabric, accent=np.full(3, 0.58), lining=np.full(3, 0.5), gloss=0.0)
    return Lower("briefs", fabric, WAIST_Z + 0.02, 0.2, offset=0.003, wrinkles=0.3)


def skirt_hem(rng: np.random.Generator) -> float:
    """How far down a skirt reaches, from mini to maxi."""
    return float(rng.uniform(*_HEMS_Z[str(rng.choice(list(_HEMS_Z), p=[0.27, 0.33, 0.27, 0.13]))]))


def _cloth(rng: np.random.Generator, kind: str) -> str | None:
    if kind == "jeans" or (kind in ("shorts", "flared", "straight_skirt") and rng.random() < 0.35):
        return "denim"
    if kind in SKIRTS or kind in ("leggings", "wide"):
        return "solid" if rng.random() < 0.5 else None
    return str(rng.choice(["solid", "heather", "check", "bars"], p=[0.76, 0.12, 0.07, 0.05]))


def _shaped(rng: np.random.Generator, slim: float) -> tuple[float, float, float]:
    """Radii of thigh, knee and ankle; `slim` 1 follows the leg, 0 is as wide as trousers are worn."""
    loose = 1 - slim
    return (
        0.085 + 0.035 * loose, 0.06 + 0.05 * loose + rng.uniform(-0.005, 0.005),
        0.045 + 0.05 * loose + rng.uniform(-0.005, 0.01),
    )  # fmt: skip


def _contrast(rng: np.random.Generator, lower: Lower) -> tuple[float, float, float, float]:
    """Jeans are sewn with orange, white or their own colour."""
    light = float(lower.fabric.pattern.mean() / 255)
    orange = (0.72 * max(light, 0.5) * 1.4, 0.48 * max(light, 0.5) * 1.4, 0.2)
    colour = orange if rng.random() < 0.6 else (light * 0.6,) * 3
    return (*colour, rng.uniform(0.35, 0.7))


def _jeans(rng: np.random.Generator, lower: Lower) -> Lower:
    fabric = lower.fabric
    wash = rng.choice([0.55, 1.0, 1.5, 0.0], p=[0.3, 0.4, 0.2, 0.1])
    grey = fabric.pattern.mean(2, keepdims=True) * rng.uniform(0.3, 0.9)
    pattern = np.clip(fabric.pattern * wash if wash else np.repeat(grey, 3, 2), 0, 255).astype(np.uint8)
    accent = np.clip(pattern.mean((0, 1)) / 255 * 1.5 + 0.1, 0, 1)
    lower = replace(
        lower, fabric=replace(fabric, pattern=pattern, accent=accent, tile_m=rng.uniform(0.06, 0.12))
    )
    turned = -rng.uniform(0.03, 0.06) if rng.random() < 0.15 else 0.0
    return replace(
        lower, fly=1.0, pockets=2.0, loops=1.0, legs=_shaped(rng, rng.beta(1.2, 0.9)), trim=turned,
        hem=lower.hem - 0.05 * (turned < 0), faded=rng.uniform(0.0, 0.45), thread=_contrast(rng, lower),
    )  # fmt: skip


def _chinos(rng: np.random.Generator, lower: Lower) -> Lower:
    return replace(
        lower, fabric=_earthy(rng, lower.fabric), fly=1.0, pockets=1.0, loops=float(rng.random() < 0.8),
        legs=_shaped(rng, rng.uniform(0.2, 0.9)), trim=-0.04 if rng.random() < 0.15 else 0.0,
        crease=0.4 * float(rng.random() < 0.2),
    )  # fmt: skip


def _earthy(rng: np.random.Generator, fabric: Fabric) -> Fabric:
    """Half of them beige, olive, navy, grey or black."""
    if rng.random() < 0.4:
        return fabric
    tones = np.array(
        [[196, 172, 135], [150, 122, 85], [98, 98, 66], [42, 50, 72], [105, 105, 108], [32, 32, 34]]
    )
    wanted = tones[rng.integers(len(tones))] * rng.uniform(0.8, 1.2)
    grain = fabric.pattern / np.maximum(fabric.pattern.mean((0, 1)), 12.0)
    pattern = np.clip(grain.clip(0.5, 1.5) * wanted, 0, 255).astype(np.uint8)
    return replace(fabric, pattern=pattern, accent=np.clip(wanted / 255 * rng.uniform(0.85, 1.1), 0, 1))


def _suit(rng: np.random.Generator, lower: Lower) -> Lower:
    return replace(
        _chinos(rng, lower), crease=rng.uniform(0.5, 1.0), trim=0.0, wrinkles=rng.uniform(0.2, 0.6),
        legs=_shaped(rng, rng.uniform(0.0, 0.7)),
    )  # fmt: skip


def _joggers(rng: np.random.Generator, lower: Lower) -> Lower:
    thigh, knee, _ = _shaped(rng, rng.uniform(0.0, 0.5))
    light = rng.random() < 0.6
    return replace(
        lower, offset=rng.uniform(0.008, 0.018), legs=(thigh, knee, 0.05), trim=rng.uniform(0.04, 0.075),
        hem=rng.uniform(0.93, 1.0), drawstring=1.0, band=rng.uniform(0.04, 0.055),
        pockets=float(rng.random() < 0.7),
        thread=(0.92, 0.92, 0.9, 0.3) if light else (0.05, 0.05, 0.05, 0.3), wrinkles=rng.uniform(0.8, 1.6),
    )  # fmt: skip


def _leggings(rng: np.random.Generator, lower: Lower) -> Lower:
    return replace(
        lower, offset=0.002, waist=WAIST_Z + rng.uniform(0.02, 0.09), band=rng.choice([0.03, 0.09]),
        hem=rng.choice([0.6, 0.82, 0.96], p=[0.12, 0.2, 0.68]), wrinkles=rng.uniform(0.1, 0.5),
        thread=(0.0, 0.0, 0.0, 0.12),
    )  # fmt: skip


def _wide(rng: np.random.Generator, lower: Lower) -> Lower:
    broad = rng.uniform(0.1, 0.15)
    return replace(
        _chinos(rng, lower), fabric=lower.fabric, waist=WAIST_Z + rng.uniform(0.0, 0.09),
        legs=(0.115, 0.1 + 0.4 * (broad - 0.1), broad), hem=rng.uniform(0.88, 1.02), trim=0.0,
        crease=rng.uniform(0.0, 0.8),
    )  # fmt: skip


def _flared(rng: np.random.Generator, lower: Lower) -> Lower:
    legs = (0.085, rng.uniform(0.055, 0.07), rng.uniform(0.095, 0.14))
    return replace(_jeans(rng, lower), legs=legs, hem=rng.uniform(0.96, 1.03), trim=0.0)


def _cropped(rng: np.random.Generator, lower: Lower) -> Lower:
    sewn = _jeans if rng.random() < 0.4 else _chinos
    return replace(sewn(rng, lower), hem=rng.uniform(0.68, 0.93), trim=-rng.uniform(0, 0.05))


def _shorts(rng: np.random.Generator, lower: Lower) -> Lower:
    sewn = (_jeans, _chinos, _joggers)[int(rng.integers(3))]
    loose = rng.uniform(0.095, 0.135)
    trim = -rng.uniform(0.02, 0.04) if rng.random() < 0.25 else 0.0
    return replace(sewn(rng, lower), legs=(loose, loose, loose), hem=rng.uniform(0.24, 0.56), trim=trim)


def _skirt(rng: np.random.Generator, lower: Lower) -> Lower:
    lower = replace(
        lower, hem=skirt_hem(rng), waist=WAIST_Z + rng.uniform(-0.02, 0.08), dip=rng.uniform(0, 0.02),
        band=rng.uniform(0.02, 0.04) * float(rng.random() < 0.8),
    )  # fmt: skip
    widest = _WIDEST_SKIRT_M / (WAIST_Z - lower.hem)
    if lower.kind == "pencil":
        return replace(lower, flare=rng.uniform(-0.16, -0.04), offset=0.004)
    if lower.kind == "pleated":
        depth, count = rng.uniform(0.015, 0.04), int(rng.integers(14, 36))
        flare = min(rng.uniform(0.08, 0.3), widest)
        return replace(lower, flare=flare, folds=(count, depth, rng.uniform(0.6, 1.0)))
    if lower.kind == "a_line":
        folds = (int(rng.integers(5, 10)), rng.uniform(0.01, 0.1), 0.0)
        return replace(lower, flare=min(rng.uniform(0.12, 0.45), widest), folds=folds)
    denim = lower.fabric.kind == "denim"
    lower = replace(lower, flare=rng.uniform(-0.05, 0.08), folds=(6, rng.uniform(0.0, 0.02), 0.0))
    return replace(_jeans(rng, lower), hem=lower.hem, trim=0.0) if denim else lower


_CUTS = {
    "jeans": _jeans, "chinos": _chinos, "suit": _suit, "joggers": _joggers, "leggings": _leggings,
    "wide": _wide, "flared": _flared, "cropped": _cropped, "shorts": _shorts,
}  # fmt: skip
