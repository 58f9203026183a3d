"""A top's hem over trousers is told by the two colours in view."""

import numpy as np

from lookglass.finish import finish
from lookglass.finish.repaint import PAINTED_RAMP
from lookglass.finish.top_hem import cut_hem, under_top
from lookglass.types import F32, U8, Crop, Garment, Layers, Person

GREY, BLUE, WALL = (60, 60, 62), (130, 90, 50), (230, 225, 225)
HEM, SEEN = 64, 61
"""Rows, of 128: where the top ends, and where the network sees it end."""
BODY = slice(30, 66)
NO_HANDS = np.zeros((256, 192), np.float32)


def _picture(below: tuple[int, int, int] = BLUE) -> U8:
    picture = np.full((256, 256, 3), WALL, np.uint8)
    body = slice(32 + 2 * BODY.start, 32 + 2 * BODY.stop)
    picture[40 : 2 * HEM, body], picture[2 * HEM :, body] = GREY, below
    return picture


def _person(picture: U8) -> Person:
    mask = np.any(picture != WALL, axis=2).astype(np.float32)
    return Person(
        np.zeros((33, 5), np.float32), Crop(1.0, (127.5, 127.5)), picture, mask, np.ones(3, np.float32)
    )


def _layers() -> Layers:
    zeros, front = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    front[:, 20:SEEN, BODY] = 1
    old = zeros[0].copy()
    old[SEEN:, BODY] = 1
    return Layers(np.zeros((3, 2, 64, 48), np.float32), zeros, front, zeros + 1, zeros, zeros, zeros[0], old)


def _hem(alpha: F32) -> int:
    return int((alpha[20:, BODY].mean(1) > 0.5).sum()) + 20


def test_a_hem_ends_where_the_colour_changes() -> None:
    found = cut_hem(_layers(), _person(_picture()), NO_HANDS)
    assert [_hem(front) for front in found.occluder] == [HEM, HEM]
    np.testing.assert_allclose(
        found.painted_alpha[50:80, BODY], 1 - found.occluder[0, 50:80, BODY], atol=0.02
    )


def test_its_shadow_on_the_trousers_is_no_top() -> None:
    picture = _picture()
    picture[2 * HEM : 2 * HEM + 6, 32 + 60 : 32 + 132] = np.array(BLUE) // 2
    assert abs(_hem(cut_hem(_layers(), _person(picture), NO_HANDS).occluder[0]) - HEM) <= 1


def test_the_shadow_between_a_jacket_and_the_top_under_it_is_no_trousers() -> None:
    layers, picture = _layers(), _picture()
    picture[2 * HEM - 24 : 2 * HEM, 32 + 94 : 32 + 98] = BLUE
    layers.occluder[:, HEM - 12 : HEM, 47:49], layers.painted_alpha[HEM - 12 : HEM, 47:49] = 0, 1
    found = cut_hem(layers, _person(picture), NO_HANDS)
    shadow = slice(HEM - 6, HEM - 1), slice(47, 49)
    assert found.painted_alpha[shadow].max() < 0.1 and found.occluder[0][shadow].min() > 0.9


def test_where_top_and_trousers_are_alike_the_network_is_believed() -> None:
    layers = _layers()
    found = cut_hem(layers, _person(_picture(below=GREY)), NO_HANDS)
    np.testing.assert_allclose(found.occluder, layers.occluder, atol=1e-5)


def test_far_from_the_hem_and_on_hands_nothing_changes() -> None:
    layers, hands = _layers(), np.zeros((256, 192), np.float32)
    hands[:, :110] = 1
    found = cut_hem(layers, _person(_picture()), hands)
    np.testing.assert_array_equal(found.occluder[..., :54], layers.occluder[..., :54])
    np.testing.assert_array_equal(found.occluder[:, :50], layers.occluder[:, :50])


def test_an_island_in_the_trousers_is_no_top_but_a_hand_is() -> None:
    layers, hands = _layers(), np.zeros((256, 192), np.float32)
    layers.occluder[:, 90:96, 40:46] = layers.occluder[:, 90:96, 56:62] = 1
    hands[180:192, 112:124] = 1
    found = cut_hem(layers, _person(_picture()), hands)
    assert found.occluder[:, 91:95, 41:45].max() < 0.1 and found.painted_alpha[91:95, 41:45].min() > 0.9
    assert found.occluder[:, 91:95, 57:61].min() > 0.9


def test_under_a_new_top_trousers_begin_where_it_was_drawn() -> None:
    """Whatever the colours; but a hand and a bag farther down stay in front."""
    layers, over, hands = _layers(), np.zeros((256, 192), np.float32), np.zeros((256, 192), np.float32)
    over[40 : 2 * (SEEN - 3), 2 * BODY.start : 2 * BODY.stop] = 1
    layers.occluder[:, SEEN : SEEN + 6, 60:66] = layers.occluder[:, 80:90, 40:50] = 1
    layers.painted_alpha[80:90, 40:50] = 0
    hands[2 * SEEN - 12 :, 120:132] = 1
    found = under_top(layers, over, hands)
    shown = found.occluder[:, 20:, 30:58]
    np.testing.assert_array_equal(shown[:, : SEEN - 23], 1)
    np.testing.assert_array_equal(shown[:, SEEN - 23 : 58], 0)
    np.testing.assert_array_equal(found.painted_alpha[20:78, 30:58], 1 - shown[0, :58])
    assert found.occluder[:, SEEN - 3 : SEEN + 6, 60:66].min() == 1
    assert found.occluder[:, 80:90, 40:50].min() == 1


def test_on_a_top_and_on_the_edge_of_a_hand_no_wall_is_painted() -> None:
    """The trousers are narrower than the old ones; so beside them the wall is, but not there."""
    layers, over = _layers(), np.zeros((256, 192), np.float32)
    over[40 : 2 * SEEN, 60:130] = 1
    layers.painted_alpha[50:, BODY] = 1
    layers.occluder[:, 80:100] = np.clip((np.arange(96) - 50) / 8, 0, 1)
    layers.painted_alpha[80:100] -= layers.occluder[0, 80:100] * layers.painted_alpha[80:100]
    photo = np.full((64, 64, 4), 255, np.uint8)
    jeans = Garment("", "lower", photo, np.ones((64, 64), np.uint8), np.zeros((1, 9, 128, 128), np.float32))
    finished = finish(layers, _person(_picture()), jeans, over=over)
    drawn = np.maximum(finished.repeat_alpha, finished.painted_alpha)
    assert drawn[40 : 2 * SEEN, 62:128].max() < PAINTED_RAMP[0]
    assert drawn[168:192][finished.occluder[1, 168:192] > 0.35].max() < PAINTED_RAMP[0]
    assert drawn[168:192, 70:90].min() > 0.9 and finished.occluder[:, 100 : 2 * SEEN, 62:128].min() == 1
