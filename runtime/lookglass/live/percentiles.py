"""Percentiles that are only given where the samples carry them."""

from collections.abc import Collection, Iterator

import numpy as np

SAMPLES_NEEDED = {50: 1, 90: 64, 95: 130, 99: 662}
"""Percentile -> fewest samples.

With that many, at least two samples lie beyond the percentile with 99 % confidence (the rule behind MLPerf
LoadGen's early stopping); a median describes any samples there are.
"""


class Latest(Collection[float]):
    """The last so many samples, in memory that is taken at once: what runs for days must not grow.

    Args:
        count: how many are kept.

    Example:
        >>> latest = Latest(2)
        >>> for sample in (1.0, 2.0, 3.0):
        ...     latest.append(sample)
        >>> sorted(latest)
        [2.0, 3.0]
    """

    def __init__(self, count: int) -> None:
        self._kept = np.full(count, np.nan, np.float32)
        self._taken = 0

    def append(self, sample: float) -> None:
        """Take one more; the oldest goes where there is no room."""
        self._kept[self._taken % len(self._kept)] = sample
        self._taken += 1

    def __len__(self) -> int:
        return min(self._taken, len(self._kept))

    def __iter__(self) -> Iterator[float]:
        return iter(self._kept[: len(self)].tolist())

    def __contains__(self, sample: object) -> bool:
        return sample in list(self)


def percentile(samples: Collection[float], percent: int) -> float | None:
    """A percentile, or None where there are too few samples to speak of one.

    Example:
        >>> percentile([1.0, 2.0, 3.0], 50), percentile([1.0, 2.0, 3.0], 99)
        (2.0, None)
    """
    if len(samples) < SAMPLES_NEEDED[percent]:
        return None
    return round(float(np.percentile(list(samples), percent)), 3)


def summary(samples: Collection[float], *percents: int) -> dict[str, float | int | None]:
    """Percentiles by name, and the number of samples.

    Example:
        >>> summary([4.0], 50, 95)
        {'p50': 4.0, 'p95': None, 'n': 1}
    """
    return {f"p{percent}": percentile(samples, percent) for percent in percents} | {"n": len(samples)}
