"""Cloth that hangs on a moving body: extended position based dynamics, on the CPU, the same every time.

Macklin, Müller, Chentanez: XPBD, position-based simulation of compliant constrained dynamics (2016), with one
sweep in each of many small steps (Macklin et al.: Small steps in physics simulation, 2019). Edges keep their
lengths; bending is the quadratic energy of Bergou et al. (A quadratic bending model for inextensible
surfaces, 2006), whose constraint is linear in the positions. Bodies are met at their nearest triangle, with
friction. Cloth passes through itself.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp

from lookglass_export.data.mesh import Array, Index, normals
from lookglass_export.folds import steps as kernels
from lookglass_export.folds.pattern import Cloth


@dataclass(frozen=True, slots=True)
class Stuff:
    """What a cloth is like.

    Attributes:
        weight: kg per square metre.
        bending: stiffness, N m.
        give: compliance of edges, m / N; 0 for none.
        friction: on the body, of what presses.
        thick: how far from the body it stays, metres.
    """

    weight: float = 0.16
    bending: float = 3e-6
    give: float = 1e-4
    friction: float = 0.6
    thick: float = 0.004


_GRAVITY = 4.0
"""m / s^2, less than the world's: what hangs keeps its length in fewer steps, and bending is scaled alike."""
_DAMPING = 2.0
"""Share of its speed that cloth loses in a second, by the air."""
_REACH = 0.06
"""How far from the cloth the body is looked for, metres."""


class Drape:
    """A cloth on a body; both start where they are told."""

    def __init__(
        self,
        cloth: Cloth,
        start: Array,
        body: Array,
        body_faces: Index,
        stuff: Stuff,
        *,
        gathered: float = 1.0,
    ) -> None:
        """Args:
        cloth: whose panels set all lengths.
        start: (N, 3) where its vertices are at first, metres.
        body: (M, 3) vertices of the body, metres.
        body_faces: (S, 3) its triangles, seen from outside counter-clockwise.
        stuff: the cloth.
        gathered: share of their length that held edges keep.
        """
        flat, faces, held = cloth.flat, cloth.faces, cloth.held
        self._stuff, self._body_faces = stuff, body_faces
        rest = np.concatenate([flat, np.zeros((len(flat), 1))], 1)
        edges, hinges, weights = hinges_of(rest, faces)
        a, b, c = (rest[faces[:, k]] for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        mass = stuff.weight * np.bincount(faces.ravel(), np.repeat(area / 3, 3), len(flat))
        self.edges, self.lengths = edges, np.linalg.norm(rest[edges[:, 0]] - rest[edges[:, 1]], axis=1)
        self.lengths[held[edges].all(1)] *= gathered
        with wp.ScopedDevice("cpu"):
            self._holds = held.astype(np.float32)
            self._held = wp.array(self._holds, dtype=float)
            self._x, self._old = (wp.array(start, dtype=wp.vec3) for _ in range(2))
            self._v, self._at, self._out, self._speed = (wp.zeros(len(flat), dtype=wp.vec3) for _ in range(4))
            self._w = wp.array(1 / np.maximum(mass, 1e-9), dtype=float)
            self._edges = wp.array(edges, dtype=wp.vec2i)
            self._rest = wp.array(self.lengths, dtype=float)
            self._hinges, self._bends = wp.array(hinges, dtype=wp.vec4i), wp.array(weights, dtype=wp.vec4)
            self._mesh = wp.Mesh(
                wp.array(body, dtype=wp.vec3), wp.array(body_faces.ravel().astype(np.int32), dtype=int),
                wp.zeros(len(body), dtype=wp.vec3),
            )  # fmt: skip

    @property
    def vertices(self) -> Array:
        """(N, 3) float32, metres."""
        return self._x.numpy().copy()

    def step(
        self, body: Array, seconds: float, steps: int, *, damping: float = _DAMPING, hold: bool = True
    ) -> None:
        """Let time pass while the body moves to where it is then.

        Args:
            body: (M, 3) its vertices at the end.
            seconds: how long that takes.
            steps: of the simulation, in that time.
            damping: share of its speed that cloth loses in a second.
            hold: whether held vertices are.
        """
        before = self._mesh.points.numpy().copy()
        smooth = normals(before, self._body_faces)
        with wp.ScopedDevice("cpu"):
            self._mesh.velocities.assign(((body - before) / seconds).astype(np.float32))
            met = [self._at, self._out, self._speed]
            self._launch(
                kernels.touch, [self._mesh.id, self._x, wp.array(smooth, dtype=wp.vec3), _REACH, *met]
            )
            self._held.assign(self._holds * hold)
            for number in range(steps):
                self._small(seconds / steps, number, damping)
            self._mesh.points.assign(body.astype(np.float32))
            self._mesh.refit()

    def _small(self, dt: float, number: int, damping: float) -> None:
        stuff = self._stuff
        self._launch(
            kernels.predict, [self._x, self._old, self._v, dt, _GRAVITY, float(np.exp(-damping * dt))]
        )
        self._launch(
            kernels.bend,
            [self._x, self._w, self._hinges, self._bends, 1 / (stuff.bending * dt * dt), self._hinges.size],
            1,
        )
        for backwards in (number % 2, 1 - number % 2):
            self._launch(
                kernels.stretch,
                [
                    self._x,
                    self._w,
                    self._edges,
                    self._rest,
                    stuff.give / (dt * dt),
                    self._edges.size,
                    backwards,
                ],
                1,
            )
        self._launch(
            kernels.collide,
            [
                self._x,
                self._old,
                self._at,
                self._out,
                self._speed,
                (number + 1) * dt,
                dt,
                stuff.thick,
                stuff.friction,
                self._held,
            ],
        )
        self._launch(kernels.finish, [self._x, self._old, self._v, dt, 3.0])

    def _launch(self, kernel: Any, inputs: list[Any], dim: int = 0) -> None:
        wp.launch(kernel, dim=dim or self._x.size, inputs=inputs)


def hinges_of(rest: Array, faces: Index) -> tuple[Index, Index, Array]:
    """Edges (E, 2), the four vertices (H, 4) about each inner one, and what each counts in its bend (H, 4).

    The weights are cotangents of the flat panels' angles, so that a seam is as stiff as the cloth beside it.
    """
    corners = np.concatenate([faces[:, [0, 1, 2]], faces[:, [1, 2, 0]], faces[:, [2, 0, 1]]])
    ends = np.sort(corners[:, :2], 1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, tips = ends[order], corners[order, 2]
    edges = np.unique(ends, axis=0)
    twice = np.flatnonzero((ends[1:] == ends[:-1]).all(1))
    hinges = np.column_stack([ends[twice], tips[twice], tips[twice + 1]])
    a, b, c, d = (rest[hinges[:, k]] for k in range(4))

    def cot(at: Array, one: Array, other: Array) -> Array:
        u, v = one - at, other - at
        return np.einsum("ij,ij->i", u, v) / np.maximum(np.linalg.norm(np.cross(u, v), axis=1), 1e-12)

    at_a, at_a2, at_b, at_b2 = cot(a, b, c), cot(a, b, d), cot(b, a, c), cot(b, a, d)
    area = (
        np.linalg.norm(np.cross(b - a, c - a), axis=1) + np.linalg.norm(np.cross(b - a, d - a), axis=1)
    ) / 2
    weights = np.stack([at_b + at_b2, at_a + at_a2, -at_a - at_b, -at_a2 - at_b2], 1)
    return (
        edges.astype(np.int32),
        hinges.astype(np.int32),
        weights * np.sqrt(3 / np.maximum(area, 1e-12))[:, None],
    )
