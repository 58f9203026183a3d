"""Whether enough of a person is in view to wear something."""

import numpy as np

from lookglass.errors import PersonNotFoundError
from lookglass.types import F32, Person

_SHOULDERS, _HIPS, _KNEES = [11, 12], [23, 24], [25, 26]
_VISIBLE = 0.3


def thighs_in_view(landmarks: F32, frame_size: tuple[int, int], *, slack: float = 0.0) -> bool:
    """True where the hips and, halfway to its knee, a leg are seen: there is something to hang trousers on.

    Args:
        landmarks: (33, 5) float32, as of a `Person`.
        frame_size: (height, width) of the frame.
        slack: torso lengths that they may lie outside the frame.

    Example:
        >>> marks = np.ones((33, 5), np.float32)
        >>> marks[[11, 12, 23, 24], :2] = [[60, 40], [40, 40], [58, 80], [42, 80]]
        >>> marks[[25, 26], :2] = [[58, 120], [42, 120]]
        >>> thighs_in_view(marks, (110, 100)), thighs_in_view(marks, (95, 100))
        (True, False)
        >>> thighs_in_view(marks, (95, 100), slack=0.2)
        True
    """
    hips, knees = landmarks[_HIPS], landmarks[_KNEES]
    torso = float(np.linalg.norm(hips[:, :2].mean(0) - landmarks[_SHOULDERS, :2].mean(0)))
    points = np.concatenate([hips, (hips + knees) / 2])
    least = -slack * torso
    most = np.array(frame_size[::-1], np.float32) - 1 - least
    seen = ((points[:, :2] >= least) & (points[:, :2] <= most)).all(1) & (points[:, 2] > _VISIBLE)
    return bool(seen[:2].all() and seen[2:].any())


def check_view(person: Person, frame_size: tuple[int, int]) -> None:
    """Say what of a person in a photo, (height, width), is missing for the category they were cut for.

    Raises:
        PersonNotFoundError: it is worn below the waist, and their legs are out of view.
    """
    if person.category == "lower" and not thighs_in_view(person.landmarks, frame_size):
        raise PersonNotFoundError(
            "too little of the person is in view for what is worn below the waist: use a photo that shows "
            "them from the hips to the middle of the thighs at least"
        )
