"""The pattern of a top: a front and a back panel, flat, meshed, and sewn to each other at their outline."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from lookglass_export.data.mesh import Array, Index

TORSO, LEFT, RIGHT = range(3)
"""What a triangle covers, by the wearer's sides."""


@dataclass(frozen=True, slots=True)
class Cut:
    """How a top is cut, flat, in metres of the mean body: x to the wearer's left, z up.

    Attributes:
        neck: half width at the shoulder's seam.
        high: z of the shoulder's seam at the neck.
        tip: (x, z) of the shoulder's end, where the sleeve is set in.
        under: (x, z) of the armpit.
        hem: (x, z) of the side seam's lower end.
        slope: degrees below the horizontal at which sleeves are cut.
        sleeve: how long sleeves are along their upper edge.
        cuff: half the way around a sleeve's end.
        front, back: how deep the neckline is.
        slack: share of their length by which sleeves and the lower torso are worn pushed up.
        gathered: share of its length that a cuff keeps, and a hem that lies on the hips; 1 for loose ones.
    """

    neck: float = 0.085
    high: float = 0.575
    tip: tuple[float, float] = (0.215, 0.53)
    under: tuple[float, float] = (0.27, 0.315)
    hem: tuple[float, float] = (0.265, -0.1)
    slope: float = 20.0
    sleeve: float = 0.2
    cuff: float = 0.175
    front: float = 0.095
    back: float = 0.025
    slack: tuple[float, float] = (0.0, 0.05)
    gathered: float = 1.0


TEE = Cut()
SHIRT = Cut(
    under=(0.265, 0.315), hem=(0.27, -0.1), sleeve=0.51, cuff=0.11, front=0.06,
    slack=(0.18, 0.05), gathered=0.82
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cloth:
    """A sewn top, flat.

    Attributes:
        flat: (N, 2) where a vertex lies in its panel, metres.
        side: (N,) -1 in front, 1 at the back, 0 on a seam.
        faces: (T, 3) triangles that look outwards.
        parts: (T,) what each of them covers.
        held: (N,) bool, whether a vertex is of a cuff or a hem that stays where it lies on the body.
        worn: (N, 2) where in its panel a vertex is when cloth is pushed up.
    """

    flat: Array
    side: Array
    faces: Index
    parts: Index
    held: npt.NDArray[np.bool_]
    worn: Array


def sew(cut: Cut, edge: float, rng: np.random.Generator) -> Cloth:
    """Mesh both panels with edges of about so many metres and join them at the seams.

    Args:
        cut: the pattern.
        edge: length of an edge, metres.
        rng: moves the inner vertices a little, so that folds follow no grid.
    """
    seams, fronts, backs = _outline(cut, edge)
    seam_points = np.concatenate(seams)
    count = len(seam_points)
    flat, side, faces = [seam_points], [np.zeros(count)], []
    for sign, opens in ((-1.0, fronts), (1.0, backs)):
        ring = np.concatenate([piece for pair in zip(seams, opens, strict=True) for piece in pair])
        inner = _inside(ring, edge, rng)
        own = np.concatenate([*opens, inner])
        first = sum(len(f) for f in flat)
        index = np.concatenate([np.arange(count), first + np.arange(len(own))])
        points = np.concatenate([seam_points, own])
        cells = Delaunay(points).simplices
        cells = cells[_within(points[cells].mean(1), ring)]
        a, b, c = (points[cells[:, k]] for k in range(3))
        twice = _cross(b - a, c - a)
        turned = twice * sign > 0
        cells[turned] = cells[turned][:, ::-1]
        # Slivers along straight seams have no area to carry.
        faces.append(index[cells[np.abs(twice) > 0.04 * edge * edge]])
        flat.append(own)
        side.append(np.full(len(own), sign))
    points, cells = np.concatenate(flat), np.concatenate(faces).astype(np.int32)
    parts = _parts(points[cells].mean(1), cut)
    out = _out(points, cut)
    held = ((out > cut.sleeve - 0.6 * edge) | (points[:, 1] < cut.hem[1] + 0.3 * edge)) & (cut.gathered < 1)
    return Cloth(points, np.concatenate(side), cells, parts, held, _pushed(points, out, cut))


def _out(points: Array, cut: Cut) -> Array:
    """How far beyond the shoulder's end, along the sleeve, points lie, metres."""
    down = np.deg2rad(cut.slope)
    side = np.stack([np.abs(points[:, 0]), points[:, 1]], 1) - np.array(cut.tip)
    return side @ np.array([np.cos(down), -np.sin(down)])


def _pushed(points: Array, out: Array, cut: Cut) -> Array:
    """Where points lie of cloth that is worn shorter than it is."""
    down, (sleeve, torso) = np.deg2rad(cut.slope), cut.slack
    back = sleeve * np.maximum(out - 0.05, 0)
    sign = np.sign(points[:, 0])
    x = points[:, 0] - sign * back * np.cos(down)
    is_torso = np.abs(points[:, 0]) < cut.under[0] + 1e-6
    rise = np.where(is_torso, torso * np.maximum(cut.under[1] - 0.05 - points[:, 1], 0), 0)
    return np.stack([x, points[:, 1] + back * np.sin(down) + rise], 1)


def _outline(cut: Cut, edge: float) -> tuple[list[Array], list[Array], list[Array]]:
    """Seams, and the open edges that follow each of them in front and behind, counter-clockwise."""
    down = np.deg2rad(cut.slope)
    along, across = np.array([np.cos(down), -np.sin(down)]), np.array([-np.sin(down), -np.cos(down)])
    tip, under, hem = (np.array(p) for p in (cut.tip, cut.under, cut.hem))
    end = tip + cut.sleeve * along
    low = end + 2 * 0.5 * cut.cuff * across
    high = np.array([cut.neck, cut.high])
    mirror = np.array([-1.0, 1.0])
    left_side = _path([hem, under, low], edge)
    left_top = _path([end, tip, high], edge)
    right_top, right_side = left_top[::-1] * mirror, left_side[::-1] * mirror
    seams = [left_side, left_top, right_top, right_side]
    cuff = _path([low, end], edge)[1:-1]
    bottom = _path([hem * mirror, hem], edge)[1:-1]

    def opens(depth: float) -> list[Array]:
        turn = np.linspace(0, np.pi, 25)
        neckline = np.stack([cut.neck * np.cos(turn), cut.high - depth * np.sin(turn) ** 0.8], 1)
        return [cuff, _path(list(neckline), edge)[1:-1], cuff[::-1] * mirror, bottom]

    return seams, opens(cut.front), opens(cut.back)


def _path(corners: list[Array], edge: float) -> Array:
    """Points on a polyline about an edge apart, its ends among them."""
    corners_ = np.array(corners)
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(corners_, axis=0), axis=1))])
    places = np.linspace(0, lengths[-1], max(2, round(lengths[-1] / edge) + 1))
    return np.stack([np.interp(places, lengths, corners_[:, k]) for k in range(2)], 1)


def _inside(ring: Array, edge: float, rng: np.random.Generator) -> Array:
    """A jittered lattice of triangles within an outline, half an edge off it."""
    low, high = ring.min(0), ring.max(0)
    rows = np.arange(low[1], high[1], edge * np.sqrt(0.75))
    columns = np.arange(low[0], high[0], edge)
    x, z = np.meshgrid(columns, rows)
    x = x + np.where(np.arange(len(rows)) % 2, edge / 2, 0)[:, None]
    points = np.stack([x.ravel(), z.ravel()], 1)
    points += rng.uniform(-0.15, 0.15, points.shape) * edge
    points = points[_within(points, ring)]
    apart = np.concatenate(
        [np.linalg.norm(some[:, None] - ring, axis=2).min(1) for some in np.array_split(points, 32)]
    )
    return points[apart > 0.6 * edge]


def _within(points: Array, ring: Array) -> Array:
    """Whether points (N, 2) lie within an outline, by even and odd."""
    inside = np.zeros(len(points), bool)
    for a, b in zip(ring, np.roll(ring, -1, 0), strict=True):
        spans = (a[1] > points[:, 1]) != (b[1] > points[:, 1])
        with np.errstate(divide="ignore", invalid="ignore"):
            x = a[0] + (points[:, 1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        inside ^= spans & (points[:, 0] < x)
    return inside


def _parts(middles: Array, cut: Cut) -> Index:
    """Triangles beyond the line from the shoulder's end to the armpit are sleeve."""
    tip, under = np.array(cut.tip), np.array(cut.under)
    mirrored = np.stack([np.abs(middles[:, 0]), middles[:, 1]], 1) - under
    sleeve = _cross(tip - under, mirrored) < 0
    return np.where(sleeve, np.where(middles[:, 0] > 0, LEFT, RIGHT), TORSO)


def _cross(one: Array, other: Array) -> Array:
    """Twice the area between directions (..., 2)."""
    return one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
