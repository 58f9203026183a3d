"""Distances of sets of features against closed forms and plain loops."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from lookglass_export.evaluation.distances import frechet_distance, kernel_distance
from lookglass_export.evaluation.errors import EvaluationError


def sample(mean: np.ndarray, root: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Rows whose mean and covariance are exactly mean and root^T root."""
    rows = np.random.default_rng(seed).normal(size=(count, len(mean)))
    rows -= rows.mean(0)
    whitened = rows @ np.linalg.inv(np.linalg.cholesky(np.cov(rows, rowvar=False)).T)
    return whitened @ root + mean


def test_frechet_distance_of_known_gaussians() -> None:
    """Covariances with common axes: |m1 - m2|^2 + sum of (s1 - s2)^2 of the standard deviations."""
    deviations = np.array([1.0, 2.0, 0.5]), np.array([3.0, 1.0, 0.5])
    means = np.zeros(3), np.array([1.0, -2.0, 0.0])
    a, b = (sample(means[i], np.diag(deviations[i]), 40 + i, i) for i in (0, 1))
    expected = 5 + ((deviations[0] - deviations[1]) ** 2).sum()
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


def test_frechet_distance_is_the_formula_with_a_matrix_root() -> None:
    """Expected value: pytorch-fid's formula with scipy's square root of the product."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(60, 8)) @ rng.normal(size=(8, 8)), rng.normal(size=(90, 8)) + 0.3
    first, second = (np.cov(rows, rowvar=False) for rows in (a, b))
    root = sqrtm(first @ second).real
    shift = a.mean(0) - b.mean(0)
    expected = shift @ shift + np.trace(first + second - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("count", [5, 300])
def test_a_set_is_at_no_distance_from_itself(count: int) -> None:
    """With fewer rows than columns, too, where covariances are singular."""
    rows = np.random.default_rng(1).normal(size=(count, 64)).astype(np.float32)
    assert frechet_distance(rows, rows[::-1]) == pytest.approx(0, abs=1e-9)


def test_kernel_distance_is_the_unbiased_estimate() -> None:
    """Expected value: the sums of the definition in loops; with whole sets every subset is the same."""
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(6, 4)), rng.normal(size=(6, 4)) + 0.5

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return (x @ y / 4 + 1) ** 3

    within = [kernel(rows[i], rows[j]) for rows in (a, b) for i in range(6) for j in range(6) if i != j]
    across = [kernel(x, y) for x in a for y in b]
    expected = 2 * np.mean(within) - 2 * np.mean(across)
    assert kernel_distance(a, b, subsets=3) == pytest.approx(expected, rel=1e-9)


def test_kernel_distance_of_one_population_is_near_zero() -> None:
    rows = np.random.default_rng(3).normal(size=(400, 16))
    same, other = kernel_distance(rows[:200], rows[200:]), kernel_distance(rows[:200], rows[200:] + 1)
    assert abs(same) < 0.02 < other


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance])
def test_one_picture_is_no_distribution(distance) -> None:
    with pytest.raises(EvaluationError, match="two pictures"):
        distance(np.zeros((1, 4)), np.zeros((5, 4)))
