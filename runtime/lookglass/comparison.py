"""Person, garment and result side by side, with what is left of the garment."""

from collections.abc import Sequence

import cv2
import numpy as np

from lookglass.fidelity import Fidelity
from lookglass.types import U8

HEIGHT = 720
"""Of the photos, pixels."""
_MARGIN, _CAPTION = 32, 104
_INK, _FONT = (40, 40, 40), cv2.FONT_HERSHEY_DUPLEX


def comparison(person: U8, garments: Sequence[U8], result: U8, fidelity: Fidelity) -> U8:
    """Draw the pictures, equally high on white, with their captions below.

    Args:
        person: (H, W, 3) uint8 BGR, the photo of the person.
        garments: (h, w, 3) BGR or (h, w, 4) BGRA uint8, each garment's photo or its texture.
        result: (H, W, 3) uint8 BGR, the person in the garments.
        fidelity: what is left of them.

    Returns:
        (856, W', 3) uint8 BGR.
    """
    figures = f"colour {fidelity.colour:.0%}  pattern {fidelity.pattern:.0%}  shape {fidelity.shape:.0%}"
    panels = [
        _panel(person, "person"),
        *(_panel(_on_white(garment), "garment") for garment in garments),
        _panel(result, f"result: fidelity {fidelity.score:.0%}", figures),
    ]
    gap = np.full((len(panels[0]), _MARGIN, 3), 255, np.uint8)
    row = [gap, *(piece for panel in panels for piece in (panel, gap))]
    return np.pad(np.hstack(row), ((_MARGIN, 0), (0, 0), (0, 0)), constant_values=255)


def _panel(picture: U8, title: str, line: str = "") -> U8:
    """The picture `HEIGHT` pixels high, centred over its caption."""
    scale = HEIGHT / len(picture)
    size = (max(round(picture.shape[1] * scale), 1), HEIGHT)
    shape = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(picture, size, interpolation=shape), np.uint8)
    texts = ((title, 0.9, 42), (line, 0.6, 78))
    widths = [cv2.getTextSize(text, _FONT, height, 1)[0][0] for text, height, _ in texts]
    spare = max(max(widths) - size[0], 0)
    sides = ((0, _CAPTION), (spare // 2, spare - spare // 2), (0, 0))
    panel = np.ascontiguousarray(np.pad(scaled, sides, constant_values=255))
    for (text, height, down), width in zip(texts, widths, strict=True):
        place = ((panel.shape[1] - width) // 2, HEIGHT + down)
        cv2.putText(panel, text, place, _FONT, height, _INK, 1, cv2.LINE_AA)
    return panel


def _on_white(picture: U8) -> U8:
    if picture.shape[2] == 3:
        return picture
    alpha = picture[..., 3:].astype(np.float32) / 255
    return np.asarray(picture[..., :3] * alpha + 255 * (1 - alpha) + 0.5, np.uint8)
