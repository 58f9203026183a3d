"""Where a crop shows its frame."""

import numpy as np

from lookglass.finish.box import in_frame


def test_lines_beyond_the_frame_repeat_its_last_and_do_not_show_it() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
    assert in_frame(picture) == (slice(0, 40), slice(0, 30))
    picture[:5], picture[30:] = picture[5], picture[29]
    picture[:, 22:] = picture[:, 21:22]
    assert in_frame(picture) == (slice(5, 30), slice(0, 22))


def test_a_crop_of_one_colour_shows_no_frame() -> None:
    assert in_frame(np.zeros((40, 30, 3), np.uint8)) == (slice(0, 0), slice(0, 0))
