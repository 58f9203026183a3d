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
    rows, columns = (slice(2 * cells.start, 2 * cells.stop) for cells in box)
    return rows, columns


def in_frame(picture: U8 | F32) -> Box:
    """Rows and columns of a crop, (h, w, c), that show the frame; around them its outermost pixels go on.

    Empty where a crop is of one colour.
    """
    rows, columns = (_changing(np.moveaxis(picture, axis, 0)) for axis in (0, 1))
    return rows, columns


def _changing(lines: U8 | F32) -> slice:
    """All lines but for those at either end that are like the next one."""
    if (lines[0] != lines[1]).any() and (lines[-1] != lines[-2]).any():
        return slice(0, len(lines))
    changes = np.flatnonzero((lines[1:] != lines[:-1]).any((1, 2)))
    return slice(int(changes[0]), int(changes[-1]) + 2) if len(changes) else slice(0, 0)
