"""A body in shoes, the feet's convex hulls: what they look like, and how they bulge."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import ConvexHull

from lookglass_export.data.body import LEG, Body, X, Z
from lookglass_export.data.mesh import Array

_PLAIN = np.array([[0.06, 0.06, 0.06], [0.9, 0.9, 0.88], [0.3, 0.18, 0.1], [0.1, 0.12, 0.2], [0.6, 0.5, 0.4]])
_WHITE = np.array([0.93, 0.93, 0.92])
_TOPS = [0.99, 0.95, 0.86, 2.0]
"""Share of the leg where shoes begin: low, ankle-high, boots, none."""


@dataclass(frozen=True, slots=True)
class Shoes:
    """What feet wear.

    Attributes:
        colour: (3,) RGB of the leather.
        top: share of the leg where they begin.
        sewn: metres of sole and toe cap, whether there are laces, share of the leg where socks begin.
        colours: RGB of soles and toe caps, of laces, of socks; nine numbers.
    """

    colour: Array
    top: float = 0.93
    sewn: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 9.0)
    colours: tuple[float, ...] = (0.0,) * 9


def sample_shoes(rng: np.random.Generator, *, test: bool) -> Shoes:
    """Random shoes, plain ones for tests: half of the others are sneakers, most of those white."""
    top = float(rng.choice(_TOPS, p=[0.5, 0.25, 0.15, 0.1]))
    colour = np.clip(_PLAIN[rng.integers(len(_PLAIN))] * rng.uniform(0.8, 1.2), 0, 1)
    if test:
        return Shoes(colour, top)
    sneakers = rng.random() < 0.5
    white = _WHITE * rng.uniform(0.85, 1.07)
    sole = white if sneakers else colour * rng.uniform(0.3, 0.9)
    if sneakers:
        top = min(top, 0.99)
        colour = white if rng.random() < 0.65 else rng.uniform(0.05, 0.9, 3)
    lace = colour * 0.95 if rng.random() < 0.6 else white
    sock = (white, np.full(3, 0.1), rng.uniform(0.1, 0.9, 3))[int(rng.integers(3))]
    sewn = (
        rng.uniform(0.016, 0.03) if sneakers else rng.uniform(0.008, 0.016),
        rng.uniform(0.03, 0.055) if sneakers and rng.random() < 0.4 else 0.0,
        float(sneakers or rng.random() < 0.5), rng.uniform(0.85, 0.97) if rng.random() < 0.4 else 9.0,
    )  # fmt: skip
    return Shoes(np.clip(colour, 0, 1), top, sewn, tuple(np.clip(np.r_[sole, lace, sock], 0, 1).tolist()))


def shod(body: Body, rest: Array) -> Array:
    """The rest body in shoes: what is lower than the ankles, pushed out onto the convex hull of each foot."""
    place, out = body.meshes["body"].attributes, np.array(rest, np.float32)
    low = rest[:, Z] < rest[:, Z].min() + 0.07
    for sign in (1, -1):
        foot = low & (place[:, LEG] > 0.94) & (sign * place[:, X] > 0)
        middle = out[foot].mean(0)
        ways = out[foot] - middle
        planes = ConvexHull(ways).equations
        share = (ways @ planes[:, :3].T / -planes[:, 3]).max(1)
        out[foot] = middle + 1.03 * ways / np.maximum(share, 0.05)[:, None]
    return out
