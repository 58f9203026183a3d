"""Percentiles that are only given where the samples carry them."""

from collections.abc import Collection

import numpy as np

SAMPLES_NEEDED = {50: 1, 90: 64, 95: 130, 99: 662}
"""Percentile -> fewest samples.

With that many, at least two samples lie beyond the percentile with 99 % confidence (the rule behind MLPerf
LoadGen's early stopping); a median describes any samples there are.
"""


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
