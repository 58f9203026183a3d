"""Fitting the painted layer to the frame around it.

The network paints what the old clothes hid a little off in colour, which shows as a halo where its paint
meets the camera's picture. Around the old clothes both are known, so the error can be measured there and
carried inwards: a guided filter (He et al. 2010), weighted by what is known, with the paint itself as the
guide, so that what is learned on a wall corrects the wall and not the arm before it. The filter runs on
the alpha's coarser grid and its coefficients are enlarged (fast guided filter, He and Sun 2015).
"""

import cv2
import numpy as np

from lookglass.person.crop import model_columns
from lookglass.types import F32, U8

_NEAR_PX, _FAR_PX, _FAR_SHARE = 9, 25, 0.1
"""Sides of two neighbourhoods on the alpha's grid. The near one counts, for paint must meet the frame without
a step; the far one, a quarter of the crop's width, speaks where the near one holds nothing known."""
_FLATNESS = 0.03**2
"""Variance of paint below which a neighbourhood is corrected by a constant."""
_MOST = np.float32(0.2)


def fit_paint(painted: F32, painted_alpha: F32, picture: U8) -> F32:
    """Correct the painted layer by its error where the frame shows the truth.

    Args:
        painted: (3, H, W) float32 RGB in [0, 1].
        painted_alpha: (h, w) float32 in [0, 1]; the frame is trusted where it is 0.
        picture: (256, 256, 3) uint8 BGR, the person crop.

    Returns:
        (3, H, W) float32 RGB in [0, 1].
    """
    full = np.ascontiguousarray(painted.transpose(1, 2, 0))
    height, width = painted_alpha.shape
    columns = np.ascontiguousarray(model_columns(picture)[..., ::-1], np.uint8)
    shown = cv2.resize(columns, (width, height), interpolation=cv2.INTER_AREA) * np.float32(1 / 255)
    paint = np.asarray(cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA), np.float32)
    known = np.clip(1 - 3 * painted_alpha, 0, 1)[..., None]
    error = shown - paint
    share = _blur(known) + np.float32(1e-3)
    mean_paint, mean_error = _blur(known * paint) / share, _blur(known * error) / share
    covariance = _blur(known * paint * error) / share - mean_paint * mean_error
    variance = _blur(known * paint * paint) / share - mean_paint * mean_paint
    slope = covariance / (variance + np.float32(_FLATNESS))
    offset = mean_error - slope * mean_paint
    slope, offset = (cv2.resize(_blur(c), full.shape[1::-1]) for c in (slope, offset))
    fitted = np.clip(full + np.clip(slope * full + offset, -_MOST, _MOST), 0, 1)
    return np.ascontiguousarray(fitted.transpose(2, 0, 1), np.float32)


def _blur(values: F32) -> F32:
    near, far = (cv2.blur(values, (side, side)) for side in (_NEAR_PX, _FAR_PX))
    blurred = np.asarray(cv2.addWeighted(near, 1 - _FAR_SHARE, far, _FAR_SHARE, 0), np.float32)
    return blurred if blurred.ndim == 3 else blurred[..., None]
