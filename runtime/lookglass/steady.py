"""Flow that stays on the cloth: each frame's is laid over the last one's, moved along with the picture.

The network sees every frame by itself, and its flow slips a little from one to the next. The crop already
follows the person, so what is left between two crops is small and told by the pictures themselves. Where the
moved flow and the new one nearly agree they differ by noise, and most of the old is kept; where they differ
by more, somebody has moved in a way that the picture did not tell, and the new one is taken at once.
"""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.person.crop import MODEL_HEIGHT, MODEL_WIDTH, model_columns
from lookglass.person.motion import local, luminance, moments
from lookglass.types import F32, Garment, Layers, Person

_CELLS = (MODEL_WIDTH // 2, MODEL_HEIGHT // 2)
_FARTHEST = 3.0
"""Cells that the picture may move by from frame to frame and still be followed."""
_SHARE = 0.1
"""What the new flow counts for at the least: slips fade within ten frames."""
_NOISE, _NEWS = 0.02, 0.08
"""Distances in the garment frame, which is 2 wide: up to the first flows agree, from the second on not."""


class SteadyFlow:
    """Steadies the flow of one stream."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past: the next flow is taken as it is."""
        self._last: tuple[Garment, F32, F32] | None = None

    def __call__(self, layers: Layers, person: Person, garment: Garment) -> Layers:
        """Steady the layers of the next frame.

        Args:
            layers: what the network returned; not changed.
            person: whose crop they span.
            garment: whose photo the flow points into; another one starts anew.

        Returns:
            The layers with a flow of their own.
        """
        picture = luminance(np.ascontiguousarray(model_columns(person.picture), np.uint8), _CELLS)
        mask = np.ascontiguousarray(model_columns(person.mask), np.float32)
        weight = np.asarray(cv2.resize(mask, _CELLS, interpolation=cv2.INTER_AREA), np.float32)
        flow = layers.flow.copy()
        if self._last is not None and self._last[0] is garment:
            _, last_picture, last_flow = self._last
            field = local(moments(last_picture, picture, weight), farthest=_FARTHEST)
            flow = _blend(_carried(last_flow, field), flow)
        self._last = garment, picture, flow
        return replace(layers, flow=flow)


def _carried(flow: F32, field: F32) -> F32:
    """The last flow, (3, 2, h, w), where the picture has taken it; the field is in cells of 128x96."""
    height, width = flow.shape[2:]
    field = np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    field *= np.float32(width / _CELLS[0])
    x = np.arange(width, dtype=np.float32) - field[..., 0]
    y = np.arange(height, dtype=np.float32)[:, None] - field[..., 1]
    border = cv2.BORDER_REPLICATE
    parts = [cv2.remap(axis, x, y, cv2.INTER_LINEAR, borderMode=border) for part in flow for axis in part]
    return np.asarray(parts, np.float32).reshape(flow.shape)


def _blend(old: F32, new: F32) -> F32:
    change = new - old
    far = np.hypot(change[:, 0], change[:, 1]).transpose(1, 2, 0)
    around = np.asarray(cv2.blur(far, (5, 5)), np.float32).transpose(2, 0, 1)
    news = np.clip((around - np.float32(_NOISE)) * np.float32(1 / (_NEWS - _NOISE)), 0, 1)
    return np.asarray(
        old + change * (np.float32(_SHARE) + np.float32(1 - _SHARE) * news)[:, None], np.float32
    )
