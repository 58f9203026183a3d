"""The painted layer meets the frame without a halo."""

import cv2
import numpy as np
import pytest

from lookglass.repaint import fit_paint

HEIGHT, WIDTH = 128, 96


def _scene() -> tuple[np.ndarray, np.ndarray]:
    """A bright wall with a darker arm down the middle, RGB in [0, 1], and where old clothes hide both."""
    truth = np.full((HEIGHT, WIDTH, 3), (0.8, 0.82, 0.9), np.float32)
    truth[:, 40:56] = (0.6, 0.45, 0.35)
    alpha = np.zeros((HEIGHT, WIDTH), np.float32)
    alpha[50:70, 34:62] = 1
    return truth, alpha


def _picture(truth: np.ndarray) -> np.ndarray:
    """The square crop whose central columns, averaged down, show `truth`."""
    columns = cv2.resize(truth, (192, 256), interpolation=cv2.INTER_NEAREST)
    square = np.pad(columns, ((0, 0), (32, 32), (0, 0)), mode="edge")
    return np.round(square[..., ::-1] * 255).astype(np.uint8)


@pytest.mark.parametrize("tint", [(0.1, 0.0, -0.1), (-0.12, -0.12, -0.12)])
def test_a_tint_is_taken_out_where_the_frame_is_hidden(tint: tuple[float, ...]) -> None:
    truth, alpha = _scene()
    painted = np.clip(truth + np.float32(tint), 0, 1).transpose(2, 0, 1)
    fitted = fit_paint(painted, alpha, _picture(truth)).transpose(1, 2, 0)
    hidden = alpha > 0
    before = np.abs(painted.transpose(1, 2, 0) - truth)[hidden].mean()
    assert np.abs(fitted - truth)[hidden].mean() < 0.2 * before


def test_what_is_wrong_with_the_wall_is_not_done_to_the_arm() -> None:
    truth, alpha = _scene()
    painted = truth.copy()
    painted[:, :40] -= 0.15
    painted[:, 56:] -= 0.15
    fitted = fit_paint(painted.transpose(2, 0, 1), alpha, _picture(truth)).transpose(1, 2, 0)
    arm, wall = (slice(52, 68), slice(44, 52)), (slice(52, 68), slice(57, 61))
    assert np.abs(fitted[arm] - truth[arm]).mean() < 0.04
    assert np.abs(fitted[wall] - truth[wall]).mean() < 0.04


def test_colours_stay_colours() -> None:
    rng = np.random.default_rng(0)
    painted = rng.random((3, HEIGHT, WIDTH), np.float32)
    picture = rng.integers(0, 256, (256, 256, 3), np.uint8)
    fitted = fit_paint(painted, rng.random((HEIGHT, WIDTH), np.float32), picture)
    assert fitted.dtype == np.float32
    assert fitted.min() >= 0
    assert fitted.max() <= 1
