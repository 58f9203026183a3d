"""Straight cloth: below the shoulders a torso's flow is as smooth as cloth that hangs.

The network draws every cell of the flow by itself, a pixel of the photo off here and there, and a row of
buttons shows it as a wave. A polynomial of degree 4 has room for a body's form and none for waves. Around the
neck the flow stays the network's: a collar is no polynomial.
"""

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.region import window_map
from lookglass.types import F32, Layers, Person

_DEGREE = 4
_SHOULDERS, _HIPS = [11, 12], [23, 24]
_FROM, _TO = 0.0, 0.3
"""From where to where on the way from shoulders to hips the flow gives way to the polynomial."""
_RIDGE = 1e-3
"""Weight of having no bends at all, in fully covered cells: a torso out of view has no form."""


def hang_straight(layers: Layers, person: Person) -> Layers:
    """Fit a polynomial to the torso's flow, least squares over its cells, and take it for the flow.

    Args:
        layers: what the network returned.
        person: whose crop they span.
    """
    height, width = layers.flow.shape[2:]
    scale, offset = window_map(person.crop, (height, width))
    rows = person.landmarks[:, 1] * scale[1] + offset[1]
    shoulders, hips = float(rows[_SHOULDERS].mean()), float(rows[_HIPS].mean())
    down = (np.arange(height, dtype=np.float32) - shoulders) / max(hips - shoulders, 1.0)
    straight = np.clip((down - _FROM) / (_TO - _FROM), 0, 1).astype(np.float32)[:, None]
    covered = cv2.resize(layers.coverage[0], (width, height), interpolation=cv2.INTER_AREA) * straight
    torso = layers.flow[0].reshape(2, -1)
    basis = _basis(height, width)
    weighted = basis * covered.ravel()
    ridge = np.float32(_RIDGE) * np.eye(len(basis), dtype=np.float32)
    # NumPy's threads would go on spinning after a product this large, and take a core from the graphs'.
    squares = cv2.gemm(weighted, basis, 1, ridge, 1, flags=cv2.GEMM_2_T)
    form = np.linalg.solve(squares, weighted @ torso.T).T @ basis
    flow = layers.flow.copy()
    flow[0] += (form - torso).reshape(flow[0].shape) * straight
    return replace(layers, flow=flow)


@cache
def _basis(height: int, width: int) -> F32:
    """(15, h * w): products of powers of x and y, in [-1, 1], up to the degree."""
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    powers = [(i, j) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)]
    terms: npt.NDArray[np.float64] = np.stack([(x**i * y**j).ravel() for i, j in powers])
    return terms.astype(np.float32)
