"""Boxes around what matters, so that no work is done beside it."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.types import F32, U8

Box = tuple[slice, slice]
"""Rows and columns."""


def box_around(support: npt.NDArray[np.bool_], grow: int) -> Box:
    """The smallest box that holds a (h, w) map's support, grown, inside the map; empty without support.

    Example:
        >>> dot = np.zeros((9, 9), bool)
        >>> dot[4, 7] = True
        >>> box_around(dot, 2)
        (slice(2, 7, None), slice(5, 9, None))
    """
    left, top, width, height = cv2.boundingRect(support.astype(np.uint8))
    if width == 0:
        return slice(0, 0), slice(0, 0)
    rows = slice(max(top - grow, 0), min(top + height + grow, support.shape[0]))
    return rows, slice(max(left - grow, 0), min(left + width + grow, support.shape[1]))


def doubled(box: Box) -> Box:
    """The same box on a grid twice as fine."""
    rows, columns = (slice(2 * side.start, 2 * side.stop) for side in box)
    return rows, columns


def cells(first: float, last: float) -> slice:
    """Those between two places; none beyond the first of a grid.

    Example:
        >>> cells(-2.0, 3.4)
        slice(0, 3, None)
    """
    return slice(max(round(first), 0), max(round(last), 0))


def in_frame(picture: U8 | F32) -> Box:
    """Rows and columns of a crop, (h, w, c), that show the frame; around them its outermost pixels go on.

    Empty where a crop is of one colour.
    """
    # One axis at a time: NumPy finds any of two axes ten times as slowly.
    down = (picture[1:] != picture[:-1]).reshape(len(picture) - 1, -1).any(1)
    across = (picture[:, 1:] != picture[:, :-1]).any(0).any(1)
    return _between(down), _between(across)


def _between(changes: npt.NDArray[np.bool_]) -> slice:
    """From the first to the last line that differs from a neighbour."""
    at = np.flatnonzero(changes)
    return slice(int(at[0]), int(at[-1]) + 2) if len(at) else slice(0, 0)
