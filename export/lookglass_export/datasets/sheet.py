"""A picture of a few pairs: what was read, and whether it lies where it should."""

import cv2
import numpy as np

from lookglass.types import F32, U8
from lookglass_export.datasets.folder import Item
from lookglass_export.datasets.labels import LABELS

TILE = (192, 256)
"""Width and height, pixels."""

_COLOURS = np.array([
    (40, 40, 40), (60, 60, 150), (140, 190, 250), (90, 140, 230), (200, 130, 40), (60, 150, 60),
    (190, 90, 190), (210, 210, 60), (60, 210, 230), (150, 200, 140), (40, 90, 140), (110, 40, 200),
    (130, 130, 20), (230, 230, 230),
], np.uint8)  # fmt: skip
"""BGR of each of `LABELS`."""


def contact_sheet(items: list[Item]) -> U8:
    """One line for each pair: person with key points, garment, mask, parse map; the labels' colours below.

    Returns:
        (H, W, 3) uint8 BGR; grey tiles where the data set ships nothing.
    """
    return np.vstack([*(np.hstack(_tiles(item)) for item in items), _legend(4 * TILE[0])])


def _tiles(item: Item) -> list[U8]:
    mask = None if item.garment_mask is None else np.repeat(item.garment_mask[..., None], 3, 2)
    parse = None if item.parse is None else _COLOURS[item.parse]
    person = _fit(item.person)
    if item.landmarks is not None:
        person = _with_points(person, item.landmarks, TILE[0] / item.person.shape[1])
    tiles = [person, _fit(item.garment), _fit(mask), _fit(parse, cv2.INTER_NEAREST)]
    text = f"{item.pair.category}: {item.pair.person} {item.pair.garment}"
    cv2.rectangle(tiles[0], (0, 0), (TILE[0], 15), (0, 0, 0), -1)
    cv2.putText(tiles[0], text, (4, 11), cv2.FONT_HERSHEY_SIMPLEX, 0.32, (255, 255, 255), 1, cv2.LINE_AA)
    return tiles


def _fit(image: U8 | None, interpolation: int = cv2.INTER_AREA) -> U8:
    """The whole picture inside a tile, at its top left."""
    tile = np.full((TILE[1], TILE[0], 3), 128, np.uint8)
    if image is not None:
        scale = min(TILE[0] / image.shape[1], TILE[1] / image.shape[0])
        size = max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale))
        tile[: size[1], : size[0]] = cv2.resize(image, size, interpolation=interpolation)
    return tile


def _with_points(tile: U8, landmarks: F32, scale: float) -> U8:
    """The wearer's left in orange, the right in blue, as odd and even indices are from 11 on."""
    for index, (x, y, confidence, inside) in enumerate(landmarks[:, :4]):
        if confidence > 0 and inside:
            left = index in (2, 7) or (index >= 11 and index % 2)
            centre = round(float(x * scale)), round(float(y * scale))
            cv2.circle(tile, centre, 3, (0, 140, 255) if left else (255, 120, 0), -1, cv2.LINE_AA)
    return tile


def _legend(width: int) -> U8:
    columns, height = 7, 18
    legend = np.full((height * -(-len(LABELS) // columns), width, 3), 255, np.uint8)
    for index, name in enumerate(LABELS):
        x, y = index % columns * width // columns, index // columns * height
        colour = tuple(int(c) for c in _COLOURS[index])
        cv2.rectangle(legend, (x + 3, y + 3), (x + 14, y + 14), colour, -1)
        place = (x + 19, y + 13)
        cv2.putText(legend, name, place, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 1, cv2.LINE_AA)
    return legend
