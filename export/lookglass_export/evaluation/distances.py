"""Distances between two sets of features: Fréchet (FID) and kernel (KID)."""

import numpy as np
import numpy.typing as npt

from lookglass_export.evaluation.errors import EvaluationError

Features = npt.NDArray[np.floating]


def frechet_distance(a: Features, b: Features) -> float:
    """Distance of the normal distributions with the sets' means and covariances (Heusel et al. 2017).

    The covariances enter by their triangular factors, A = Ra^T Ra: the trace of (A B)^(1/2) is then the sum
    of the singular values of Ra Rb^T, which needs no square root of a nearly singular matrix.

    Args:
        a, b: (n, d) and (m, d), at least two rows each.

    Raises:
        EvaluationError: a set has fewer than two rows.

    Example:
        >>> set_a = np.array([[0.0], [2.0]])
        >>> round(frechet_distance(set_a, set_a + 3), 6)
        9.0
    """
    a, b = _checked(a), _checked(b)
    shift = a.mean(0) - b.mean(0)
    root_a, root_b = _root(a), _root(b)
    mixed = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    return float(shift @ shift + (root_a**2).sum() + (root_b**2).sum() - 2 * mixed)


def kernel_distance(
    a: Features, b: Features, *, subsets: int = 100, size: int = 1000, seed: int = 0
) -> float:
    """Unbiased squared maximum mean discrepancy under (x.y / d + 1)^3, mean of random subsets.

    As in clean-fid (Binkowski et al. 2018); its subsets are drawn without a seed, ours with one. May be
    negative.

    Args:
        a, b: (n, d) and (m, d), at least two rows each.
        subsets: how many subsets are drawn.
        size: rows of a subset, fewer where a set is smaller.
        seed: of the draws.

    Raises:
        EvaluationError: a set has fewer than two rows.
    """
    a, b = _checked(a), _checked(b)
    rng, size = np.random.default_rng(seed), min(len(a), len(b), size)
    total = 0.0
    for _ in range(subsets):
        x, y = (rows[rng.choice(len(rows), size, replace=False)] for rows in (a, b))
        within = _kernel(x, x) + _kernel(y, y)
        total += (within.sum() - within.trace()) / (size - 1) - 2 * _kernel(x, y).sum() / size
    return float(total / subsets / size)


def _checked(features: Features) -> npt.NDArray[np.float64]:
    if len(features) < 2:
        raise EvaluationError(f"a distribution needs two pictures or more, and there is {len(features)}.")
    return np.asarray(features, np.float64)


def _root(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """R with R^T R the covariance, as `numpy.cov` has it."""
    return np.linalg.qr((rows - rows.mean(0)) / np.sqrt(len(rows) - 1), mode="r")


def _kernel(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return (x @ y.T / x.shape[1] + 1) ** 3
