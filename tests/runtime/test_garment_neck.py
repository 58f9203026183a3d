"""The edge of an opening against one that was drawn."""

import cv2
import numpy as np

from lookglass.garment.collar import neck_opening
from lookglass.garment.neck import opening_line

HEIGHT, WIDTH, MIDDLE, TOP = 200, 240, 120, 20


def ellipse(half: float, depth: float) -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return (((x - MIDDLE) / half) ** 2 + ((y - TOP) / depth) ** 2 < 1) & (y >= TOP)


def test_the_line_leaves_a_rough_guess_for_the_edge_beside_it() -> None:
    cloth = np.zeros((HEIGHT, WIDTH), np.float32)
    cloth[TOP:] = 1
    picture = np.full((HEIGHT, WIDTH, 3), 60, np.float32)
    picture[ellipse(50, 60)] = 30
    picture += np.random.default_rng(1).normal(size=picture.shape).astype(np.float32)
    line = opening_line(ellipse(60, 61).astype(np.float32), cv2.GaussianBlur(picture, (0, 0), 1), cloth)
    off = np.hypot((line[:, 0] - MIDDLE) / 50, (line[:, 1] - TOP) / 60) - 1
    assert np.abs(off[10:-10] * 50).max() < 2
    assert line[0, 0] > MIDDLE > line[-1, 0] and np.isclose(line[0, 1], line[-1, 1])


def test_without_an_edge_the_line_stays_smooth_and_near_the_guess() -> None:
    cloth = np.zeros((HEIGHT, WIDTH), np.float32)
    cloth[TOP:] = 1
    line = opening_line(ellipse(60, 60).astype(np.float32), np.full((HEIGHT, WIDTH, 3), 9, np.float32), cloth)
    reach = np.hypot(*(line - [MIDDLE, TOP]).T)
    assert reach.min() > 0.7 * 60 and reach.max() < 1.1 * 60
    assert np.abs(np.diff(reach)).max() < 1


def test_the_line_has_no_corners_where_the_rough_guess_has() -> None:
    cloth = np.zeros((HEIGHT, WIDTH), np.float32)
    cloth[TOP:] = 1
    corners = [[60, TOP], [180, TOP], [180, 50], [135, 100], [105, 100], [60, 50]]
    rough = cv2.fillPoly(np.zeros((HEIGHT, WIDTH), np.uint8), [np.array(corners)], 1).astype(np.float32)
    line = opening_line(rough, np.full((HEIGHT, WIDTH, 3), 9, np.float32), cloth)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    even = np.arange(0, along[-1], 8)
    right, down = np.diff([np.interp(even, along, axis) for axis in line.T], axis=1)
    assert np.abs(np.diff(np.unwrap(np.arctan2(down, right)))).max() < np.radians(20)


def opening_of(inside: int, front: int, zoom: int = 1) -> np.ndarray:
    """The opening of a V-neck, (256, 256), of whose depth the parser sees three quarters."""
    texture = np.full((256, 256, 4), 255, np.uint8)
    texture[:40, :, 3], texture[40:, :, :3] = 0, front
    cv2.fillPoly(texture, [np.array([[88, 40], [168, 40], [128, 120]])], (inside, inside, inside, 255))
    texture = texture.repeat(zoom, 0).repeat(zoom, 1)
    labels = np.zeros((6, 128, 128), np.float32)
    labels[0, :20], labels[1, 20:] = 1, 1
    cv2.fillPoly(labels[5], [np.array([[44, 20], [84, 20], [69, 50], [59, 50]])], 1)
    labels[1] -= labels[5]
    return neck_opening(texture, labels)


def test_a_v_neck_opens_down_to_its_tip() -> None:
    opening = opening_of(200, 90)[:, 128] > 0.5
    assert opening[60] and abs(np.flatnonzero(opening).max() - 117) <= 3


def test_no_tip_is_told_where_the_front_is_as_light_as_the_inside() -> None:
    assert np.flatnonzero(opening_of(200, 200)[:, 128] > 0.5).max() < 108


def test_an_opening_s_edge_is_two_pixels_wide_in_a_large_photo_and_in_a_small_one() -> None:
    for zoom in (2, 8):
        row = opening_of(200, 90, zoom)[60 * zoom]
        soft = np.count_nonzero((row > 0.02) & (row < 0.98))
        assert row.max() == 1 and row.min() == 0 and 2 <= soft <= 8, (zoom, soft)


def depth_found(rough_half: float, depth: float) -> float:
    """How deep the line runs, in a knit, where the parser sees an opening deeper than the one drawn."""
    cloth = np.zeros((HEIGHT, WIDTH), np.float32)
    cloth[TOP:] = 1
    picture = np.full((HEIGHT, WIDTH, 3), 60, np.float32)
    picture[ellipse(0.83 * rough_half, 0.78 * depth)] = 45
    picture += 8 * np.random.default_rng(1).normal(size=picture.shape).astype(np.float32)
    rough = ellipse(rough_half, depth).astype(np.float32)
    line = opening_line(rough, cv2.GaussianBlur(picture, (0, 0), 1), cloth)
    return float(line[:, 1].max() - TOP) / depth


def test_the_front_of_a_standing_collar_is_not_taken_for_the_inside() -> None:
    assert abs(depth_found(60, 60) - 0.78) < 0.05


def test_what_is_as_deep_as_a_v_neck_is_believed_to_be_so_deep() -> None:
    assert depth_found(60, 120) > 0.9
