"""Lower garments as shops sell them: how broad they lie, how low the crotch hangs, how denim is washed.

The frozen test garments are `bottoms.sample_lower` alone.
"""

from dataclasses import replace

import numpy as np

from lookglass_export.data.bottoms import Lower, sample_lower


def sample_sold(rng: np.random.Generator, kind: str, *, test: bool) -> Lower:
    """A random garment of one kind, finished as sold where it isn't of a test."""
    lower = sample_lower(rng, kind, test=test)
    return lower if test else sold(rng, lower)


def sold(rng: np.random.Generator, lower: Lower) -> Lower:
    """The same garment with a sold one's breadth, length, crotch and wash.

    Laid flat, cloth is as broad as half its way around, up to a third more than as it is worn.
    """
    if lower.fabric.kind == "denim":
        lower = replace(lower, wash=_wash(rng))
    if lower.skirt:
        return replace(lower, broad=rng.uniform(1.0, 1.2))
    if lower.kind == "leggings":
        return replace(lower, broad=rng.uniform(0.95, 1.2))
    lower = replace(lower, broad=rng.triangular(1.0, 1.15, 1.35), drop=rng.uniform(0.02, 0.07))
    if lower.kind == "cropped" and rng.random() < 0.6:
        return replace(lower, hem=rng.uniform(0.84, 0.94))
    short = lower.kind in ("cropped", "shorts", "joggers")
    return lower if short else replace(lower, hem=max(lower.hem, rng.uniform(0.94, 1.03)))


def _wash(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Raw, rinsed or worn: fading of thighs and knees, whiskers, seams, mottling."""
    worn = rng.choice([0.0, rng.uniform(0.15, 0.5), rng.uniform(0.5, 1.4)], p=[0.25, 0.4, 0.35])
    return float(worn), float(worn) * rng.uniform(0.2, 1.0), rng.uniform(0.3, 1.0), worn * rng.uniform(0, 0.5)
