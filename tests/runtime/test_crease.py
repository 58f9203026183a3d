"""A sleeve leaves a narrow dark line on the torso it lies against, and none where it is sewn to it."""

import numpy as np
import pytest

from lookglass.finish.crease import press_creases
from lookglass.types import F32, GARMENT_LABELS, Garment

EDGE = 120
"""The column where the sleeve begins, beside the torso; both span rows 60 to 199."""


def _top(colour: tuple[int, int, int] = (40, 40, 40), category: str = "upper") -> Garment:
    """A photo whose torso spans all rows: its armpits are three tenths down."""
    texture = np.full((128, 128, 4), 255, np.uint8)
    texture[..., :3] = colour
    parts = np.full((128, 128), GARMENT_LABELS.index("torso"), np.uint8)
    return Garment("", category, texture, parts, np.zeros((1, 9, 128, 128), np.float32))


def _creased(garment: Garment, *, apart: float = 0.3, sleeve: float = 1.0, edge: float = EDGE) -> F32:
    """(3, 256, 192) what a top loses whose rows are the photo's, and whose sleeve looks so far beside."""
    flow = np.zeros((3, 2, 64, 48), np.float32)
    flow[:, 1] = np.linspace(-1, 1, 64, dtype=np.float32)[:, None]
    flow[1:, 0] = apart
    coverage, shading = np.zeros((3, 256, 192), np.float32), np.ones((3, 256, 192), np.float32)
    beyond = np.clip((np.arange(192) - edge) / 4 + 0.5, 0, 1)
    coverage[:2, 60:200] = np.stack([1 - beyond, sleeve * beyond])[:, None]
    press_creases(shading, coverage, flow, garment)
    return 1 - shading


def test_a_crease_is_narrow_deep_and_on_the_torso() -> None:
    loss = _creased(_top())[0, 150]
    assert 0.25 < loss.max() < 0.6
    assert loss[EDGE - 1] > 2 * loss[EDGE + 1]
    assert (loss > loss.max() / 2).sum() <= 3
    assert loss[: EDGE - 4].max() == 0 == loss[EDGE + 3 :].max()


def test_a_sleeve_is_sewn_on_above_the_armpit() -> None:
    column = _creased(_top())[0, :, EDGE - 1]
    assert column[61] < 0.005
    assert (np.diff(column[70:190]) >= -1e-6).all()
    assert column[100] > 0.18


def test_where_the_photo_goes_on_its_own_crease_is_spared_half() -> None:
    shown, apart = (_creased(_top(), apart=apart)[0, 150, EDGE - 1] for apart in (0.0, 0.3))
    assert 0.4 * apart < shown < 0.7 * apart


def test_no_crease_without_a_sleeve() -> None:
    assert _creased(_top(), sleeve=0.0).max() == 0


def _stride(*, apart: float = 0.3, higher: int = 0) -> F32:
    """(192,) what two legs lose half way down; the left one's hem is higher by so many crop pixels."""
    flow, coverage = np.zeros((3, 2, 64, 48), np.float32), np.zeros((3, 256, 192), np.float32)
    flow[2, 0] = apart
    beyond = np.clip((np.arange(192) - EDGE) / 4 + 0.5, 0, 1)
    coverage[1, 60 : 240 - higher], coverage[2, 60:240] = 1 - beyond, beyond
    shading = np.ones((3, 256, 192), np.float32)
    press_creases(shading, coverage, flow, _top(category="lower"))
    return 1 - shading[0, 150]


def test_a_crease_parts_two_legs_that_the_photo_shows_apart() -> None:
    loss = _stride()
    assert loss[EDGE] > 0.25
    assert loss[: EDGE - 5].max() == 0 == loss[EDGE + 6 :].max()
    assert _stride(apart=0.0).max() == 0


def test_the_leg_behind_lies_in_the_shadow_of_the_other() -> None:
    beside, behind = _stride(), _stride(higher=20)
    assert behind[EDGE - 2] > 1.5 * beside[EDGE - 2]
    np.testing.assert_allclose(behind[EDGE + 1 :], beside[EDGE + 1 :], atol=1e-6)


@pytest.mark.parametrize("moved", [0.25, 0.5, 0.75])
def test_a_crease_weighs_the_same_while_its_edge_moves(moved: float) -> None:
    """Or it would flicker."""
    still, there = (_creased(_top(), edge=EDGE + by)[0, 150].sum() for by in (0, moved))
    assert abs(there - still) < 0.2 * still


def test_a_crease_in_blue_cloth_is_blue() -> None:
    red, _, blue = _creased(_top((230, 160, 60)))[:, 150, EDGE - 1]
    assert blue < 0.8 * red
