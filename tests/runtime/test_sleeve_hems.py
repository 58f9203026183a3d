"""Below the hem of a sleeve there is the arm and no spike of torso; beside the sleeve the torso stays."""

import cv2
import numpy as np
from test_compose import FRAME, crop, layers, plain, put_on

from lookglass.finish.sleeve_hems import end_at_arms
from lookglass.types import F32, U8

HEM, ARM = 110, slice(64, 83)
"""Row of the 256x192 window at which a short sleeve ends, and columns of the bare arm below it."""


def _top() -> tuple[F32, F32]:
    """Coverage of a top whose torso goes on behind the arm, with soft edges; and what is in front of it."""
    sleeve, torso, front = (np.zeros((256, 192), np.float32) for _ in range(3))
    sleeve[60:HEM, 60:84] = 1
    torso[60:190, 60:140] = 1
    front[HEM:190, ARM] = 1
    sleeve, torso = (np.asarray(cv2.blur(part, (9, 9)), np.float32) for part in (sleeve, torso))
    torso = np.maximum(torso - sleeve, 0)
    return np.stack([torso, sleeve, 0 * sleeve]), np.stack([front, 0 * front])


def _drawn(coverage: F32, front: F32) -> U8:
    """(256, 192) what is drawn of a white garment before black."""
    black, nothing = np.zeros((*FRAME, 3), np.uint8), np.zeros((256, 192), np.float32)
    names = "repeat_alpha", "painted_alpha", "skin", "shadow"
    rest = dict.fromkeys(names, nothing) | {"painted": np.stack([nothing] * 3)}
    shown = put_on(black, plain((255, 255, 255)), layers(coverage, occluder=front, **rest), crop(scale=1))
    return shown[52:308, 224:416, 0]


def test_no_torso_shows_on_an_arm_below_a_hem_and_beside_the_sleeve_it_stays() -> None:
    coverage, front = _top()
    before = _drawn(coverage, front)
    end_at_arms(coverage, front)
    after = _drawn(coverage, front)
    below = slice(HEM + 2, HEM + 8), slice(70, 78)
    assert before[below].max() > 100
    assert after[below].max() < 20
    beside = slice(0, 192), slice(88, 192)
    np.testing.assert_array_equal(before[beside], after[beside])
    np.testing.assert_array_equal(before[: HEM - 3], after[: HEM - 3])


def test_hands_and_hair_in_front_of_a_sleeve_change_nothing() -> None:
    coverage, front = _top()
    front[1] = front[0]
    left = coverage.copy()
    end_at_arms(left, front)
    np.testing.assert_array_equal(left, coverage)
