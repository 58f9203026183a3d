"""The back that a photo shows below the front's hem is no part of what is worn; a seam above the hem is."""

import cv2
import numpy as np
import pytest

from lookglass.garment.collar import keep_at_neck
from lookglass.garment.parts import GRID, without_tail
from lookglass.types import F32, GARMENT_LABELS, U8

SIDE = 512
TORSO, INNER = GARMENT_LABELS.index("torso"), GARMENT_LABELS.index("inner_back_collar")
rows, columns = np.mgrid[:SIDE, :SIDE]
BODY = (rows > 60) & (np.abs(columns - 256) < 150)


def hem(depth: float) -> F32:
    """(SIDE,) the row of a hem that is so much deeper in the middle than at its sides."""
    return np.asarray(400 + depth * np.cos((np.arange(SIDE) - 256) * np.pi / 300).clip(0), np.float32)


def shirt(front: F32, back: F32, *, sure: float = 0.9) -> tuple[U8, F32, F32]:
    """Its photo, (512, 512, 4), what the parser says of it, and where the tail is, (512, 512)."""
    tail = BODY & (rows >= front) & (rows < back)
    shadow = tail & (rows < front + 4)
    picture = np.full((SIDE, SIDE, 4), (180, 150, 130, 0), np.uint8)
    picture[shadow] = (120, 90, 70, 0)
    picture[rows == np.rint(front) - 20] = (165, 135, 115, 0)  # The seam above a hem.
    whole = BODY & (rows < np.maximum(front, back))
    picture[..., 3] = 255 * whole
    labels = np.zeros((6, GRID, GRID), np.float32)
    cloth, inner = (
        cv2.resize(a.astype(np.float32), (GRID, GRID), interpolation=cv2.INTER_AREA) for a in (whole, tail)
    )
    labels[INNER] = sure * inner
    labels[TORSO], labels[0] = cloth - labels[INNER], 1 - cloth
    return picture, keep_at_neck(labels), tail.astype(np.float32)


def test_tail_is_left_out_and_the_front_stays() -> None:
    photo, labels, tail = shirt(hem(40), hem(75))
    front, rest = without_tail(photo, labels)
    kept = front[..., 3] / 255
    assert kept[cv2.erode(tail, np.ones((5, 5))) > 0].mean() < 0.03
    whole = BODY & (rows < hem(40) - 3)
    assert kept[whole].min() > 0.99
    assert rest[INNER].max() < 1e-6 and np.allclose(rest.sum(0), 1, atol=1e-5)
    assert np.allclose(rest[TORSO], cv2.resize(kept, (GRID, GRID), interpolation=cv2.INTER_AREA), atol=0.01)


def test_hem_is_smooth() -> None:
    photo, labels, _ = shirt(hem(40), hem(75))
    kept = without_tail(photo, labels)[0][..., 3] > 127
    ends = SIDE - 1 - kept[::-1, 130:382].argmax(0)
    assert np.abs(np.diff(ends)).max() <= 2
    assert np.abs(ends - hem(40)[130:382]).max() < 4


@pytest.mark.parametrize("sure", [0.0, 0.6])
def test_what_the_parser_is_not_sure_of_stays(sure: float) -> None:
    photo, labels, _ = shirt(hem(40), hem(75), sure=sure)
    front, rest = without_tail(photo, labels)
    assert front is photo and rest is labels


def test_sleeve_below_the_hem_stays() -> None:
    photo, labels, _ = shirt(hem(40), hem(75))
    sleeve = (rows > 490) & (columns > 150) & (columns < 200)
    photo[sleeve, 3] = 255
    grid = sleeve[::4, ::4]
    labels[2, grid], labels[0, grid] = 1, 0
    front, rest = without_tail(photo, labels)
    assert front[500:, 155:195, 3].min() == 255 and rest[2, 125, 44] == pytest.approx(1)
