"""Silhouettes: lower garments and dresses are told from tops."""

import cv2
import numpy as np
import pytest
from garment_photos import (
    CLOSED_SLEEVES,
    DRESS,
    GAPS,
    JACKET,
    LONG_SLEEVES,
    SKIRT,
    TANK,
    TEE,
    TROUSERS,
    silhouette,
)

from lookglass.garment.category import guess_category

TURTLENECK = [(40, 5), (60, 5), (60, 16), (80, 24), (78, 95), (22, 95), (20, 24), (40, 16)]
SHORTS = [(20, 20), (80, 20), (90, 80), (55, 80), (50, 55), (45, 80), (10, 80)]
PENCIL = [(35, 5), (65, 5), (72, 35), (66, 95), (34, 95), (28, 35)]
SLEEVED = [(40, 3), (60, 3), (72, 8), (80, 40), (70, 42), (62, 22), (60, 40), (72, 97), (28, 97), (40, 40)]
SLEEVED += [(38, 22), (30, 42), (20, 40), (28, 8)]
TUNIC = [
    (42, 6),
    (58, 6),
    (76, 12),
    (92, 70),
    (82, 72),
    (72, 30),
    (73, 96),
    (27, 96),
    (28, 30),
    (18, 72),
    (8, 70),
    (24, 12),
]
TOPS = {
    "tee": TEE,
    "long sleeves": LONG_SLEEVES,
    "tank": TANK,
    "open jacket": JACKET,
    "sleeveless turtleneck": TURTLENECK,
    "tunic": TUNIC,
}
OTHERS = [
    ("lower", TROUSERS),
    ("lower", SHORTS),
    ("lower", SKIRT),
    ("lower", PENCIL),
    ("dress", DRESS),
    ("dress", SLEEVED),
]


@pytest.mark.parametrize("shape", TOPS.values(), ids=TOPS.keys())
@pytest.mark.parametrize("stretch", [(0.8, 1.0), (1.0, 1.0), (1.3, 1.0), (1.0, 1.2)])
def test_tops_are_upper(shape: list[tuple[int, int]], stretch: tuple[float, float]) -> None:
    alpha = cv2.resize(silhouette(shape), None, fx=stretch[0], fy=stretch[1])
    assert guess_category(alpha) == "upper"


def test_gaps_between_sleeves_and_body_are_no_legs() -> None:
    assert guess_category(silhouette(CLOSED_SLEEVES, holes=GAPS)) == "upper"


@pytest.mark.parametrize(("category", "shape"), OTHERS)
@pytest.mark.parametrize("width", [0.9, 1.0, 1.1])
def test_others_are_told(category: str, shape: list[tuple[int, int]], width: float) -> None:
    alpha = cv2.resize(silhouette(shape), None, fx=width, fy=1.0)
    assert guess_category(alpha) == category


def test_position_and_scale_do_not_matter() -> None:
    alpha = np.zeros((900, 900), np.float32)
    alpha[500:700, 600:800] = silhouette(TROUSERS, 200)
    assert guess_category(alpha) == "lower"
