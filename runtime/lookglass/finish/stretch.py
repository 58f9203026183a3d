"""Layers stretched from top to bottom, and from side to side, row by row."""

import cv2
import numpy as np

from lookglass.types import F32

_EASE, _LEAST = 32.0, 3.0
"""Length of cloth, of 128, that is stretched where its end is moved; in gaps, that length at least."""


def stretched(layers: F32, rows: F32) -> F32:
    """Layers, (..., h, w), of which row y shows what was at a row (h',), between two of them mixed.

    Example:
        >>> layer = np.array([[0], [10], [20]], np.float32)
        >>> stretched(layer, np.array([0, 0.5, 9], np.float32)).ravel().tolist()
        [0.0, 5.0, 20.0]
    """
    rows = np.clip(rows, 0, layers.shape[-2] - 1)
    above = np.minimum(rows.astype(int), layers.shape[-2] - 2)
    share = (rows - above.astype(np.float32))[:, None]
    upper = layers[..., above, :]
    return np.asarray(upper + share * (layers[..., above + 1, :] - upper), np.float32)


def let(layers: F32, hem: float, gap: float) -> F32:
    """Layers, (..., h, w), whose row `hem` is moved down by a gap, and those above ever less."""
    ease, rows = (
        max(_EASE * layers.shape[-2] / 128, _LEAST * gap),
        np.arange(layers.shape[-2], dtype=np.float32),
    )
    return stretched(layers, rows - gap * np.clip((rows - (hem - ease)) / (ease + gap), 0, 1))


def across(layers: F32, columns: F32) -> F32:
    """Layers, (c, h, w), looked up along their rows at other columns, (h, w)."""
    rows = np.repeat(np.arange(len(columns), dtype=np.float32)[:, None], columns.shape[1], 1)
    seen = cv2.remap(
        cv2.merge(tuple(layers)), columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.split(seen), np.float32)
