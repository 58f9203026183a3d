"""The filters on signals whose answer is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookglass.person.mask import MaskFilter
from lookglass.person.one_euro import OneEuroFilter
from lookglass.person.smoothing import POINTS_BETA, POINTS_MIN_CUTOFF_HZ
from lookglass.types import F32, Crop

FPS = 30.0
BODY = 213.0
"""Half a landmark square in pixels of the 256 px crop, for a person upright in the frame."""


def filtered(signal: F32, *, scale: float = BODY, fps: float = FPS) -> F32:
    """A signal (frames, 2) through the landmarks' filter."""
    smooth = OneEuroFilter(min_cutoff_hz=POINTS_MIN_CUTOFF_HZ, beta=POINTS_BETA)
    steps = [
        smooth(v[None], time_ns=round((i + 1) * 1e9 / fps), scale=scale)[0] for i, v in enumerate(signal)
    ]
    return np.array(steps, np.float32)


def track(x: np.ndarray) -> F32:
    """A point that moves along x."""
    return np.column_stack([x, np.zeros(len(x))]).astype(np.float32)


def test_without_beta_it_is_the_first_order_low_pass() -> None:
    """Step response against the closed form 1 - (1 - gain)^n."""
    smooth, gain = OneEuroFilter(min_cutoff_hz=2.0), 1 / (1 + FPS / (2 * math.pi * 2.0))
    smooth(np.zeros((1, 1), np.float32), time_ns=0)
    for n in range(1, 6):
        value = smooth(np.ones((1, 1), np.float32), time_ns=round(n * 1e9 / FPS))
        assert value[0, 0] == pytest.approx(1 - (1 - gain) ** n, rel=1e-4)


def test_noise_of_a_still_person_shrinks() -> None:
    """0.4 px of white noise, the most that sensor noise made of a sample photo's body landmarks."""
    noise = np.random.default_rng(0).normal(0, 0.4, (600, 2)).astype(np.float32)
    assert filtered(noise)[30:].std() < 0.55 * noise.std()


@pytest.mark.parametrize("pixels_per_s", [60, 200, 600])
def test_a_moving_point_lags_less_than_a_frame(pixels_per_s: float) -> None:
    """A ramp; its lag is the distance behind, over the speed."""
    ramp = track(np.arange(60) * pixels_per_s / FPS)
    behind = (ramp - filtered(ramp))[30:, 0].mean()
    assert behind / pixels_per_s * FPS < 1.0


def test_an_arm_raise_lags_at_most_two_frames() -> None:
    """166 px in 0.8 s, eased, as the rendered arm raise; noise on top; lag by best alignment."""
    time = np.clip((np.arange(90) / FPS - 1) / 0.8, 0, 1)
    wrist = 166 * time**2 * (3 - 2 * time)
    noise = np.random.default_rng(1).normal(0, 0.3, 90)
    smooth = filtered(track(wrist + noise))[:, 0]
    lags = np.arange(-1, 4, 0.05)
    errors = [np.abs(np.interp(np.arange(90) - lag, np.arange(90), wrist) - smooth).mean() for lag in lags]
    assert lags[int(np.argmin(errors))] < 1.0
    assert np.abs(smooth - wrist).max() < 2 * np.abs(np.diff(wrist)).max()


def test_a_jump_is_followed_within_two_frames() -> None:
    jump = track(np.r_[np.zeros(30), np.full(30, 80.0)])
    assert filtered(jump)[32, 0] > 0.9 * 80


@given(st.floats(0.05, 20))
def test_resolution_does_not_matter(scale: float) -> None:
    signal = np.random.default_rng(2).normal(0, 1, (40, 2)).cumsum(0).astype(np.float32)
    assert np.allclose(
        filtered(signal * scale, scale=BODY * scale), filtered(signal) * scale, rtol=1e-3, atol=1e-3
    )


def test_time_that_does_not_advance_starts_anew() -> None:
    smooth = OneEuroFilter(min_cutoff_hz=1.0)
    for time_ns in (10, 10, 5):
        assert smooth(np.full((1, 1), time_ns, np.float32), time_ns=time_ns)[0, 0] == time_ns


def test_a_sure_mask_is_never_delayed() -> None:
    smooth, crop = MaskFilter(), Crop(scale=0.5, center=(100.0, 100.0))
    smooth(np.zeros((256, 256), np.float32), crop)
    assert np.all(smooth(np.ones((256, 256), np.float32), crop) == 1)


def test_an_unsure_mask_leans_on_the_last_by_half() -> None:
    smooth, crop = MaskFilter(), Crop(scale=0.5, center=(100.0, 100.0))
    smooth(np.zeros((256, 256), np.float32), crop)
    assert np.allclose(smooth(np.full((256, 256), 0.5, np.float32), crop), 0.25)


def test_the_last_mask_moves_with_the_crop() -> None:
    """A soft disc fixed in the frame, seen by a crop that shifts and zooms, is already where it should be."""
    smooth = MaskFilter()
    for crop in (Crop(0.5, (300.0, 200.0)), Crop(0.55, (320.0, 190.0))):
        disc = _disc(crop, center=(310.0, 205.0), radius=80.0)
        assert np.abs(smooth(disc, crop) - disc).max() < 0.02


def _disc(crop: Crop, *, center: tuple[float, float], radius: float) -> F32:
    axis = (np.arange(256) - 127.5) / crop.scale
    distance = np.hypot(*np.meshgrid(axis + crop.center[0] - center[0], axis + crop.center[1] - center[1]))
    return np.asarray(1 / (1 + np.exp((distance - radius) / 8)), np.float32)


def test_what_moves_together_is_not_smoothed() -> None:
    smooth = OneEuroFilter(min_cutoff_hz=1.0)
    smooth(np.zeros((2, 2), np.float32), time_ns=0)
    smooth.move(np.float32([3, -2]))
    assert np.array_equal(smooth(np.float32([[3, -2]] * 2), time_ns=33_333_333), np.float32([[3, -2]] * 2))


def test_the_last_mask_moves_with_the_person() -> None:
    smooth, crop = MaskFilter(), Crop(0.5, (300.0, 200.0))
    smooth(_disc(crop, center=(310.0, 205.0), radius=80.0), crop)
    smooth.move(np.float32([6, -4]))
    disc = _disc(crop, center=(316.0, 201.0), radius=80.0)
    assert np.abs(smooth(disc, crop) - disc).max() < 0.02
