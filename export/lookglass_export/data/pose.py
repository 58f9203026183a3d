"""Poses: where the wrists go, and the joint rotations that bring them there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from lookglass_export.data.body import SIDE, Body
from lookglass_export.data.mesh import Array, rotation, turn

ARMS_DOWN, BESIDE = "arms_down", "beside"
FRONT_KINDS = ("crossed", "hand_in_front", "both_in_front")
LOW_KINDS = ("clasped", "on_thigh")
OTHER_KINDS = ("hands_on_hips", "raised", "one_bent", "pocket", "spread")
Rotations = dict[str, Array]


@dataclass(slots=True)
class Pose:
    """Joint rotations in the rest body's frame, by bone name."""

    kind: str
    rotations: Rotations = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a pose needs to know of a body at rest: joints by name, and its front surface."""

    body: Body
    vertices: Array
    heads: Array

    def at(self, name: str) -> Array:
        return self.heads[self.body.joint(name)]

    def front(self, x: float, z: float) -> float:
        """The smallest y of the trunk near (x, z)."""
        trunk = self.vertices[np.abs(self.body.meshes["body"].attributes[:, SIDE]) < 0.3]
        near = (np.abs(trunk[:, 0] - x) < 0.04) & (np.abs(trunk[:, 2] - z) < 0.04)
        return float(trunk[near, 1].min()) if near.any() else -0.1


def sample_pose(rng: np.random.Generator, figure: Figure, kind: str, *, bulk: float = 0.03) -> Pose:
    """A random pose of one kind; hands in front keep `bulk` metres of clothes between them and the trunk."""
    pose = Pose(kind, _stance(rng))
    sides = [".L", ".R"] if rng.random() < 0.5 else [".R", ".L"]
    for order, side in enumerate(sides):
        target, pole = _TARGETS[kind](rng, figure, side, order, bulk)
        reach(pose.rotations, figure, side, target, pole)
        _hand(rng, pose.rotations, side)
    return pose


def reach(rotations: Rotations, figure: Figure, side: str, target: Array, pole: Array) -> None:
    """Two-bone inverse kinematics: bring the wrist to `target` with the elbow towards `pole`."""
    shoulder, elbow, wrist = (figure.at(f"{n}{side}") for n in ("upperarm01", "lowerarm01", "wrist"))
    upper, lower = elbow - shoulder, wrist - elbow
    a, b = np.linalg.norm(upper), np.linalg.norm(lower)
    span = target - shoulder
    distance = float(np.clip(np.linalg.norm(span), abs(a - b) + 0.05, (a + b) * 0.995))
    span = span / np.linalg.norm(span)
    cosine = np.clip((a * a + distance**2 - b * b) / (2 * a * distance), -1, 1)
    sideways = pole - (pole @ span) * span
    sideways /= np.linalg.norm(sideways) + 1e-9
    bend = shoulder + a * (cosine * span + np.sqrt(1 - cosine**2) * sideways)
    first = turn(upper, bend - shoulder)
    second = turn(first @ lower, shoulder + distance * span - bend)
    rotations[f"upperarm01{side}"] = first
    rotations[f"lowerarm01{side}"] = first.T @ second @ first


def _stance(rng: np.random.Generator) -> Rotations:
    """Feet, hips, spine and head of somebody who stands before a mirror."""
    out = {
        "root": rotation([0, 0, 1], np.clip(rng.normal() * 12, -30, 30))
        @ rotation([0, 1, 0], rng.normal() * 2),
        "spine03": rotation([0, 0, 1], rng.normal() * 5) @ rotation([0, 1, 0], rng.normal() * 3),
        "spine01": rotation([1, 0, 0], rng.uniform(-4, 4)),
        "head": rotation([0, 0, 1], rng.normal() * 10) @ rotation([1, 0, 0], rng.uniform(-8, 10)),
    }
    for side, sign in ((".L", 1), (".R", -1)):
        out[f"upperleg01{side}"] = rotation([0, 1, 0], sign * rng.uniform(-4, 6)) @ rotation(
            [1, 0, 0], rng.uniform(-10, 6)
        )
        out[f"lowerleg01{side}"] = rotation([1, 0, 0], rng.uniform(0, 10))
        out[f"clavicle{side}"] = rotation([0, 1, 0], sign * rng.uniform(-4, 5))
    return out


def sample_legs(rng: np.random.Generator, kind: str) -> Rotations:
    """Legs that are seen whole: "standing", "contrapposto", "walking", "apart" or "together"."""
    sides = [".L", ".R"] if rng.random() < 0.5 else [".R", ".L"]
    out: Rotations = {}
    for order, side in enumerate(sides):
        out_deg, swing, bend, turned = _LEGS[kind](rng, order)
        sign = _sign(side)
        out[f"upperleg01{side}"] = (
            rotation([0, 1, 0], -sign * out_deg)
            @ rotation([1, 0, 0], swing)
            @ rotation([0, 0, 1], sign * turned)
        )
        out[f"lowerleg01{side}"] = rotation([1, 0, 0], bend)
        out[f"foot{side}"] = rotation([1, 0, 0], -0.5 * (swing + bend))
    return out


Leg = tuple[float, float, float, float]


def _standing(rng: np.random.Generator, order: int) -> Leg:
    """Degrees: outwards, backwards at the hip, knee, foot turned out."""
    return rng.uniform(-4, 5), rng.uniform(-8, 5), rng.uniform(0, 8), rng.uniform(0, 18)


def _contrapposto(rng: np.random.Generator, order: int) -> Leg:
    if order == 0:
        return rng.uniform(-5, 0), rng.uniform(-3, 3), rng.uniform(0, 3), rng.uniform(0, 12)
    return rng.uniform(2, 9), rng.uniform(-22, -8), rng.uniform(12, 30), rng.uniform(5, 25)


def _walking(rng: np.random.Generator, order: int) -> Leg:
    if order == 0:
        return rng.uniform(-4, 1), rng.uniform(-28, -12), rng.uniform(0, 14), rng.uniform(0, 10)
    return rng.uniform(-4, 1), rng.uniform(6, 20), rng.uniform(5, 40), rng.uniform(0, 10)


def _apart(rng: np.random.Generator, order: int) -> Leg:
    return rng.uniform(5, 13), rng.uniform(-6, 4), rng.uniform(0, 8), rng.uniform(5, 25)


def _together(rng: np.random.Generator, order: int) -> Leg:
    return rng.uniform(-6, -4), rng.uniform(-3, 3), rng.uniform(0, 4), rng.uniform(0, 8)


_LEGS: dict[str, Callable[[np.random.Generator, int], Leg]] = {
    "standing": _standing, "contrapposto": _contrapposto, "walking": _walking, "apart": _apart,
    "together": _together,
}  # fmt: skip


def _hand(rng: np.random.Generator, rotations: Rotations, side: str) -> None:
    sign = 1 if side == ".L" else -1
    curl = rng.uniform(0, 45)
    rotations[f"wrist{side}"] = rotation([1, 0, 0], rng.uniform(-15, 15))
    for finger in range(2, 6):
        for joint in (1, 2, 3):
            rotations[f"finger{finger}-{joint}{side}"] = rotation(
                [0, 1, 0], sign * curl * rng.uniform(0.5, 0.8)
            )


Target = tuple[Array, Array]
Sampler = Callable[[np.random.Generator, Figure, str, int, float], Target]


def _sign(side: str) -> int:
    return 1 if side == ".L" else -1


def _length(figure: Figure, side: str) -> float:
    joints = [figure.at(f"{n}{side}") for n in ("upperarm01", "lowerarm01", "wrist")]
    return float(sum(np.linalg.norm(b - a) for a, b in pairwise(joints)))


def _down(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, shoulder = _sign(side), figure.at(f"upperarm01{side}")
    out = np.deg2rad(rng.uniform(4, 26))
    drop = _length(figure, side) * rng.uniform(0.93, 0.99)
    target = shoulder + drop * np.array([sign * np.sin(out), rng.uniform(-0.25, 0.02), -np.cos(out)])
    return target, np.array([sign * 0.3, 1.0, 0.0])


def _beside(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    """Down along the thigh, from its outside to half before it."""
    sign, hip = _sign(side), figure.at(f"upperleg01{side}")
    z, around = hip[2] - rng.uniform(-0.02, 0.08), np.deg2rad(rng.uniform(0, 50))
    place = figure.body.meshes["body"].attributes
    near = (np.abs(place[:, SIDE]) < 0.3) & (np.abs(figure.vertices[:, 2] - z + 0.05) < 0.07)
    thigh = figure.vertices[near & (sign * figure.vertices[:, 0] > 0)]
    out, ahead = (sign * (thigh[:, 0] - hip[0])).max(), (hip[1] - thigh[:, 1]).max()
    off = (np.array([out, ahead]) + bulk + 0.03) * [np.cos(around), np.sin(around)]
    return np.array([hip[0] + sign * off[0], hip[1] - off[1], z]), np.array([sign * 0.3, 1.0, 0.0])


def _hips(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, hip = _sign(side), figure.at(f"upperleg01{side}")
    at = hip + np.array([sign * (0.11 + bulk), rng.uniform(-0.07, 0.0), rng.uniform(0.06, 0.15)])
    return at, np.array([sign * 1.0, rng.uniform(0.0, 0.8), 0.1])


def _crossed(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign = _sign(side)
    z = figure.at("spine01")[2] - rng.uniform(0.08, 0.16) + 0.05 * order
    x = -sign * rng.uniform(0.08, 0.14)
    y = figure.front(x, z) - bulk - 0.05 - 0.075 * order
    return np.array([x, y, z]), np.array([sign * 1.0, -0.2, -1.0])


def _front(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign = _sign(side)
    z = rng.uniform(figure.at("root")[2] + 0.02, figure.at("spine01")[2] + 0.08)
    x = sign * rng.uniform(-0.08, 0.12)
    y = figure.front(x, z) - bulk - rng.uniform(0.05, 0.22) - 0.06 * order
    return np.array([x, y, z]), np.array([sign * 1.0, rng.uniform(-0.2, 0.6), -0.8])


def _raised(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, shoulder = _sign(side), figure.at(f"upperarm01{side}")
    reach_out = _length(figure, side) * rng.uniform(0.55, 0.95)
    angle = np.deg2rad(rng.uniform(-15, 65))
    direction = np.array([sign * np.cos(angle), rng.uniform(-0.5, 0.0), np.sin(angle)])
    return shoulder + reach_out * direction / np.linalg.norm(direction), np.array([sign * 0.6, 0.2, -1.0])


def _pocket(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, hip = _sign(side), figure.at(f"upperleg01{side}")
    at = hip + np.array([sign * (0.08 + bulk), rng.uniform(-0.12, -0.06), rng.uniform(0.0, 0.07)])
    return at, np.array([sign * 1.0, 1.0, 0.0])


def _clasped(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign = _sign(side)
    z = figure.at("root")[2] + rng.uniform(-0.13, 0.03)
    x = sign * rng.uniform(0.03, 0.07)
    return np.array([x, figure.front(x, z) - bulk - 0.04 - 0.02 * order, z]), np.array(
        [sign * 1.0, 0.2, -0.3]
    )


def _on_thigh(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, hip = _sign(side), figure.at(f"upperleg01{side}")
    x, z = hip[0] + sign * rng.uniform(-0.05, 0.04), hip[2] - rng.uniform(0.02, 0.12)
    return np.array([x, figure.front(x, z) - bulk - 0.03, z]), np.array([sign * 1.0, 0.4, 0.0])


def _spread(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, shoulder = _sign(side), figure.at(f"upperarm01{side}")
    out = np.deg2rad(rng.uniform(35, 75))
    direction = np.array([sign * np.sin(out), rng.uniform(-0.3, 0.1), -np.cos(out)])
    return shoulder + _length(figure, side) * rng.uniform(0.85, 0.98) * direction, np.array(
        [sign * 0.3, 1.0, 0.0]
    )


def _selfie(rng: np.random.Generator, figure: Figure, side: str, order: int, bulk: float) -> Target:
    sign, shoulder = _sign(side), figure.at(f"upperarm01{side}")
    direction = np.array([sign * rng.uniform(-0.1, 0.4), -1.0, rng.uniform(-0.1, 0.3)])
    stretched = _length(figure, side) * rng.uniform(0.85, 0.99)
    return shoulder + stretched * direction / np.linalg.norm(direction), np.array([sign * 0.6, 0.3, -1.0])


def _first(one: Sampler, other: Sampler) -> Sampler:
    """One arm does this, the other that."""
    return lambda rng, figure, side, order, bulk: (other if order else one)(rng, figure, side, 0, bulk)


_TARGETS: dict[str, Sampler] = {
    ARMS_DOWN: _down,
    BESIDE: _beside,
    "crossed": _crossed,
    "hand_in_front": _first(_front, _down),
    "both_in_front": _front,
    "hands_on_hips": _hips,
    "raised": _first(_raised, _down),
    "one_bent": _first(_hips, _down),
    "pocket": _first(_pocket, _down),
    "spread": _spread,
    "clasped": _clasped,
    "on_thigh": _first(_on_thigh, _down),
    "selfie": _first(_selfie, _down),
}
