"""A plain top has a wearer's folds, faint and fixed to its cloth; a printed one has its own look."""

import numpy as np
import pytest

from lookglass.finish.folds import fold
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


def test_folds_are_faint_and_take_little_light_on_the_whole() -> None:
    gain = fold(_flow(), _top(), SIZE)
    assert gain.shape == (3, *SIZE)
    for part in gain[:2]:
        assert 0.05 < 1 - part.min() < 0.16
        assert part.max() < 1.13
        assert abs(part.mean() - 1) < 0.01
    np.testing.assert_allclose(gain[2], 1)  # There is no such sleeve.


def test_folds_stay_within_their_part_and_off_the_collar() -> None:
    torso, sleeve, _ = fold(_flow(), _top(), SIZE)
    np.testing.assert_allclose(torso[:16], 1, atol=1e-3)
    np.testing.assert_allclose(torso[:, :11], 1, atol=1e-3)
    np.testing.assert_allclose(torso[:34, 40:50], 1, atol=2e-3)
    np.testing.assert_allclose(sleeve[:, :74], 1, atol=1e-3)
    np.testing.assert_allclose(sleeve[:16], 1, atol=1e-3)


@pytest.mark.parametrize("sleeve, elbow", [(SLEEVE, True), ((slice(20, 44), SLEEVE[1]), False)])
def test_a_long_sleeve_alone_creases_at_the_elbow(sleeve: tuple[slice, slice], elbow: bool) -> None:
    """Half way between shoulder and cuff."""
    gain = fold(_flow(), _top(sleeve=sleeve), SIZE)[1]
    assert (gain[60:76, 78:91].min() < 0.93) == elbow
    assert gain[20:44, 78:91].min() < 0.96


def test_sleeves_mirror_each_other() -> None:
    left = _top()
    parts = left.parts[:, ::-1].copy()
    parts[parts == GARMENT_LABELS.index("left_sleeve")] = GARMENT_LABELS.index("right_sleeve")
    right = Garment("", "upper", left.texture, parts, left.pixels)
    one, other = fold(_flow(), left, SIZE)[1], fold(_flow(), right, SIZE)[2]
    np.testing.assert_allclose(other[:, ::-1], one, atol=0.02)


def test_folds_move_with_the_cloth() -> None:
    still, moved = (fold(_flow(down), _top(), SIZE)[0] for down in (0.0, 8 * 63 / 64 / 126))
    np.testing.assert_allclose(moved[10:110], still[18:118], atol=0.02)
    assert np.abs(moved - still).max() > 0.02


def test_a_print_hides_folds() -> None:
    plain, printed = (1 - fold(_flow(), _top(contrast=c), SIZE).min() for c in (0, 40))
    assert printed < 0.1 * plain
