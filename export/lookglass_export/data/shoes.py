"""A body in shoes: plain ones, the feet's convex hulls."""

import numpy as np
from scipy.spatial import ConvexHull

from lookglass_export.data.body import LEG, Body, X, Z
from lookglass_export.data.mesh import Array


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
