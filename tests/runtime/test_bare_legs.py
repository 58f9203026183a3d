"""Legs below a hem: whole, the one behind in the shade, and no gap where none was seen."""

import numpy as np

from lookglass.finish.bare_legs import bare_legs
from lookglass.types import Crop, Layers, Person

HIP, KNEE, ANKLE = 20, 60, 100
LEGS = 34, 60
"""Columns of both legs."""


def _person(*, ankles: tuple[int, int] = (ANKLE, ANKLE), seen: float = 1.0) -> Person:
    marks = np.zeros((33, 5), np.float32)
    for hip, x, ankle in zip((23, 24), LEGS, ankles, strict=True):
        for joint, y in ((hip, HIP), (hip + 2, KNEE), (hip + 4, ankle)):
            marks[joint] = 2 * x + 32.5, 2 * y + 0.5, seen, 1, 0
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(*, hem: int = 40, gap: int = 8) -> Layers:
    """Thighs below a skirt that end in the knees; trousers hid all down to the shoes."""
    bare, old = np.zeros((128, 96), np.float32), np.zeros((128, 96), np.float32)
    bare[20 : KNEE + 2, 28 : 47 - gap // 2], bare[20 : KNEE + 2, 47 + gap // 2 : 66] = 1, 1
    old[20 : ANKLE + 2, 26:68] = 1
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, 10:hem, 24:70] = 1
    ones, flow = np.ones((3, 128, 96), np.float32), np.zeros((3, 2, 64, 48), np.float32)
    return Layers(flow, coverage, np.zeros((2, 128, 96), np.float32), *[ones] * 3, bare, old)


def test_shins_go_down_to_the_shoes_and_are_thinnest_there() -> None:
    bare = bare_legs(_layers(), _person()).bare
    for x in LEGS:
        assert bare[KNEE:ANKLE, x].min() > 0.9 and bare[ANKLE + 3 :, x].max() == 0
        calf, ankle = ((bare[row, x - 8 : x + 9] > 0.5).sum() for row in (KNEE + 12, ANKLE - 3))
        assert 9 <= calf <= 13 and 5 <= ankle <= 8
    assert bare[ANKLE - 10, 47] == 0


def test_shins_that_nobody_sees_are_not_drawn() -> None:
    layers = _layers(gap=0)
    np.testing.assert_array_equal(bare_legs(layers, _person(seen=0.2)).bare, layers.bare)


def test_no_ground_is_invented_between_thighs_where_trousers_were() -> None:
    layers = _layers()
    found = bare_legs(layers, _person())
    assert found.bare[54, 44:50].min() == 1
    assert found.skin[0, 54, 47] < 0.7 and found.skin[0, 54, 30] == 1  # A crease lies there.


def test_ground_in_view_between_thighs_stays_and_so_does_the_gap_of_shorts() -> None:
    layers = _layers()
    layers.painted_alpha[:, 43:51] = 0
    assert bare_legs(layers, _person()).bare[54, 44:50].max() == 0
    shorts = _layers(hem=58)
    shorts.coverage[0, 30:58, 44:50] = 0
    assert bare_legs(shorts, _person()).bare[54, 44:50].max() == 0


def test_the_leg_in_front_casts_a_shadow_on_the_one_behind() -> None:
    person = _person(ankles=(ANKLE, ANKLE - 12))
    person.landmarks[[26, 28], 0] = 2 * 44 + 32.5  # The far leg is half hidden.
    found = bare_legs(_layers(), person)
    assert found.skin[0, 75, 41] < 0.85 and found.skin[0, 75, 34] == 1


def test_below_long_trousers_nothing_is_looked_for() -> None:
    layers = _layers(hem=ANKLE)
    assert bare_legs(layers, _person()) is layers
    half = bare_legs(_layers(hem=ANKLE - 10), _person()).bare
    assert half[ANKLE - 3, LEGS[0]] > 0.9
