"""Layers unrolled along a forearm: a row is a place along it, a column a cell across."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np

from lookglass.finish.box import Box
from lookglass.finish.forearm import Forearm
from lookglass.types import F32

ACROSS = 0.4
"""Share of the forearm, on either side of it, in which a sleeve lies."""
_FROM, _STEP, _STEPS = 0.4, 1 / 40, 37
"""Share of the forearm from which a sleeve's end and the hand are looked for, and in what steps."""


@dataclass(frozen=True, slots=True)
class Unrolled:
    """The places of a forearm's strip.

    Attributes:
        x, y: (rows, columns), in cells of a layer.
        across: (columns,) cells from the forearm.
    """

    x: F32
    y: F32
    across: F32

    @classmethod
    def along(cls, arm: Forearm) -> Self:
        """Those along an arm, on the grid it is told on."""
        across = np.arange(-round(ACROSS * arm.length), round(ACROSS * arm.length) + 1, dtype=np.float32)
        rows = _FROM + np.arange(_STEPS, dtype=np.float32)[:, None] * np.float32(_STEP)
        return cls(*places(arm, rows, across), across)

    @property
    def shares(self) -> F32:
        """(rows,) of the forearm."""
        return _FROM + np.arange(_STEPS, dtype=np.float32) * np.float32(_STEP)

    def on(self, cell: float) -> Self:
        """The same places on a grid with another number of cells for each."""
        return type(self)(*rescaled(self.x, self.y, cell), self.across)

    def between(self, first: float, last: float) -> Self:
        """Those between two shares of the forearm."""
        rows = self.rows(first, last)
        return type(self)(self.x[rows], self.y[rows], self.across)

    def of(self, layer: F32) -> F32:
        """What a layer, (h, w), shows there."""
        return remapped(layer, self.x, self.y)

    @staticmethod
    def rows(first: float, last: float) -> slice:
        """Rows between two shares of the forearm, as far as they are in the strip."""
        row, stop = (round((share - _FROM) / _STEP) for share in (first, last))
        return slice(max(row, 0), max(stop, 1))

    def measured(self, rows: F32) -> tuple[float, float, float]:
        """Width of what rows, (n, columns), show, as if it were opaque, its middle, cells, and its most."""
        columns = rows.sum(0) / np.float32(len(rows))
        total, most = float(columns.sum()), float(columns.max())
        return total / max(most, 0.5), float(columns @ self.across) / max(total, 0.1), most

    def end(self, sleeve: F32, across: float = 0.0) -> float:
        """Where a sleeve, unrolled, ends so many cells beside the forearm, in shares of it."""
        there = np.minimum.accumulate(self._column(sleeve, across))
        return _FROM + float(there.sum()) * _STEP

    def begin(self, hand: F32, across: float) -> float:
        """Where a hand, unrolled, begins so many cells beside the forearm; it is there at the strip's end."""
        there = np.minimum.accumulate(self._column(hand, across)[::-1])
        return _FROM + (_STEPS - 1 - float(there.sum())) * _STEP + _STEP / 2

    def _column(self, layer: F32, across: float) -> F32:
        """(rows,) the most of a layer, unrolled, so many cells beside the forearm."""
        reach = len(self.across) // 2
        column = min(max(round(across) + reach, 1), 2 * reach - 1)
        return np.asarray(layer[:, column - 1 : column + 2].max(1), np.float32)


def places(arm: Forearm, along: F32, across: F32) -> tuple[F32, F32]:
    """x and y, in cells, of places in shares of a forearm along it and cells across."""
    (left, top), (right, down), length = arm.elbow.tolist(), arm.along.tolist(), arm.length
    x, y = left + along * right - across * (down / length), top + along * down + across * (right / length)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def beside(arm: Forearm, box: Box, fine: float = 1) -> tuple[F32, F32]:
    """Where the pixels of a box, so many a cell, are, in shares of a forearm along it and cells across."""
    size, first = 1 / fine, 0.5 / fine - 0.5
    (left, top), length = arm.elbow.tolist(), arm.length
    y = np.arange(box[0].start, box[0].stop, dtype=np.float32)[:, None] * size + (first - top)
    x = np.arange(box[1].start, box[1].stop, dtype=np.float32) * size + (first - left)
    right, down = (arm.along / length).tolist()
    along = (right / length) * x + (down / length) * y
    across = right * y - down * x
    return np.asarray(along, np.float32), np.asarray(across, np.float32)


def rescaled(x: F32, y: F32, cell: float) -> tuple[F32, F32]:
    """Places on a grid with another number of cells for each."""
    moved = np.float32(0.5 * cell - 0.5)
    return x * np.float32(cell) + moved, y * np.float32(cell) + moved


def remapped(layer: F32, x: F32, y: F32, beyond: int = cv2.BORDER_CONSTANT) -> F32:
    """What a layer, (h, w), shows at places."""
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=beyond), np.float32)


def ramp(value: float, low: float, high: float) -> float:
    """0 up to the low, 1 from the high on.

    Example:
        >>> [ramp(value, 1.0, 3.0) for value in (0.0, 2.0, 4.0)]
        [0.0, 0.5, 1.0]
    """
    return min(max((value - low) / (high - low), 0.0), 1.0)


def clipped(values: F32) -> F32:
    """To [0, 1]."""
    return values.clip(0, 1)  # Half the time of minimum and maximum, or `np.clip`, on so few values.
