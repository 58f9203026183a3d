"""A plain top has a wearer's folds, faint and fixed to its cloth; a printed one has its own look."""

import numpy as np
import pytest

from lookglass.finish.folds import lay_folds
from lookglass.types import F32, GARMENT_LABELS, Garment

SIZE = 128, 96
SLEEVE = slice(20, 110), slice(104, 122)
"""Of the photo, the wearer's left one: in the crop, columns 78 to 91."""


def _top(*, contrast: int = 0, sleeve: tuple[slice, slice] = SLEEVE) -> Garment:
    """A photo that the torso fills but for a margin, chequered in fields of 8 pixels of 128."""
    y, x = np.indices((128, 128)) // 8
    texture = np.full((128, 128, 4), 255, np.uint8)
    texture[..., :3] = (128 + contrast * ((x + y) % 2 * 2 - 1))[..., None]
    parts = np.zeros((128, 128), np.uint8)
    parts[16:112, 16:104] = GARMENT_LABELS.index("torso")
    parts[sleeve] = GARMENT_LABELS.index("left_sleeve")
    return Garment("", "upper", texture, parts, np.zeros((1, 9, 128, 128), np.float32))


def _flow(down: float = 0.0) -> F32:
    """The crop shows the whole photo, moved up by so much of its height."""
    y, x = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 48), indexing="ij")
    return np.repeat(np.stack([x, y + 2 * down])[None], 3, axis=0).astype(np.float32)


def _gain(flow: F32, garment: Garment, part: int) -> F32:
    """(3, H, W) what is left of the light where one part alone is seen."""
    shading, coverage = np.ones((3, *SIZE), np.float32), np.zeros((3, *SIZE), np.float32)
    coverage[part] = 1
    lay_folds(shading, coverage, flow, garment)
    return shading


def test_folds_are_seen_and_take_little_light_on_the_whole() -> None:
    for part in (0, 1):
        gain = _gain(_flow(), _top(), part)[1]
        assert 0.1 < 1 - gain.min() < 0.4
        assert gain.max() < 1.2
        assert abs(gain.mean() - 1) < 0.01
    np.testing.assert_allclose(_gain(_flow(), _top(), 2), 1)  # There is no such sleeve.


def test_a_fold_has_one_sharp_side() -> None:
    """Light changes faster there than it could in a soft stroke of the same depth."""
    torso = _gain(_flow(), _top(), 0)[1]
    steepest = np.abs(np.diff(torso, axis=1)).max()
    assert steepest > 0.25 * np.ptp(torso)


def test_where_no_cloth_is_seen_light_stays() -> None:
    shading = np.ones((3, *SIZE), np.float32)
    lay_folds(shading, np.zeros((3, *SIZE), np.float32), _flow(), _top())
    np.testing.assert_array_equal(shading, 1)


def test_coloured_cloth_keeps_more_of_its_own_colour_in_a_fold() -> None:
    blue = _top()
    blue.texture[..., :3] = 240, 120, 60
    red_light, _, blue_light = _gain(_flow(), blue, 0)
    assert 1 - blue_light.min() < 0.8 * (1 - red_light.min())


def test_folds_stay_within_their_part_and_off_the_collar() -> None:
    torso, sleeve = (_gain(_flow(), _top(), part)[1] for part in (0, 1))
    np.testing.assert_allclose(torso[:16], 1, atol=2e-3)
    np.testing.assert_allclose(torso[:, :11], 1, atol=2e-3)
    np.testing.assert_allclose(torso[:20, 40:50], 1, atol=0.03)
    np.testing.assert_allclose(sleeve[:, :74], 1, atol=2e-3)
    np.testing.assert_allclose(sleeve[:16], 1, atol=2e-3)


@pytest.mark.parametrize("sleeve, elbow", [(SLEEVE, True), ((slice(20, 44), SLEEVE[1]), False)])
def test_a_long_sleeve_alone_creases_at_the_elbow(sleeve: tuple[slice, slice], elbow: bool) -> None:
    """Half way between shoulder and cuff."""
    gain = _gain(_flow(), _top(sleeve=sleeve), 1)[1]
    assert (gain[56:80, 78:91].min() < 0.93) == elbow
    assert gain[20:44, 78:91].min() < 0.96


def test_long_sleeves_belong_to_a_shirt() -> None:
    long, short = (_gain(_flow(), _top(sleeve=own), 0) for own in (SLEEVE, (slice(20, 44), SLEEVE[1])))
    assert np.abs(long - short).max() > 0.03


def test_sleeves_mirror_each_other() -> None:
    left = _top()
    parts = left.parts[:, ::-1].copy()
    parts[parts == GARMENT_LABELS.index("left_sleeve")] = GARMENT_LABELS.index("right_sleeve")
    right = Garment("", "upper", left.texture, parts, left.pixels)
    one, other = _gain(_flow(), left, 1), _gain(_flow(), right, 2)
    np.testing.assert_allclose(other[..., ::-1], one, atol=0.03)


def test_folds_move_with_the_cloth() -> None:
    still, moved = (_gain(_flow(down), _top(), 0)[1] for down in (0.0, 8 * 63 / 64 / 126))
    np.testing.assert_allclose(moved[10:110], still[18:118], atol=0.05)
    assert np.abs(moved - still).max() > 0.1


def test_a_print_hides_folds() -> None:
    plain, printed = (1 - _gain(_flow(), _top(contrast=c), 0).min() for c in (0, 40))
    assert printed < 0.1 * plain
