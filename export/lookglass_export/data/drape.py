"""How a sold garment lies: on the shoulders, down to the hand, closed at the wrist, flat in its photo.

A plain finish leaves all of it out: the frozen test garments are hung by `garments.dress` alone.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from lookglass_export.data.body import ARM, ARM_LENGTH_M, SIDE, Body, Mesh, Z
from lookglass_export.data.finish import CUT_AT
from lookglass_export.data.garments import Top, dress
from lookglass_export.data.mesh import Array

_ELBOW, _WRIST = 0.58, 0.98
_LIES_M = 0.006
_CLOSES_M, _HAND_M = 0.075, 0.048
_NECK_M, _CHEST_M = 0.065, 0.19
"""Half widths between which flat cloth shows the breadth that goes round to the sides when worn."""
_WIDER_M, _SLEEVE_GAIN, _SLEEVE_HALF_M = 0.085, 0.42, 0.05
"""What a photo laid quite flat adds to the trunk on each side and, as a share, to a sleeve so wide."""


def drape(
    mesh: Mesh, rest: Array, top: Top, *, offset: float | Array, sleeve_gain: float = 0.9, relax: int
) -> Array:
    """A top's shell (N, 3) around a body at rest, `offset` metres off it, as its finish has it lie."""
    finish = top.finish
    if finish.laid:
        offset, sleeve_gain = _laid(mesh, offset), sleeve_gain * finish.sleeve
    cloth = dress(mesh, rest, offset, hang=top.hang, sleeve_gain=sleeve_gain, relax=relax)
    if finish.longer == 0 and finish.cuff < 0:
        return cloth
    for sign in (1, -1):
        _finish_sleeve(mesh, cloth, rest, top, sign)
    return cloth


def mesh_of(body: Body, top: Top) -> Mesh:
    """The mesh of a top's shell: where sleeves are drawn out past the wrist, they turn with the hand."""
    return _with_cuffs(body) if top.finish.longer > 0 else body.meshes["tights"]


@cache
def _with_cuffs(body: Body) -> Mesh:
    mesh = body.meshes["tights"]
    side, arm = mesh.attributes[:, SIDE], mesh.attributes[:, ARM]
    share = np.clip((arm - 0.9) / 0.05, 0, 1) * (np.abs(side) > 0.5)
    bones = np.where(side > 0, body.joint("wrist.L"), body.joint("wrist.R"))
    hands = sp.csr_matrix((share, (np.arange(len(share)), bones)), shape=mesh.weights.shape)
    return replace(mesh, weights=(sp.diags(1 - share) @ mesh.weights + hands).tocsr())


def _laid(mesh: Mesh, offset: float | Array) -> Array:
    """(N,) metres from the body: cloth rests on the shoulders and stands off below them."""
    place, least = mesh.attributes, np.minimum(offset, _LIES_M)
    arm = np.abs(place[:, SIDE]) > 0.5
    down = np.where(arm, place[:, ARM] / 0.25, (0.53 - place[:, Z]) / 0.13)
    return np.asarray(least + (offset - least) * np.clip(down, 0.1, 1), np.float32)


def _finish_sleeve(mesh: Mesh, cloth: Array, rest: Array, top: Top, sign: int) -> None:
    """Draw one sleeve out towards the hand and close it around the wrist, in place."""
    side, arm = mesh.attributes[:, SIDE] * sign, mesh.attributes[:, ARM]
    body = np.asarray(mesh.matrix @ rest, np.float32)
    elbow, wrist = (_ring(body, side, arm, at).mean(0) for at in (_ELBOW, _WRIST))
    length = float(np.linalg.norm(wrist - elbow))
    axis = (wrist - elbow) / length
    own = (side > 0.5) & (arm > _ELBOW)
    along, out = _about(cloth[own], elbow, axis)
    down = (arm[own] - _ELBOW) / (CUT_AT - _ELBOW)
    along = along + down * top.finish.longer * length / (_WRIST - _ELBOW)
    hand = _Hand(rest, elbow, axis, length)
    if top.finish.cuff >= 0:
        at_wrist = np.linalg.norm(_about(_ring(body, side, arm, _WRIST), elbow, axis)[1], axis=1).mean()
        to_cuff = (CUT_AT - arm[own]) * ARM_LENGTH_M - top.ribs[0]
        share = np.clip(1 - to_cuff / _CLOSES_M, 0, 1)
        share = share * share * (3 - 2 * share)
        now = np.linalg.norm(out, axis=1)
        radius = now + share * (at_wrist + top.finish.cuff - now)
        radius = np.maximum(radius, share * hand.clear(along, out))
        out = out * (radius / now)[:, None]
    cloth[own] = elbow + along[:, None] * axis + out + hand.bend(along)


def _about(points: Array, origin: Array, axis: Array) -> tuple[Array, Array]:
    """How far along an axis points (N, 3) lie, and the vectors from the axis to them."""
    along = (points - origin) @ axis
    return along, points - origin - along[:, None] * axis


class _Hand:
    """The hand in line with a forearm, at rest: where its middle is, and how thick it is on each side."""

    def __init__(self, rest: Array, origin: Array, axis: Array, wrist_m: float) -> None:
        along, out = _about(rest, origin, axis)
        # The thumb's tip is left out: it sticks out of cuffs.
        near = (np.linalg.norm(out, axis=1) < _HAND_M) & (along > wrist_m - 0.03) & (along < wrist_m + 0.12)
        self._along, self._wrist_m = along[near], wrist_m
        palm = near & (along > wrist_m + 0.03) & (along < wrist_m + 0.06)
        self._bend = out[palm].mean(0)
        self._out = out[near] - self.bend(self._along)

    def bend(self, along: Array) -> Array:
        """(N, 3) from the forearm's axis to the hand's middle, metres along the axis."""
        return np.clip((along - self._wrist_m) / 0.045, 0, 1.5)[:, None] * self._bend

    def clear(self, along: Array, out: Array) -> Array:
        """(N,) metres from its middle at which cloth in directions `out` (N, 3) clears the hand."""
        far = np.linalg.norm(self._out, axis=1)
        same = np.abs(along[:, None] - self._along) < 0.01
        cosine = out @ self._out.T / (np.linalg.norm(out, axis=1)[:, None] * far)
        return np.asarray((same & (cosine > 0.94)) * (far + 0.004), np.float32).max(1)


def _ring(points: Array, side: Array, arm: Array, at: float) -> Array:
    return points[(side > 0.9) & (np.abs(arm - at) < 0.05)]


def laid_flat(points: Array, flat: float) -> Array:
    """Points (N, 3) with the trunk as broad as it is when laid flat; 1 for flat, 0 for as on a mannequin."""
    beyond = np.clip((np.abs(points[:, 0]) - _NECK_M) / (_CHEST_M - _NECK_M), 0, 1)
    out = points.copy()
    out[:, 0] += flat * _WIDER_M * np.sign(points[:, 0]) * beyond * beyond * (3 - 2 * beyond)
    return out


def laid_out(mesh: Mesh, shell: Array, flat: float) -> Array:
    """A mannequin's shell (N, 3) with sides that fall straight, and sleeves as broad as tubes laid flat."""
    out = shell.copy()
    out[:, 0] *= _straight(mesh, shell, flat)
    for sign in (1, -1):
        side, arm = mesh.attributes[:, SIDE] * sign, mesh.attributes[:, ARM]
        start, end = (_ring(shell, side, arm, at).mean(0)[[0, 2]] for at in (0.2, _WRIST))
        axis: npt.NDArray[np.floating] = (end - start) / np.linalg.norm(end - start)
        across = sign * np.array([-axis[1], axis[0]])
        inwards = (shell[:, [0, 2]] - start) @ across - _SLEEVE_HALF_M
        share = flat * _SLEEVE_GAIN * np.clip((side - 0.55) / 0.4, 0, 1)
        out[:, [0, 2]] += np.outer(share * inwards, across)
    return out


def _straight(mesh: Mesh, shell: Array, flat: float) -> Array:
    """(N,) gains of x that give the trunk below the chest the chest's breadth."""
    heights = np.arange(-0.16, 0.39, 0.04)
    place, trunk = mesh.attributes, np.abs(mesh.attributes[:, SIDE]) < 0.3
    halves = np.array([np.abs(shell[trunk & (np.abs(place[:, Z] - z) < 0.03), 0]).max() for z in heights])
    gains = 1 + min(flat, 1.0) * (halves[-1] / halves - 1)
    return np.where(np.abs(place[:, SIDE]) < 0.5, np.interp(place[:, Z], heights, gains), 1.0)
