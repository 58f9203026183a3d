"""Who wears the top: the mean body, flat at first, then with its arms let down to its sides."""

import numpy as np

from lookglass_export.data.body import Body, skin
from lookglass_export.data.mesh import Array, Index, rotation
from lookglass_export.data.pose import Figure, Rotations, reach

_MIDDLE_Y = -0.02
"""Of the body, from front to back: the plane into which it is flattened, and panels beside it."""
_DOWN = {".L": 77.0, ".R": 74.0}
"""Degrees below the horizontal at which arms hang; nobody is symmetrical."""
_FORWARD = {".L": 0.09, ".R": 0.11}
"""How far in front of the shoulder a hanging wrist is, metres: elbows are never straight."""


class Wearer:
    """The body's surface without hands, feet and head, at any moment of dressing."""

    def __init__(self, body: Body, slope: float) -> None:
        """Args:
        body: the bank of bodies.
        slope: degrees below the horizontal at which its arms are stretched out first.
        """
        self._body, self._mesh = body, body.meshes["tights"]
        self._rest = np.asarray(self._mesh.matrix @ body.mean_vertices)
        self._figure = Figure(body, body.mean_vertices, body.mean_heads)
        self._slope = slope

    @property
    def faces(self) -> Index:
        """(T, 3) triangles."""
        return self._mesh.faces

    def at(self, filled: float, lowered: float, turned: float = 0.0) -> Array:
        """Vertices (N, 3) float32, metres.

        Args:
            filled: its depth, from 0, flat, to 1, its own.
            lowered: of its arms, from 0, stretched out, to 1, hanging.
            turned: degrees by which the shoulders turn to the left of the hips.
        """
        twist = rotation([0, 0, 1], turned / 2)
        rotations: Rotations = {"spine04": twist, "spine02": twist @ rotation([0, 1, 0], turned / 4)}
        for side, sign in ((".L", 1.0), (".R", -1.0)):
            shoulder, elbow, wrist = (
                self._figure.at(f"{n}{side}") for n in ("upperarm01", "lowerarm01", "wrist")
            )
            length = np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow)
            down = np.deg2rad(self._slope + lowered * (_DOWN[side] - self._slope))
            target = shoulder + 0.985 * length * np.array([sign * np.cos(down), 0.0, -np.sin(down)])
            target[1] -= lowered * _FORWARD[side]
            reach(rotations, self._figure, side, target, np.array([sign * 0.3, 1.0, 0.0]))
        posed = skin(self._rest, self._mesh.weights, self._body.bones_at(self._body.mean_heads, rotations))
        posed[:, 1] = _MIDDLE_Y + (posed[:, 1] - _MIDDLE_Y) * max(filled, 0.02)
        return posed.astype(np.float32)

    @staticmethod
    def panels(flat: Array, side: Array, gap: float = 0.008) -> Array:
        """Where panels lie before and behind the flat body, (N, 3) float32."""
        return np.stack([flat[:, 0], _MIDDLE_Y + gap * side, flat[:, 1]], 1).astype(np.float32)
