"""The light that folds of a worn cloth take or give, seen from the front, over its parts' unit boxes."""

import cv2
import numpy as np
import warp as wp

from lookglass_export.data.mesh import Array, Index

F32 = np.ndarray
_PIXEL_M = 0.0015
"""Side of a pixel of the height field: 2 to 3 of them to an edge of the simulated cloth."""
_FORM_M = 0.02
"""Standard deviation of what is form of the body, not fold; the network lights that."""
_SUN = -0.42, -0.62, 0.66
"""Where the big soft light is: from above, in front, and to the wearer's right; world axes."""
_SOFT = 0.45
"""How far beyond its edge a big light still reaches, as a share of its strength."""
_SKY = 0.45
"""Share of the light that comes from everywhere, and that folds shut out."""
_HORIZON_M = 0.003, 0.006, 0.012, 0.024, 0.04
_WAYS = 12
_RIM_M = 0.012
"""How far from a part's outline its folds are whole."""
_LIT = 0.55
"""How much of the light that folds gain is kept: cameras hold bright cloth down; satin shines, not cotton."""
_SOFT_RIM = 0.04
"""Share of a box's side over which folds end at half its rim; beyond it there are none."""
_SEWN = 0.12
"""Share of a box's height, above its hem, over which folds die away: there the cloth is double and stiff."""
_HANGS, _EASE = (0.78, 0.25), 0.06
"""Share of the torso's box below which it is drawn from what hangs above, and at what share of its pace: each
hem lies on the hips in its own way, and puckers of this one's on the next are stains. The share of the box
over which the pace changes."""
_EVEN = 0.013
"""Standard deviation of a blur along folds that hang, in the box's height: where cloth folds over itself, the
edges of its triangles are teeth."""
_DEEP = 0.6
"""Logarithm, to base 2, of the light in a fold that is deep."""


@wp.kernel
def _look(mesh: wp.uint64, corner: wp.vec2, pixel: float, width: int, depth: wp.array(dtype=float)):
    i = wp.tid()
    start = wp.vec3(corner[0] + float(i % width) * pixel, -2.0, corner[1] - float(i // width) * pixel)
    hit = wp.mesh_query_ray(mesh, start, wp.vec3(0.0, 1.0, 0.0), 4.0)
    # What looks away is the inside of a collar or a sleeve.
    depth[i] = wp.where(hit.result and hit.normal[1] < 0.0, hit.t, -1.0)


def height_field(vertices: Array, faces: Index) -> tuple[F32, F32]:
    """A cloth's nearest surface from the front.

    Returns:
        Its height towards the viewer, metres, and whether there is any, both (H, W); x grows to the wearer's
        left, which is to the right in the picture, and z to its top.
    """
    used = vertices[np.unique(faces)]
    low, high = used.min(0) - 4 * _PIXEL_M, used.max(0) + 4 * _PIXEL_M
    width, height = (int((high[k] - low[k]) / _PIXEL_M) for k in (0, 2))
    with wp.ScopedDevice("cpu"):
        mesh = wp.Mesh(wp.array(vertices, dtype=wp.vec3), wp.array(faces.ravel().astype(np.int32), dtype=int))
        depth = wp.zeros(width * height, dtype=float)
        corner = wp.vec2(float(low[0]), float(high[2]))
        wp.launch(_look, dim=depth.size, inputs=[mesh.id, corner, _PIXEL_M, width, depth])
    seen = depth.numpy().reshape(height, width)
    return -seen, seen >= 0


def folds_of(height: F32, there: F32) -> tuple[F32, F32]:
    """Light on a height field, over that on the same without folds.

    Returns:
        The gain's logarithm to base 2, and how far it is to be trusted, in [0, 1], both (H, W): at its rim
        cloth turns away, and what its folds are there is not seen.
    """
    form = _blurred(height, there, _FORM_M / _PIXEL_M)
    fine = _blurred(height, there, 1.0)
    gain = _light(fine) / np.maximum(_light(form), 0.1)
    inside = cv2.erode(there.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0)
    apart = cv2.distanceTransform(np.pad(inside, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    return np.log2(np.clip(gain, 0.25, 4)), np.clip(apart * _PIXEL_M / _RIM_M, 0, 1)


def boxed(folds: F32, sure: F32, to_box: F32, side: int, *, hangs: bool = False) -> F32:
    """Folds over a unit box, (side, side) float32 in [-1, 1], their mean nought.

    Args:
        folds, sure: as of `folds_of`.
        to_box: (2, 3) the affine map from pixels to the unit box.
        side: of the result, in pixels.
        hangs: whether its hem hangs loose, so that its folds go straight on to it.
    """
    from_box = np.linalg.inv(np.vstack([to_box, [0, 0, 1]]))[:2]
    across = down = np.linspace(0, 1, side)
    if hangs:
        start, pace = _HANGS
        down = down - (1 - pace) * _EASE * np.logaddexp(0, (down - start) / _EASE)
    place = np.stack(np.meshgrid(across, down), -1)
    x, y = np.moveaxis((place @ from_box[:, :2].T + from_box[:, 2]).astype(np.float32), -1, 0)
    # Not to alias: a box's pixel is as large as this many of the height field's.
    size = max(np.hypot(*from_box[:, k]) / side for k in range(2))
    small, weight = (
        cv2.GaussianBlur(a.astype(np.float32), (0, 0), max(0.4 * size, 0.3)) for a in (folds * sure, sure)
    )
    looked = cv2.remap(small, x, y, cv2.INTER_LINEAR, borderValue=0)
    trust = cv2.remap(weight, x, y, cv2.INTER_LINEAR, borderValue=0)
    if hangs:
        looked, trust = (cv2.GaussianBlur(a, (1, 0), 0.1, sigmaY=_EVEN * side) for a in (looked, trust))
    looked = np.where(looked > 0, _LIT * looked, looked)
    mean = looked.sum() / trust.sum()
    rim = np.zeros((side, side), np.float32)
    inner = round(side * _SOFT_RIM)
    rim[inner:-inner, inner:-inner] = 1
    rim = cv2.blur(rim, (2 * inner - 1, 2 * inner - 1), borderType=cv2.BORDER_CONSTANT)
    rim *= np.clip((side - 1 - np.arange(side)) / (side * _SEWN), 0, 1)[:, None]
    return (_squeezed(looked - mean * trust) * rim).astype(np.float32)


def _squeezed(folds: F32) -> F32:
    """The light and the dark end of all folds, evened: a picture of eight bits has room for few extremes."""
    return np.tanh(folds / _DEEP)


def _light(height: F32) -> F32:
    """Of a height field (H, W), metres: a big soft light, and the sky as far as it is seen."""
    down, across = np.gradient(height, _PIXEL_M)
    normal = np.stack([-across, -np.ones_like(height), down], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    sun = np.clip((normal @ (np.array(_SUN) / np.linalg.norm(_SUN)) + _SOFT) / (1 + _SOFT), 0, None)
    return (1 - _SKY) * sun + _SKY * _sky(height)


def _sky(height: F32) -> F32:
    """Share of the sky that each place sees (H, W): 1 less the mean square sine of its horizons."""
    rows, columns = np.indices(height.shape, np.float32)
    hidden = np.zeros_like(height)
    for turn in np.arange(_WAYS) * 2 * np.pi / _WAYS:
        steepest = np.zeros_like(height)
        for far in _HORIZON_M:
            step = far / _PIXEL_M * np.array([np.cos(turn), np.sin(turn)], np.float32)
            there = cv2.remap(
                height.astype(np.float32),
                columns + step[0],
                rows + step[1],
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            steepest = np.maximum(steepest, (there - height) / far)
        hidden += steepest**2 / (1 + steepest**2)
    return 1 - hidden / _WAYS


def _blurred(height: F32, there: F32, sigma: float) -> F32:
    """Blurred where the cloth is, and continued beyond it."""
    weight = there.astype(np.float32)
    own = np.where(there, height, 0).astype(np.float32)
    total = np.full(height.shape, own.sum() / weight.sum(), np.float32)
    # From coarse to fine, so that the surface goes on beyond its rim and has no cliff there.
    for size in [s for s in (40.0, 20.0, 10.0, 5.0, 2.5) if s > sigma] + [sigma]:
        share = cv2.GaussianBlur(weight, (0, 0), size)
        mean = cv2.GaussianBlur(own, (0, 0), size) / np.maximum(share, 1e-6)
        sure = np.clip(share / 0.25, 0, 1)
        total = sure * mean + (1 - sure) * total
    return total
