"""Shadows lie below what casts them, on what is there, and nowhere else."""

import numpy as np

from lookglass.finish.shadow import albedo_of, around_neck, colour_of, shade, without_sleeves
from lookglass.types import F32, Layers


def _person() -> tuple[F32, F32, F32]:
    """A top over rows 30 to 80 of a body over rows 10 to 120, nothing in front."""
    worn, occluder = np.zeros((3, 128, 96), np.float32), np.zeros((2, 128, 96), np.float32)
    worn[0, 30:80, 20:76] = 1
    mask = np.zeros((256, 192), np.float32)
    mask[20:240, 30:162] = 1
    return worn, occluder, mask


def test_an_arm_darkens_the_top_beside_it_and_more_below() -> None:
    worn, occluder, mask = _person()
    even, _ = shade(worn, occluder, mask)
    occluder[:, 52:58, 20:76] = 1
    gain, _ = shade(worn, occluder, mask)
    column = (gain / even)[:, 48]
    assert column[60] < 0.94
    assert column[60] < column[49] < 1
    np.testing.assert_allclose(column[[35, 75]], 1, atol=1e-3)


def test_a_collar_darkens_the_neck_beside_it_and_nothing_else() -> None:
    cloth, opening = np.zeros((2, 128, 96), np.float32)
    cloth[30:80, 20:76], cloth[30:40, 38:58], opening[30:40, 38:58] = 1, 0, 1
    loss = around_neck(cloth, opening)
    assert loss[39, 48] > 0.1 and loss[35, 38] > 0.1
    assert loss[34, 48] < 0.01
    assert loss[29 - 2, 28] == 0 and loss[81, 48] == 0
    assert around_neck(cloth, 0 * opening).max() == 0


def test_a_hem_darkens_the_body_below_it_alone() -> None:
    worn, occluder, mask = _person()
    _, loss = shade(worn, occluder, mask)
    assert loss[81, 48] > 0.1
    assert loss[81, 48] > loss[29, 48]
    assert loss[40:70, 20:76].max() < 1e-6
    assert loss[95:].max() < 1e-3
    assert loss[:, :14].max() == 0
    occluder[:] = 1
    assert shade(worn, occluder, mask)[1].max() == 0


def test_a_bare_arm_lies_in_the_shadow_of_its_sleeve_and_not_of_the_torso_behind_it() -> None:
    worn, occluder, mask = _person()
    behind = shade(worn, occluder, mask)[1][81, 48]
    occluder[0, 80:, 44:52] = 1
    assert shade(worn, occluder, mask)[1][81, 48] < 0.05 * behind
    worn[:2] = worn[1::-1]
    assert shade(worn, occluder, mask)[1][81, 48] > 1.2 * behind


def test_no_shadow_falls_on_the_wall_where_the_old_sleeve_was() -> None:
    worn, _, mask = _person()
    nothing = np.zeros((3, 128, 96), np.float32)
    bare, old = nothing[0].copy(), nothing[0].copy()
    old[30:90, 4:76], bare[30:90, 8:14] = 1, 1
    layers = Layers(np.zeros((3, 2, 64, 48), np.float32), worn, nothing[:2], *[nothing] * 3, bare, old)
    mask[:] = 1
    found = without_sleeves(mask, layers, worn[0])
    assert found[60, 4:8].max() == 0 and found[60, 8:14].min() == 1
    np.testing.assert_array_equal(found[:84, 17:], 1)


def test_a_slit_in_the_cloth_is_darker_than_the_body_below_a_hem() -> None:
    worn, occluder, mask = _person()
    worn[0, 40:70, 46:48] = 0
    _, loss = shade(worn, occluder, mask)
    assert loss[55, 47] > 1.5 * loss[81, 47]


def test_cloth_turns_dark_at_its_outline_but_not_where_the_body_goes_on() -> None:
    worn, occluder, mask = _person()
    gain, _ = shade(worn, occluder, np.zeros_like(mask))
    inside, _ = shade(worn, occluder, np.ones_like(mask))
    assert gain[55, 20] < 0.94 < gain[55, 48]
    np.testing.assert_allclose(inside, 1, atol=1e-6)


def test_white_cloth_lights_its_own_folds() -> None:
    worn, occluder, mask = _person()
    occluder[:, 52:58, 20:76] = 1
    (dark, _), (white, _) = (shade(worn, occluder, mask, albedo=a) for a in (0.05, 0.8))
    assert dark[60, 48] < white[60, 48] < 1
    assert 1 - white[60, 48] < 0.6 * (1 - dark[60, 48])


def test_albedo_is_that_of_the_cloth_in_linear_light() -> None:
    texture = np.zeros((128, 128, 4), np.uint8)
    texture[:, :64] = 255
    assert abs(albedo_of(texture) - 1) < 1e-3
    grey = np.full((128, 128, 4), 255, np.uint8)
    grey[..., :3] = 128
    assert abs(albedo_of(grey) - 0.22) < 0.01
    assert albedo_of(np.zeros((128, 128, 4), np.uint8)) == 0
    np.testing.assert_allclose(colour_of(grey * np.array([1, 1, 0, 1], np.uint8)), [0, 0.22, 0.22], atol=0.01)


def test_without_a_garment_nothing_falls() -> None:
    worn, occluder, mask = _person()
    assert shade(worn * 0, occluder, mask)[1].max() == 0
