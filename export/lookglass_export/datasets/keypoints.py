"""Key points of OpenPose, put where MediaPipe has the same joint."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lookglass.types import F32, LANDMARK_COUNT
from lookglass_export.datasets.errors import DatasetError

_ARMS = {0: 0, 2: 12, 3: 14, 4: 16, 5: 11, 6: 13, 7: 15}
COCO_18 = _ARMS | {8: 24, 9: 26, 10: 28, 11: 23, 12: 25, 13: 27, 14: 5, 15: 2, 16: 8, 17: 7}
"""OpenPose's index to MediaPipe's. The neck has no counterpart."""

BODY_25 = _ARMS | {9: 24, 10: 26, 11: 28, 12: 23, 13: 25, 14: 27, 15: 5, 16: 2, 17: 8, 18: 7} | {
    19: 31, 21: 29, 22: 32, 24: 30
}  # fmt: skip
"""Here 8 is the middle of the hips and all behind it is one further; it and the small toes have none."""

_ORDERS: Mapping[int, Mapping[int, int]] = {18: COCO_18, 25: BODY_25}


def read_openpose(path: Path, size: tuple[int, int]) -> F32:
    """Read an OpenPose file, the most confident person of it.

    Args:
        path: the JSON file, of OpenPose 1.2 ("pose_keypoints_2d") or before ("pose_keypoints").
        size: width and height of the picture, pixels.

    Returns:
        (33, 5) float32 x, y in picture pixels, confidence in [0, 1], 1 where inside the picture, depth, which
        OpenPose has not: 0. All zero for landmarks that it lacks or did not find, and where it found nobody.

    Raises:
        DatasetError: the file is damaged or holds neither 18 nor 25 points.
    """
    people = _of(path, read_json(path), "people")
    found = [_rows(path, _of(path, person, "pose_keypoints_2d", "pose_keypoints"), 3) for person in people]
    if not found:
        return np.zeros((LANDMARK_COUNT, 5), np.float32)
    return to_mediapipe(path, max(found, key=lambda rows: float(rows[:, 2].sum())), size)


def read_dresscode(path: Path, size: tuple[int, int]) -> F32:
    """Read a DressCode file: 18 rows of x, y, confidence and a number, in a frame of 384x512.

    Args, returns and raises as `read_openpose`.
    """
    rows = _rows(path, _of(path, read_json(path), "keypoints"), 4)
    rows[:, :2] *= np.array(size) / (384, 512)
    return to_mediapipe(path, rows, size)


def to_mediapipe(path: Path, rows: npt.NDArray[np.float64], size: tuple[int, int]) -> F32:
    """Rows of x, y, confidence in OpenPose's order as (33, 5) landmarks; `path` is for the message."""
    if len(rows) not in _ORDERS:
        raise DatasetError(f"{path} holds {len(rows)} key points; OpenPose writes 18 (COCO) or 25 (BODY_25).")
    landmarks = np.zeros((LANDMARK_COUNT, 5), np.float32)
    for row, landmark in _ORDERS[len(rows)].items():
        x, y, confidence = rows[row, :3]
        # What was not found is written as 0, 0 or as -1, -1.
        if confidence > 0 and min(x, y) >= 0 and max(x, y) > 0:
            inside = x < size[0] - 0.5 and y < size[1] - 0.5
            landmarks[landmark, :4] = x, y, min(confidence, 1), inside
    return landmarks


def read_json(path: Path) -> object:
    """A JSON file's content."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} cannot be read as JSON: {error}. Unpack it again.") from error


def _of(path: Path, value: object, *keys: str) -> list[Any]:
    """The list under the first of the keys that is there."""
    for key in keys:
        if isinstance(value, dict) and isinstance(value.get(key), list):
            return list(value[key])
    raise DatasetError(f'{path} has no list "{keys[0]}": it is no key point file of this data set.')


def _rows(path: Path, values: list[Any], width: int) -> npt.NDArray[np.float64]:
    try:
        return np.array(values, np.float64).reshape(-1, width)
    except (TypeError, ValueError) as error:
        raise DatasetError(f"{path} does not hold rows of {width} numbers; unpack it again.") from error
