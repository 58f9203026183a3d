"""The form of an arm that hangs, as light: elbow, muscles and wrist, which the old sleeve did not show.

Bumps and dips are laid on a cylinder, for a relaxed arm whose thumb is towards the body, and lit from above
and in front. They are the same for everybody, so they are faint.
"""

from functools import cache

import cv2
import numpy as np

from lookglass.types import F32

_FROM, _TO = -0.7, 1.1
"""What it spans along the arm, in forearms from the elbow."""
_ROWS, _COLUMNS = 90, 33
"""Of the map; its columns go from the inner to the outer edge, -1 to 1 across the arm."""
_FORMS = (
    # along, across; half its length and breadth; slant, across an along; height
    (-0.48, -0.05, 0.30, 0.50, 0.0, 0.16),  # biceps
    (-0.60, 0.80, 0.30, 0.35, 0.4, 0.08),  # deltoid's end and triceps, on the outer side
    (0.00, -0.30, 0.10, 0.45, 0.0, -0.08),  # the pit of the elbow
    (0.10, 0.35, 0.30, 0.30, -0.9, 0.14),  # brachioradialis, from the outer side to the thumb
    (0.28, -0.70, 0.26, 0.30, 0.3, 0.09),  # flexors
    (0.40, 0.45, 0.25, 0.12, -0.5, -0.04),  # between extensors
    (0.96, 0.62, 0.05, 0.25, 0.0, 0.05),  # head of the ulna
    (0.90, -0.15, 0.16, 0.12, 0.0, 0.03),  # tendons of the thumb
)
_LIGHT = 0.28, -0.10
"""How much light a slope of one takes or gives: down the arm, for the light is from above, and across it."""
_SHINE = 0.5
"""How much of its height a bump is lighter: it sees more of the room."""


def form_at(along: F32, across: F32) -> F32:
    """Share of its light that the form of an arm takes or gives at places.

    Args:
        along: in forearms from the elbow, towards the wrist.
        across: from -1 at the inner to 1 at the outer edge.
    """
    row = (along - np.float32(_FROM)) * np.float32((_ROWS - 1) / (_TO - _FROM))
    column = (across + 1) * np.float32((_COLUMNS - 1) / 2)
    form = cv2.remap(_form(), column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(form, np.float32)


@cache
def _form() -> F32:
    """(_ROWS, _COLUMNS) what the form of a right arm adds to its light, as a share, about 0 in the mean."""
    along = np.linspace(_FROM, _TO, _ROWS)[:, None]
    across = np.linspace(-1, 1, _COLUMNS)
    height = np.zeros((_ROWS, _COLUMNS))
    for row, column, long, wide, slant, high in _FORMS:
        down, aside = along - row, across - column
        height += high * np.exp(-((down / long) ** 2) - ((aside - slant * down) / wide) ** 2)
    down, aside = np.gradient(height, along[:, 0], across)
    light = _LIGHT[0] * down + _LIGHT[1] * aside + _SHINE * height
    return np.asarray(light - light.mean(), np.float32)
