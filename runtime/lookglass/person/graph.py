"""What the trackers need of a graph, and how pictures are packed for one."""

from collections.abc import Mapping
from typing import Protocol

import cv2
import numpy as np

from lookglass.types import F32, U8


class Graph(Protocol):
    """A callable graph; `lookglass.engine.Session` is one. Outputs may be overwritten by the next call."""

    def __call__(self, **inputs: F32) -> Mapping[str, F32]:
        """Run the graph on named inputs."""
        ...


def pack(picture: U8) -> F32:
    """Pack a picture for a graph: (H, W, 3) uint8 BGR -> (1, 3, H, W) float32 RGB in [0, 1]."""
    return np.asarray(cv2.dnn.blobFromImage(picture, 1 / 255, swapRB=True), np.float32)
