"""Hoodies and hooded jackets for the parser alone: hoods that stand or lie, cords, pockets, zips."""

from dataclasses import replace

import cv2
import numpy as np

from lookglass_export.data.fabric import DECOR_M, DECOR_PX, DECOR_TOP_M, Fabric, random_colour, sew_front
from lookglass_export.data.garments import Top, sample_top
from lookglass_export.data.tailor import tailored

_RAISED, _PLAIN = 0.6, 0.25
"""Shares of hoods that stand above the neck, and of garments without a finish."""


def hooded_kinds(rng: np.random.Generator) -> list[str]:
    """A page of them: a hoodie, a jacket that hangs open, and one of either or a closed jacket."""
    return ["hoodie", "open_jacket", str(rng.choice(["hoodie", "hoodie", "closed_jacket", "open_jacket"]))]


def sample_hooded(rng: np.random.Generator, kind: str) -> Top:
    """A "hoodie", or an "open_jacket" or "closed_jacket" with a hood."""
    top = sample_top(rng, kind)
    if rng.random() > _PLAIN:
        top = tailored(rng, top)
    gap = {"hoodie": rng.uniform(0.02, 0.2), "closed_jacket": rng.uniform(0.02, 0.15)}.get(
        kind, top.collar_gap
    )
    if kind == "hoodie" and rng.random() < 0.3:
        sew_front(rng, top.fabric, fastening="zip", neck_z=0.58, end_z=-0.1)
    if kind == "hoodie" or rng.random() < 0.3:
        _cords_and_pocket(rng, top.fabric)
    return replace(top, collar="raised" if rng.random() < _RAISED else "hood", collar_gap=gap)


def _cords_and_pocket(rng: np.random.Generator, fabric: Fabric) -> None:
    """Draw what hangs from a hood and what is sewn on below, in place."""

    def px(x: float, z: float) -> tuple[int, int]:
        return int((x / DECOR_M + 0.5) * DECOR_PX), int((DECOR_TOP_M - z) / DECOR_M * DECOR_PX)

    light = random_colour(rng) if rng.random() < 0.6 else fabric.accent
    colour = (*(int(255 * c) for c in np.clip(light, 0, 1)), 255)
    if rng.random() < 0.7:
        for sign in (-1, 1):
            x, low = sign * rng.uniform(0.02, 0.045), rng.uniform(0.25, 0.42)
            thick = int(rng.integers(3, 7))
            cv2.line(
                fabric.decor, px(x, 0.56), px(x * rng.uniform(0.8, 1.3), low), colour, thick, cv2.LINE_AA
            )
    if rng.random() < 0.6:
        dark = (*(int(255 * c) for c in np.clip(fabric.accent * 0.7, 0, 1)), 255)
        top, half = rng.uniform(0.18, 0.26), rng.uniform(0.1, 0.14)
        points = [
            (-0.6 * half, top),
            (0.6 * half, top),
            (half, top - 0.11),
            (half, 0.05),
            (-half, 0.05),
            (-half, top - 0.11),
        ]
        cv2.polylines(
            fabric.decor, [np.array([px(*p) for p in points], np.int32)], True, dark, 2, cv2.LINE_AA
        )
