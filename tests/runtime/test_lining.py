"""The neck opening: neck and chest in front, the collar's inside beside them, and nothing above its sides."""

from dataclasses import replace

import numpy as np

from lookglass.finish.lining import Lining, lined, open_neck
from lookglass.finish.repaint import Repainted
from lookglass.finish.worn import Worn
from lookglass.types import Crop, Garment, Layers, Person

NECK = slice(44, 52)


def _garment() -> Garment:
    """A blue torso whose collar has a red inside, in the middle at its top."""
    parts, texture = np.zeros((128, 128), np.uint8), np.full((128, 128, 4), (255, 0, 0, 255), np.uint8)
    parts[30:110, 24:104], parts[20:50, 48:80] = 1, 5
    texture[parts != 1, 3], texture[20:50, 48:80] = 0, (0, 0, 255, 0)
    return Garment("", "upper", texture, parts, np.zeros((1, 9, 128, 128), np.float32))


def _layers() -> Layers:
    """The photo lies on the crop cell by cell; a neck comes down into the opening from the face."""
    y, x = np.meshgrid(np.linspace(-1, 1, 65)[:64] + 1 / 64, (np.arange(48) - 23.5) / 32, indexing="ij")
    flow = np.repeat(np.stack([x, y])[None], 3, axis=0).astype(np.float32)
    coverage, front = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    bare = np.zeros((128, 96), np.float32)
    coverage[0, 30:110, 8:88], front[:, :10, 40:56], bare[:34, NECK] = 1, 1, 1
    ones = np.ones((3, 128, 96), np.float32)
    return Layers(flow, coverage, front, ones, ones * 0, ones * 0.5, bare, coverage[0])


def _person() -> Person:
    """A grey wall, and a skin-coloured neck on it that the mask draws two crop pixels too wide."""
    picture, mask = np.full((256, 256, 3), 150, np.uint8), np.zeros((256, 256), np.float32)
    picture[:100, 32 + 88 : 32 + 104] = 128, 153, 204
    mask[:100, 32 + 86 : 32 + 106] = 1
    tone = np.array([0.8, 0.6, 0.5], np.float32)
    return Person(np.zeros((33, 5), np.float32), Crop(1.0, (320.0, 240.0)), picture, mask, tone)


def _worn() -> Worn:
    torso, opening = _layers().coverage.copy(), np.zeros((128, 96), np.float32)
    torso[0, :50, 32:64], opening[20:50, 32:64] = 0, 1
    return Worn(_layers().coverage, torso, opening)


def _seen(
    layers: Layers, person: Person | None = None, worn: Worn | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What is bare, and the lining's alpha and colour on the whole of the same grid."""
    bare, lining = open_neck(layers, worn or _worn(), _garment(), person or _person())
    alpha, colour = np.zeros((256, 192)), np.zeros((256, 192, 3))
    assert lining is not None
    alpha[lining.at], colour[lining.at] = lining.alpha, lining.colour
    return bare, alpha[::2, ::2], colour[::2, ::2]


def test_the_inside_of_the_collar_is_seen_beside_the_neck() -> None:
    _, alpha, colour = _seen(_layers())
    assert alpha[33, 36] > 0.95 and alpha[33, 48] < 0.05
    red, green, blue = colour[33, 36]
    assert 0.5 < red < 1 and green == blue == 0


def test_it_goes_on_to_the_neck_where_the_mask_is_wider_than_skin() -> None:
    layers = _layers()
    wide = layers.bare.copy()
    wide[:34, 42:54] = 1
    _, alpha, _ = _seen(replace(layers, bare=wide))
    assert alpha[32, [42, 43]].min() > 0.9 and alpha[32, 45:51].max() < 0.1


def test_below_the_neck_is_its_chest() -> None:
    bare, _, _ = _seen(_layers())
    assert bare[45, 48] > 0.95
    assert bare[33, 35] < 0.05 and bare[60, 48] < 0.05
    assert (bare[45] > 0.5).sum() > (bare[30] > 0.5).sum() + 6


def test_nothing_of_the_back_is_higher_than_the_sides() -> None:
    _, alpha, _ = _seen(_layers())
    assert alpha[20:29].max() == 0 and alpha[32, 36] > 0.95


def test_hair_hangs_in_front_of_the_collar() -> None:
    layers = _layers()
    front = layers.occluder.copy()
    front[:, 30:40, 57:61] = 1
    person = _person()
    person.mask[60:80, 32 + 114 : 32 + 122] = 1
    _, alpha, _ = _seen(replace(layers, occluder=front), person)
    assert alpha[33, 59] == 0 and alpha[33, 36] > 0.95


def test_it_ends_sharply_at_a_head_whose_outline_the_network_draws_wide() -> None:
    layers = _layers()
    front = layers.occluder.copy()
    front[:, 30:40, 52:60] = 0.4
    _, alpha, _ = _seen(replace(layers, occluder=front))
    assert alpha[33, 54:60].min() > 0.95


def test_it_never_goes_on_outside_the_collar() -> None:
    worn = _worn()
    opening, seen = worn.opening.copy(), worn.seen.copy()
    opening[25:40, 20:32], seen[0, 25:40, 20:32], seen[0, 25:40, 14:20] = 1, 0, 1
    _, alpha, _ = _seen(_layers(), worn=replace(worn, opening=opening, seen=seen))
    assert alpha[:, :29].max() == 0 and alpha[33, 36] > 0.95


def test_between_chest_and_neckline_is_skin_and_no_lining() -> None:
    layers, person = _layers(), _person()
    bare = layers.bare.copy()
    bare[:54, 30:66] = 1
    person.mask[:, 32:224] = 1
    person.picture[80:] = 40  # An old jacket, which is not like skin.
    _, alpha, _ = _seen(replace(layers, bare=bare), person)
    assert alpha[40:].max() < 0.05


def test_a_garment_without_an_inside_in_its_photo_has_no_lining() -> None:
    layers, worn = _layers(), _worn()
    bare, lining = open_neck(layers, replace(worn, opening=worn.opening * 0), _garment(), _person())
    assert lining is None and bare is layers.bare


def test_its_rim_is_mixed_with_what_is_painted_and_with_nothing_else() -> None:
    def zeros(*shape: int) -> np.ndarray:
        return np.zeros(shape, np.float32)

    half, grey = zeros(1, 2) + 0.5, zeros(1, 2, 3) + 0.5
    alpha, skin = np.array([[0, 1]], np.float32), zeros(1, 2) + 1
    paint = Repainted(zeros(2, 1, 2), zeros(1, 2), zeros(3, 1, 2) + 1, alpha, skin)
    laid = lined(paint, Lining((slice(0, 1), slice(0, 2)), half, grey))
    assert np.allclose(laid.painted[0], [[0.5, 0.75]])
    assert np.allclose(laid.painted_alpha, [[0.5, 1]])
    assert np.allclose(laid.skin, [[0, 0.5]])  # Cloth has no pores.
