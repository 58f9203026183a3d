"""What a flow does to a garment's photo: how evenly it stretches it, and how much of it it shows."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH
from lookglass.types import F32, Garment

Bools = npt.NDArray[np.bool_]

_CELLS = 64
"""Cells along each side of the garment frame in which its area is counted."""


def stretch(flow: F32, visible: Bools) -> tuple[float, list[float]]:
    """How evenly the photo is stretched over what is visible, and each part's scale, 0 where it is not."""
    evenness, scales = [np.zeros(0, np.float32)], [0.0, 0.0, 0.0]
    for index, part in enumerate(flow):
        cells = cv2.resize(visible[index].astype(np.float32), part.shape[:0:-1], interpolation=cv2.INTER_AREA)
        inner = cells[:-1, :-1] > 0.9
        if inner.any():
            across, down = (
                np.diff(part, axis=2)[:, :-1, :][:, inner],
                np.diff(part, axis=1)[:, :, :-1][:, inner],
            )
            area = np.maximum(np.abs(across[0] * down[1] - across[1] * down[0]), 1e-9)
            median = float(np.median(area))
            evenness.append(
                _roundness(across, down, area) * np.sqrt(np.minimum(area / median, median / area))
            )
            scales[index] = median**-0.5
    found = np.concatenate(evenness)
    return float(found.mean()) if found.size else 0.0, scales


def _roundness(across: F32, down: F32, area: F32) -> F32:
    """Ratio of the two stretches of a Jacobian: s1 s2 is its area, s1^2 + s2^2 its squared norm."""
    norm = (across**2).sum(0) + (down**2).sum(0)
    longer = (norm + np.sqrt(np.maximum(norm**2 - 4 * area**2, 0))) / 2
    return np.asarray(area / longer, np.float32)


def shown_share(garment: Garment, flow: F32, covered: Bools, visible: Bools) -> float:
    """Share of the garment's area that is visible, of what is not hidden for a good reason."""
    alpha = cv2.resize(garment.texture[..., 3], (_CELLS, _CELLS), interpolation=cv2.INTER_AREA) > 127
    seen, reached = _reached(flow, visible), _reached(flow, covered)
    wanted = alpha & (seen | ~reached)
    return float((alpha & seen).sum() / max(wanted.sum(), 1))


def _reached(flow: F32, places: Bools) -> Bools:
    """(64, 64) bool: cells of the garment frame that some place looks at."""
    reached = np.zeros((_CELLS, _CELLS), np.uint8)
    for part, place in zip(flow, places, strict=True):
        fine = cv2.resize(
            part.transpose(1, 2, 0), (MODEL_WIDTH, MODEL_HEIGHT), interpolation=cv2.INTER_LINEAR
        )
        x, y = np.clip((fine[place] + 1) / 2 * _CELLS, 0, _CELLS - 1).astype(int).T
        reached[y, x] = 1
    return np.asarray(cv2.morphologyEx(reached, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)) > 0)


def proportion(scales: list[float]) -> float:
    """How well the sleeves keep their scale beside the torso's, 1 where there is nothing to compare."""
    ratios = [min(s / scales[0], scales[0] / s) for s in scales[1:] if s and scales[0]]
    return float(np.sqrt(np.mean(ratios))) if ratios else 1.0
