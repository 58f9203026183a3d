"""Categories of garments: what a mirror looks at for each, and how one network dresses them all.

A garment is a trunk and two limbs of cloth. Trousers hang from the hips as a top hangs from the shoulders,
with legs for sleeves; so for what is worn below the waist the landmarks of arms and legs, of shoulders and
hips change places before the networks see them, and `PARTS` are the hips and the two legs.
"""

from dataclasses import dataclass

import numpy as np

from lookglass.types import CATEGORIES, F32

ARMS, LEGS = [13, 14, 15, 16], [25, 26, 27, 28]


@dataclass(frozen=True, slots=True)
class View:
    """The square crop for a category, in torso lengths (mid-shoulder to mid-hip).

    Attributes:
        middle: how far below the shoulders its centre lies.
        side: how long its side is.
        limbs: landmarks that must not be cut off at the sides.
    """

    middle: float
    side: float
    limbs: list[int]


VIEWS = {
    "upper": View(0.5, 2.6, ARMS),
    "lower": View(1.75, 2.6, LEGS),
    "dress": View(1.15, 3.4, ARMS),
}

_TURNED = np.arange(33)
for _arm, _leg in ((11, 23), (13, 25), (15, 27), (19, 31)):
    for _side in (0, 1):
        _TURNED[[_arm + _side, _leg + _side]] = _leg + _side, _arm + _side


def as_worn(landmarks: F32, category: str) -> F32:
    """Landmarks (33, n) as the networks take them: below the waist hips are shoulders and legs are arms.

    Example:
        >>> marks = np.arange(33, dtype=np.float32)[:, None]
        >>> as_worn(marks, "lower")[[11, 13, 15], 0].tolist()
        [23.0, 25.0, 27.0]
        >>> as_worn(marks, "dress")[11, 0]
        np.float32(11.0)
    """
    return landmarks[_TURNED] if category == "lower" else landmarks


def one_hot(category: str) -> F32:
    """(1, 3) float32, 1 at the category's place in `CATEGORIES`."""
    return np.array([[float(category == name) for name in CATEGORIES]], np.float32)
