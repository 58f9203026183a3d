"""A plain top has a wearer's folds, faint and fixed to its cloth; a printed one has its own look."""

import numpy as np

from lookglass.finish.folds import fold
from lookglass.types import F32, GARMENT_LABELS, Garment

SIZE = 128, 96


def _top(*, contrast: int = 0) -> Garment:
    """A photo that the torso fills but for a margin, chequered in fields of 8 pixels of 128."""
    y, x = np.indices((128, 128)) // 8
    texture = np.full((128, 128, 4), 255, np.uint8)
    texture[..., :3] = (128 + contrast * ((x + y) % 2 * 2 - 1))[..., None]
    parts = np.zeros((128, 128), np.uint8)
    parts[16:112, 16:112] = GARMENT_LABELS.index("torso")
    return Garment("", "upper", texture, parts, np.zeros((1, 9, 128, 128), np.float32))


def _flow(down: float = 0.0) -> F32:
    """The crop shows the whole photo, moved up by so much of its height."""
    y, x = np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 48), indexing="ij")
    return np.repeat(np.stack([x, y + 2 * down])[None], 3, axis=0).astype(np.float32)


def test_folds_are_faint_and_take_no_light_on_the_whole() -> None:
    gain = fold(_flow(), _top(), SIZE)
    assert gain.shape == SIZE
    assert 0.02 < 1 - gain.min() < 0.07
    assert gain.max() < 1.07
    assert abs(gain.mean() - 1) < 0.003


def test_folds_stay_within_the_torso_and_off_the_collar() -> None:
    gain = fold(_flow(), _top(), SIZE)
    np.testing.assert_allclose(gain[:16], 1, atol=1e-3)
    np.testing.assert_allclose(gain[:, :11], 1, atol=1e-3)
    np.testing.assert_allclose(gain[:34, 40:56], 1, atol=1e-3)


def test_folds_move_with_the_cloth() -> None:
    still, moved = (fold(_flow(down), _top(), SIZE) for down in (0.0, 8 * 63 / 64 / 126))
    np.testing.assert_allclose(moved[10:110], still[18:118], atol=0.01)
    assert np.abs(moved - still).max() > 0.02


def test_a_print_hides_folds() -> None:
    plain, printed = (1 - fold(_flow(), _top(contrast=c), SIZE).min() for c in (0, 40))
    assert printed < 0.1 * plain
