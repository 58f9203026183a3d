"""The One-Euro filter (Casiez, Roussel, Vogel, CHI 2012): smooth at rest, quick in motion."""

import math

import numpy as np

from lookglass.types import F32


class OneEuroFilter:
    """Smooths rows of values over time; a row's cut-off frequency rises with its speed.

    Args:
        min_cutoff_hz: cut-off at rest; lower is steadier.
        beta: rise of the cut-off per speed, in Hz per (scale per second); higher is quicker. Zero makes
            a plain low-pass.
        speed_cutoff_hz: cut-off of the speed's own filter.
    """

    def __init__(self, *, min_cutoff_hz: float, beta: float = 0.0, speed_cutoff_hz: float = 1.0) -> None:
        self._min_cutoff_hz, self._beta, self._speed_cutoff_hz = min_cutoff_hz, beta, speed_cutoff_hz
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next values are taken as they are."""
        self._last: tuple[F32, F32, int] | None = None

    def move(self, by: F32) -> None:
        """Say that everything moved by (k,) since the last values, so that it need not be smoothed."""
        if self._last is not None:
            values, speed, time_ns = self._last
            self._last = values + by, speed, time_ns

    def __call__(self, values: F32, *, time_ns: int, scale: float = 1.0) -> F32:
        """Filter the next values.

        Args:
            values: (n, k) float32, n rows, such as points, that move on their own.
            time_ns: when they were measured; a time that does not advance starts anew.
            scale: a length of the body in the values' unit; makes the behaviour independent of resolution.

        Returns:
            The smoothed values, as `values`.

        Example:
            >>> smooth = OneEuroFilter(min_cutoff_hz=1.0)
            >>> float(smooth(np.float32([[0.0]]), time_ns=0)[0, 0])
            0.0
            >>> round(float(smooth(np.float32([[1.0]]), time_ns=33_333_333)[0, 0]), 3)
            0.173
        """
        if self._last is None or time_ns <= self._last[2]:
            self._last = values, np.zeros_like(values), time_ns
            return values
        last, speed, last_ns = self._last
        seconds = (time_ns - last_ns) / 1e9
        new_speed = (values - last) / (scale * seconds)
        speed = speed + _gain(self._speed_cutoff_hz, seconds) * (new_speed - speed)
        cutoff_hz = self._min_cutoff_hz + self._beta * np.linalg.norm(speed, axis=1, keepdims=True)
        values = np.asarray(last + _gain(cutoff_hz, seconds) * (values - last), np.float32)
        self._last = values, np.asarray(speed, np.float32), time_ns
        return values


def _gain(cutoff_hz: F32 | float, seconds: float) -> F32:
    """Weight of the new value in a first-order low-pass."""
    return np.asarray(1 / (1 + 1 / (2 * math.pi * cutoff_hz * seconds)), np.float32)
