"""Silhouettes: what is not an upper garment is told apart, and no top ever is."""

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

TOPS = {"tee": TEE, "long sleeves": LONG_SLEEVES, "tank": TANK, "open jacket": JACKET}
OTHERS = {"trousers": TROUSERS, "skirt": SKIRT, "dress": DRESS}


@pytest.mark.parametrize("shape", TOPS.values(), ids=TOPS.keys())
@pytest.mark.parametrize("stretch", [(0.8, 1.0), (1.0, 1.0), (1.3, 1.0), (1.0, 1.2)])
def test_tops_are_upper(shape: list[tuple[int, int]], stretch: tuple[float, float]) -> None:
    alpha = cv2.resize(silhouette(shape), None, fx=stretch[0], fy=stretch[1])
    assert guess_category(alpha) == "upper"


def test_gaps_between_sleeves_and_body_are_no_legs() -> None:
    assert guess_category(silhouette(CLOSED_SLEEVES, holes=GAPS)) == "upper"


@pytest.mark.parametrize(("category", "shape"), OTHERS.items())
@pytest.mark.parametrize("width", [0.9, 1.0, 1.1])
def test_others_are_told(category: str, shape: list[tuple[int, int]], width: float) -> None:
    alpha = cv2.resize(silhouette(shape), None, fx=width, fy=1.0)
    assert guess_category(alpha) == category


def test_position_and_scale_do_not_matter() -> None:
    alpha = np.zeros((900, 900), np.float32)
    alpha[500:700, 600:800] = silhouette(TROUSERS, 200)
    assert guess_category(alpha) == "trousers"
