"""A hood as it is photographed: laid out or held up above the neck, its inside seen within its rim."""

import numpy as np

from lookglass_export.data.mesh import Array

_ARCH, _EDGE = 14, 21
_BEHIND_Y, _SIDE_Y, _TOP_EDGE_Y = 0.06, 0.03, -0.01


def raised(base: Array, rng: np.random.Generator) -> Array:
    """A hood that stands above the neck: wide or narrow, round or pointed, its rim broad or thin.

    Args:
        base: (8, 3) where it is sewn on, metres on the mean body, from the throat to the left side.
        rng: of its shape.

    Returns:
        (rows, 41, 3): rows go from the middle of its back out to its sides and on to its front edge, columns
        from the throat's right over the top to the throat's left.
    """
    height, wide = rng.uniform(0.13, 0.28), rng.uniform(0.1, 0.145)
    side, top = base[-1], base[-1, 2] + height
    arch = _bezier(
        side, [1.35 * wide - 0.35 * side[0], _SIDE_Y, side[2] + rng.uniform(0.2, 0.4) * height],
        [wide * rng.uniform(0.5, 1.15), _SIDE_Y, top], [0, _SIDE_Y, top], _ARCH,
    )  # fmt: skip
    outer = np.concatenate([base, arch[1:]])
    edge = _edge(outer, rng)
    rows = [_inwards(outer, *at) for at in ((0.0, 1.0), (0.55, 0.95), (0.85, 0.7))] + [outer]
    rows += [outer + (edge - outer) * share - [0, 0.012, 0] for share in (0.25, 0.65)] + [edge]
    half = np.stack(rows)
    return np.concatenate([half * [-1, 1, 1], half[:, -2::-1]], 1)


def _edge(outer: Array, rng: np.random.Generator) -> Array:
    """The front edge, (21, 3), from the throat up to the top, within the outline."""
    throat, top = outer[0], outer[-1, 2] - rng.uniform(0.004, 0.05)
    rim, low = rng.uniform(0.008, 0.06), throat[2] + rng.uniform(0.0, 0.02)
    wide = outer[:, 0].max() - rim
    edge = _bezier(
        [0.6 * throat[0], throat[1] - 0.01, low],
        [wide * rng.uniform(0.4, 1.4), throat[1] - 0.02, low + rng.uniform(0.1, 0.4) * (top - low)],
        [wide * rng.uniform(0.9, 1.6), _TOP_EDGE_Y - 0.02, top], [0, _TOP_EDGE_Y, top], _EDGE,
    )  # fmt: skip
    room = np.interp(edge[:, 2], outer[:, 2], outer[:, 0])
    edge[:, 0] = np.clip(edge[:, 0], 0, np.maximum(room - 0.7 * rim, 0.6 * room))
    return edge


def _inwards(outer: Array, out: float, behind: float) -> Array:
    """A row of the back: the outline drawn in to a share of its width and laid behind it."""
    row = outer.copy()
    row[:, 0] *= out
    row[:, 1] += behind * (_BEHIND_Y - row[:, 1])
    return row


def _bezier(a: Array | list, b: list, c: list, d: list, count: int) -> Array:  # type: ignore[type-arg]
    t = np.linspace(0, 1, count)[:, None]
    a, b, c, d = (np.asarray(p, float) for p in (a, b, c, d))
    return np.asarray((1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d)
