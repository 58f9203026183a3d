"""Long sleeves carried on to the hand.

The network tells roughly where a sleeve ends. Where that is short of the old sleeve's end a stump of wrist
must be painted, and beside a sharp hand nothing is seen sooner. So a long sleeve, long by its photo, is drawn
out along the forearm until it ends where the old one did; over a bare arm it stays as it is.
"""

import math
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.box import Box, box_around, doubled
from lookglass.forearm import Forearm, Forearms, rise
from lookglass.remembered import remembered
from lookglass.types import F32, GARMENT_LABELS, PARTS, U8, Garment, Layers
from lookglass.worn import Worn

_LONG = (0.7, 0.8)
"""Length of a sleeve over that of the torso, in the photo, from which on it is long; 0.4 is to the elbow."""
_HAND = 1.16
"""How far down the forearm, elbow 0 and wrist landmark 1, a long sleeve may end."""
_SHORT = (0.45, 0.65)
"""A sleeve that is believed to end before that is no long one, or hidden."""
_ASIDE = np.linspace(-0.16, 0.16, 5)
_SPILL = 0.4
"""Cells by which the alpha of the old clothes is generous."""


def carry_on(layers: Layers, worn: Worn, arms: Forearms, garment: Garment) -> tuple[Layers, Worn]:
    """Carry long sleeves on to the hand.

    Args:
        layers: what the network returned.
        worn: the same through the garment's photo.
        arms: the wearer's forearms.
        garment: whose photo the flow points into.

    Returns:
        Both, with the sleeves drawn out; the same where there is nothing to do.
    """
    long = _long(garment.parts)
    if not any(long):
        return layers, worn
    flow, coverage, seen = layers.flow.copy(), worn.coverage.copy(), worn.seen.copy()
    for index, arm in enumerate(arms, 1):
        new, old = arm.end(seen[index], _ASIDE), arm.end(layers.painted_alpha, np.zeros(1))
        wanted = min(old - _SPILL / arm.length, _HAND)
        pull = max(wanted - new, 0) * long[index] * arm.seen * arm.apart * rise(new, _SHORT)
        if pull == 0:
            continue
        # Of the flow's grid, which is half as fine.
        part = box_around(_halved(coverage[index]) > 0, math.ceil(pull * arm.length / 2) + 1)
        at = doubled(part)
        x, y = _pulled(arm, new, pull, at)
        for layer in (coverage[index], seen[index]):
            layer[at] = _warped(layer, x, y)
        x, y = (_halved(a) * np.float32(0.5) - np.float32(0.25) for a in (x, y))
        for axis in flow[index]:
            axis[part] = _warped(axis, x, y)
    return replace(layers, flow=flow), replace(worn, coverage=coverage, seen=seen)


@remembered
def _long(parts: U8) -> list[float]:
    """For each of `PARTS`, in [0, 1]: 1 for a sleeve that reaches to the hand, by the torso's length."""
    torso, *sleeves = (_length(parts == GARMENT_LABELS.index(part)) for part in PARTS)
    return [0.0, *(rise(sleeve / max(torso, 1), _LONG) for sleeve in sleeves)]


def _length(shape: npt.NDArray[np.bool_]) -> float:
    points = cv2.findNonZero(shape.astype(np.uint8))
    return 0.0 if points is None else float(max(cv2.minAreaRect(points)[1]))


def _pulled(arm: Forearm, end: float, pull: float, at: Box) -> tuple[F32, F32]:
    """x and y, (h, w) each, of the place whose sleeve is to be seen at a cell of a box."""
    rows, columns = (np.arange(cells.start, cells.stop, dtype=np.float32) for cells in at)
    x, y = columns, rows[:, None]
    unit = arm.along / max(float(arm.along @ arm.along), 1e-6)
    down = (x - np.float32(arm.elbow[0])) * np.float32(unit[0])
    down = down + (y - np.float32(arm.elbow[1])) * np.float32(unit[1])
    back = np.clip(down * np.float32(1 / (end + pull)), 0, 1) * np.float32(-pull)
    return x + back * np.float32(arm.along[0]), y + back * np.float32(arm.along[1])


def _halved(layer: F32) -> F32:
    """Means of two by two."""
    height, width = layer.shape
    return np.asarray(cv2.resize(layer, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)


def _warped(layer: F32, x: F32, y: F32) -> F32:
    return np.asarray(cv2.remap(layer, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
