"""The One-Euro filter (Casiez, Roussel, Vogel, CHI 2012): smooth at rest, quick in motion."""

import math

import numpy as np

from lookglass.types import F32


class OneEuroFilter:
    """Smooths an array of values over time; the cut-off frequency rises with speed.

    Args:
        min_cutoff_hz: cut-off at rest; lower is steadier.
        beta: rise of the cut-off per speed, in Hz per (scale per second); higher is quicker.
        speed_cutoff_hz: cut-off of the speed's own filter.
    """

    def __init__(
        self, *, min_cutoff_hz: float = 1.0, beta: float = 20.0, speed_cutoff_hz: float = 2.0
    ) -> None:
        self._min_cutoff_hz, self._beta, self._speed_cutoff_hz = min_cutoff_hz, beta, speed_cutoff_hz
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next value is taken as it is."""
        self._value: F32 | None = None
        self._speed: F32 | None = None
        self._time_ns = 0

    def __call__(self, value: F32, *, scale: float, time_ns: int) -> F32:
        """Filter the next value.

        Args:
            value: (n, 2) float32 points.
            scale: size of the body in the value's unit; makes the behaviour independent of resolution.
            time_ns: when it was measured; a time that does not advance leaves the filter as it is.

        Returns:
            The smoothed points, as `value`.
        """
        if self._value is None or self._speed is None:
            self._value, self._speed, self._time_ns = value, np.zeros_like(value), time_ns
        seconds = (time_ns - self._time_ns) / 1e9
        if seconds <= 0:
            return self._value
        speed = (value - self._value) / (scale * seconds)
        self._speed += _gain(self._speed_cutoff_hz, seconds) * (speed - self._speed)
        norm = np.linalg.norm(self._speed, axis=1, keepdims=True)
        gain = _gain(self._min_cutoff_hz + self._beta * norm, seconds)
        self._value = np.asarray(self._value + gain * (value - self._value), np.float32)
        self._time_ns = time_ns
        return self._value


def _gain(cutoff_hz: F32 | float, seconds: float) -> F32:
    """Weight of the new value in a first-order low-pass."""
    return np.asarray(1 / (1 + 1 / (2 * math.pi * cutoff_hz * seconds)), np.float32)
