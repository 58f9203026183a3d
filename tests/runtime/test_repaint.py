"""What the old clothes hid: skin with an edge, over what is behind it. Also the scene for those two alone."""

import cv2
import numpy as np
import numpy.typing as npt

from lookglass.finish.repaint import PAINTED_RAMP, _outline, in_front, repaint
from lookglass.types import F32, Backdrop, Crop, Layers, Person

WALL, ARM = np.array([0.8, 0.82, 0.9], np.float32), np.array([0.6, 0.45, 0.35], np.float32)
HIDDEN = slice(100, 140), slice(70, 122)
"""Rows and columns of the 256x192 crop that the old clothes hide: an arm, and wall on both sides of it."""
ARM_COLUMNS = slice(80, 112)


def scene() -> F32:
    """(256, 192, 3) RGB: a wall with stripes across, and an arm down the middle."""
    truth = np.broadcast_to(WALL, (256, 192, 3)).copy()
    truth[np.arange(256) % 8 < 4] -= 0.1
    truth[:, ARM_COLUMNS] = ARM
    return truth


def person_of(truth: F32) -> Person:
    """Somebody whose crop shows `truth`, but for the old clothes, which are black."""
    shown = truth.copy()
    shown[HIDDEN] = 0
    return somebody(np.pad(shown, ((0, 0), (32, 32), (0, 0)), mode="edge")[..., ::-1] * 255)


def somebody(picture: npt.NDArray[np.generic]) -> Person:
    """Somebody whose crop is a picture, (256, 256, 3) BGR; the mask finds nobody."""
    nobody = np.zeros((256, 256), np.float32)
    as_bytes = np.rint(np.asarray(picture, np.float32)).astype(np.uint8)
    return Person(np.zeros((33, 5), np.float32), Crop(1, (127.5, 127.5)), as_bytes, nobody, ARM)


def layers_of(skin: F32, behind: F32) -> Layers:
    """What the network returns for the scene, with one colour for all skin and one for all that is behind."""
    old, bare = np.zeros((256, 192), np.float32), np.zeros((256, 192), np.float32)
    old[HIDDEN], bare[:, ARM_COLUMNS] = 1, 1
    half = [cv2.resize(m, (96, 128), interpolation=cv2.INTER_AREA) for m in (old, bare)]
    paint = [np.broadcast_to(p[:, None, None], (3, 128, 96)).astype(np.float32) for p in (behind, skin)]
    flow, nothing = np.zeros((3, 2, 64, 48), np.float32), np.zeros((3, 128, 96), np.float32)
    return Layers(flow, nothing.copy(), nothing[:2].copy(), nothing, *paint, half[1], half[0])


def drawn(layers: Layers, person: Person, backdrop: Backdrop | None = None) -> F32:
    """(256, 192, 3) RGB: what was found, drawn over the crop."""
    old = np.asarray(cv2.resize(layers.painted_alpha, (192, 256)), np.float32)
    found = repaint(layers, person, old, backdrop)
    window = np.ascontiguousarray(person.picture[:, 32:224, ::-1]) * np.float32(1 / 255)
    y, x = np.indices((256, 192), np.float32)
    x, y = (at + cv2.resize(way, (192, 256)) for at, way in zip((x, y), found.repeat, strict=True))
    seen = cv2.remap(window, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    for alpha, layer in ((found.repeat_alpha, seen), (found.painted_alpha, found.painted.transpose(1, 2, 0))):
        window += (layer - window) * np.clip(np.interp(alpha, PAINTED_RAMP, (0, 1)), 0, 1)[..., None]
    return window


def test_an_arm_has_an_edge() -> None:
    row = drawn(layers_of(ARM, WALL), person_of(scene()))[122]
    assert np.abs(row[77] - scene()[122, 77]).max() < 0.05 and np.abs(row[82] - ARM).max() < 0.15


def test_a_slanting_edge_is_straight_and_sharp() -> None:
    rows, columns = np.arange(60)[:, None], np.arange(60)
    edge = _outline((columns < 20 + rows // 4).astype(np.float32))[20:100]
    widths = edge.sum(1)
    assert np.abs(np.diff(widths, 2)).max() < 0.2
    assert ((edge > 0.1) & (edge < 0.9)).sum(1).mean() < 1.8


def test_the_garment_ends_at_an_arm_in_front_where_the_arm_is_painted() -> None:
    rows, columns = np.arange(128)[:, None], np.arange(96)
    bare = ((columns > 20 + rows // 4) & (columns < 32 + rows // 4)).astype(np.float32)
    occluder = np.zeros((2, 256, 192), np.float32)
    occluder[0] = cv2.resize(bare, (192, 256), interpolation=cv2.INTER_NEAREST)
    arm = in_front(occluder, bare)[0, 40:200]
    np.testing.assert_allclose(arm, _outline(bare)[40:200], atol=1e-6)


def test_a_smudge_in_front_of_the_garment_is_no_arm_and_hands_and_faces_stay() -> None:
    occluder = np.zeros((2, 256, 192), np.float32)
    occluder[0, 60:70, 60:62] = 0.8
    occluder[:, 150:180, 100:120] = 1
    front = in_front(occluder, np.ones((128, 96), np.float32))
    assert front[0, :140].max() == 0
    assert np.array_equal(front[:, 150:], occluder[:, 150:])


def test_a_slim_wrist_hides_the_garment_as_an_arm_does() -> None:
    bare = np.zeros((128, 96), np.float32)
    bare[20:100, 40:43] = 1
    occluder = np.zeros((2, 256, 192), np.float32)
    occluder[0] = cv2.resize(bare, (192, 256), interpolation=cv2.INTER_NEAREST)
    occluder[0, :, 84:] *= 0.2  # Half of it the network does not see.
    assert in_front(occluder, bare)[0, 60:180, 82].min() > 0.75


def test_colour_of_skin_goes_on_past_its_edge_so_that_no_wall_bleeds_in() -> None:
    layers, person = layers_of(ARM, WALL), person_of(scene())
    old = np.asarray(cv2.resize(layers.painted_alpha, (192, 256)), np.float32)
    assert repaint(layers, person, old).painted[2, 120, 78] < ARM[2] + 0.05


def test_the_edge_of_a_guess_has_no_colour_of_skin_where_none_is_bare() -> None:
    layers = layers_of(ARM, WALL)
    layers.painted_alpha[:], layers.bare[:] = 0, 0
    layers.painted_alpha[20:108, 10:86] = 1
    wall = WALL[::-1] * 255 + (np.arange(256) // 2 % 2)[:, None, None]  # Rows differ: no padding.
    found = drawn(layers, somebody(np.repeat(wall, 256, axis=1)))
    np.testing.assert_allclose(found, np.broadcast_to(WALL, found.shape), atol=0.02)


def test_skin_is_a_little_uneven_and_in_every_frame_the_same() -> None:
    one, other = (drawn(layers_of(ARM, WALL), person_of(scene()))[104:136, 88:104] for _ in range(2))
    assert 0.002 < one.std(axis=(0, 1)).mean() < 0.02
    np.testing.assert_array_equal(one, other)


def test_a_guess_of_what_is_behind_is_no_skin() -> None:
    layers, person = layers_of(ARM, WALL), person_of(scene())
    old = np.asarray(cv2.resize(layers.painted_alpha, (192, 256)), np.float32)
    assert repaint(layers, person, old).skin[104:136, 88:104].min() == 1
    backdrop = Backdrop(np.full((256, 192, 3), 51, np.uint8), np.ones((256, 192), np.float32))
    assert repaint(layers, person, old, backdrop).skin[104:136, 72:76].max() == 0


def test_colours_of_skin_never_leave_their_range() -> None:
    bright, person = layers_of(np.ones(3, np.float32), WALL), person_of(np.ones_like(scene()))
    old = np.asarray(cv2.resize(bright.painted_alpha, (192, 256)), np.float32)
    assert repaint(bright, person, old).painted.max() <= 1


def test_skin_ends_softly_on_skin_in_view_and_sharply_on_anything_else() -> None:
    layers, person = layers_of(ARM, WALL), person_of(scene())
    old = np.asarray(cv2.resize(layers.painted_alpha, (192, 256)), np.float32)
    found = repaint(layers, person, old)
    low, high = PAINTED_RAMP
    assert low < found.painted_alpha[141, 96] < high and found.painted_alpha[146, 96] == 0
    assert found.painted_alpha[141, 74] < low and found.repeat_alpha[146].max() < low


def test_what_is_known_to_be_behind_is_better_than_its_mirror_image() -> None:
    backdrop = Backdrop(np.full((256, 192, 3), 51, np.uint8), np.ones((256, 192), np.float32))
    person = person_of(scene())
    wall = slice(104, 136), slice(72, 76)
    np.testing.assert_allclose(drawn(layers_of(ARM, WALL), person, backdrop)[wall], 0.2, atol=1e-3)
    person.mask[:] = 1  # Trousers all around: then what is behind the person is hidden.
    assert drawn(layers_of(ARM, WALL), person, backdrop)[110, 73:76].mean() > 0.6


def test_colours_stay_colours_and_nothing_known_is_no_error() -> None:
    rng = np.random.default_rng(0)
    random = [rng.random(shape, np.float32) for shape in [(3, 128, 96)] * 2 + [(128, 96)] * 2]
    flow, blank = np.zeros((3, 2, 64, 48), np.float32), np.zeros((3, 128, 96), np.float32)
    person = somebody(rng.integers(0, 256, (256, 256, 3), np.uint8))
    for bare, old in (random[2:], (blank[0], blank[0] + 1)):
        layers = Layers(flow, blank, blank[:2], blank, *random[:2], bare, old)
        found = repaint(layers, person, np.asarray(cv2.resize(old, (192, 256)), np.float32))
        assert found.painted.shape == (3, 256, 192) and found.repeat.shape == (2, 128, 96)
        assert np.isfinite(found.repeat).all()
        for layer in (found.painted, found.painted_alpha, found.repeat_alpha, found.skin):
            assert layer.dtype == np.float32 and layer.min() >= 0 and layer.max() <= 1
