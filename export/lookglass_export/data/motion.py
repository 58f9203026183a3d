"""Motions: the joint rotations of a person, frame by frame, and where the feet take the body."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from lookglass_export.data.body import Bones
from lookglass_export.data.mesh import Array, rotation
from lookglass_export.data.pose import Figure, Rotations, reach

FPS = 30.0
STEPS_PER_S = 1.7
_SIDES = ((".L", 1), (".R", -1))


def walk(figure: Figure, frames: int) -> list[Rotations]:
    """An unhurried walk towards -y, arms swinging against the legs."""
    cycle = np.pi * STEPS_PER_S / FPS
    return [_stride(figure, cycle * number) for number in range(frames)]


def arm_raise(figure: Figure, frames: int) -> list[Rotations]:
    """Standing still, the left arm goes up sideways in 0.8 s, stays, and comes down again."""
    time = np.arange(frames) / FPS
    up = _ease((time - 0.4) / 0.8) * _ease((frames / FPS - 0.4 - time) / 0.8)
    return [_standing(figure, float(share)) for share in up]


MOTIONS: dict[str, Callable[[Figure, int], list[Rotations]]] = {"walk": walk, "arm_raise": arm_raise}


def carried(body_bones: list[str], track: list[Bones]) -> list[Bones]:
    """Move each pose so that the lower foot stays where it stood: a walk goes forward and nothing slides.

    Args:
        body_bones: names of the bones.
        track: the poses, each with its root where the rest body has it.

    Returns:
        The same poses, shifted.
    """
    feet = [body_bones.index(f"foot{side}") for side, _ in _SIDES]
    offset, last, out = np.zeros(3), track[0].joints[feet], []
    floor = last[:, 2].min()
    for bones in track:
        now = bones.joints[feet]
        # A soft choice: at the moment the weight changes feet, both count.
        weight = np.exp(-(now[:, 2] - now[:, 2].min()) / 0.01)
        weight /= weight.sum()
        offset[:2] -= weight @ (now - last)[:, :2]
        offset[2] = floor - weight @ now[:, 2]
        out.append(_moved(bones, offset))
        last = now
    return out


def _moved(bones: Bones, offset: Array) -> Bones:
    transforms = bones.transforms.copy()
    transforms[:, 9:] += offset.astype(np.float32)
    return Bones(transforms, bones.joints + offset, bones.rotations)


def _ease(time: Array) -> Array:
    """0 to 1 with still ends."""
    time = np.clip(time, 0, 1)
    return np.asarray(time * time * (3 - 2 * time))


def _stride(figure: Figure, phase: float) -> Rotations:
    """One moment of the gait; at phase 0 the left leg is foremost. Angles after ordinary slow walking."""
    forward = np.cos(phase)
    out = {
        "root": rotation([0, 0, 1], -4 * forward) @ rotation([0, 1, 0], 1.5 * np.sin(phase)),
        "spine03": rotation([0, 0, 1], 5 * forward),
        "spine01": rotation([0, 0, 1], 4 * forward) @ rotation([1, 0, 0], 2),
        "head": rotation([0, 0, 1], -4 * forward) @ rotation([1, 0, 0], 1.5 * np.cos(2 * phase)),
    }
    for side, sign in _SIDES:
        own = phase if sign > 0 else phase + np.pi
        hip, knee = 13 * np.cos(own) + 3, 4 + 34 * np.exp(2.5 * (np.cos(own - 1.4 * np.pi) - 1))
        out[f"upperleg01{side}"] = rotation([1, 0, 0], -hip)
        out[f"lowerleg01{side}"] = rotation([1, 0, 0], knee)
        out[f"foot{side}"] = rotation([1, 0, 0], 0.85 * (hip - knee))
        _hang(out, figure, side, sign, 12, swing=-0.07 + 0.2 * np.cos(own))
    return out


def _standing(figure: Figure, share: float) -> Rotations:
    """Arms down, the left one raised by a share of the way to 40 degrees above the shoulder."""
    out: Rotations = {"clavicle.L": rotation([0, 1, 0], -8 * share)}
    for side, sign in _SIDES:
        _hang(out, figure, side, sign, 14 + (116 * share if sign > 0 else 0), swing=-0.12)
    return out


def _hang(
    rotations: Rotations, figure: Figure, side: str, sign: int, degrees: float, *, swing: float
) -> None:
    """An arm nearly straight, `degrees` off the vertical, swung back by a share of its length."""
    chain = [figure.at(f"{name}{side}") for name in ("upperarm01", "lowerarm01", "wrist")]
    length = sum(float(np.linalg.norm(b - a)) for a, b in pairwise(chain))
    angle = np.deg2rad(degrees)
    way = np.array([sign * np.sin(angle), swing, -np.cos(angle)])
    pole = np.array([sign * 0.3, 1.0, -0.6 * np.sin(angle)])
    reach(rotations, figure, side, chain[0] + 0.97 * length * way / np.linalg.norm(way), pole)
    for finger in range(2, 6):
        for joint in (1, 2, 3):
            rotations[f"finger{finger}-{joint}{side}"] = rotation([0, 1, 0], sign * 16)
