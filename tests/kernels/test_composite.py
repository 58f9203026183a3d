"""warp_composite against the runtime's composition: within 1 of 255, and the camera's picture elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from composite_check import PRODUCT, clouds, difference, draw_scene, params_of, picture_of, run

from lookglass_kernels.abi import plan_warp_composite
from lookglass_kernels.emulator import Emulator

SCENES = {
    "as large as the crop": {},
    "larger than the crop": {"scale": 0.9},
    "three times the crop": {"scale": 0.33, "size": (120, 160)},
    "a person that fills a large frame": {"scale": 0.12},
    "a person far away": {"scale": 4.0},
    "partly out of the frame": {"center": (0.0, 20.0)},
    "a photo seen small": {"stretch": 4.0, "side": 512},
    "a frame of odd size": {"size": (83, 131)},
    "the network's own grids": {"grids": (64, 128, 64)},
    "coarse light": {"grids": (64, 128, 32), "scale": 1.1},
    "three cells to one of the flow": {"grids": (32, 96, 20), "scale": 0.7},
    "one cell to one of the flow": {"grids": (64, 64, 40), "scale": 0.8},
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_draws_what_the_runtime_draws(ampere: Emulator, rng: np.random.Generator, scene: dict) -> None:
    made = draw_scene(rng, **scene)
    assert not difference(made, run(ampere, made))


def test_pixels_without_alpha_are_the_camera_s(ampere: Emulator, rng: np.random.Generator) -> None:
    scene = draw_scene(rng)
    coverage, alpha = np.zeros_like(scene.layers.coverage), np.zeros_like(scene.layers.painted_alpha)
    coverage[0, 96:160, 72:120] = 1
    alpha[80:180, 60:140] = 1
    # Random occluders, or a photo that is invisible just there, leave nothing of it in one seed of hundreds.
    bare, photo = np.zeros_like(scene.layers.occluder), scene.texture.copy()
    photo[..., 3] = 255
    layers = replace(scene.layers, coverage=coverage, painted_alpha=alpha, occluder=bare)
    scene = replace(scene, layers=layers, texture=photo)
    drawn = run(ampere, scene)
    expected = picture_of(scene)
    same = (expected == scene.frame).all(-1)
    assert same.any() and not same.all()
    np.testing.assert_array_equal(drawn[same], scene.frame[same])


@pytest.mark.parametrize("nothing", ["no coverage", "an invisible photo", "all behind"])
def test_nothing_is_painted_where_no_garment_shows(ampere: Emulator, rng, nothing: str) -> None:
    scene = draw_scene(rng)
    layers, texture = scene.layers, scene.texture.copy()
    if nothing == "no coverage":
        layers = replace(layers, coverage=np.zeros_like(layers.coverage))
    elif nothing == "all behind":
        coverage = layers.coverage * np.float32([[[1]], [[0]], [[0]]])
        layers = replace(layers, coverage=coverage, occluder=np.ones_like(layers.occluder))
    else:
        texture[..., 3] = 0
    scene = replace(scene, layers=layers, texture=texture)
    np.testing.assert_array_equal(run(ampere, scene), scene.frame)


def test_a_launch_leaves_the_workspace_ready_for_the_next(ampere: Emulator, rng) -> None:
    scene = draw_scene(rng)
    assert not difference(scene, run(ampere, scene, launches=3))


def test_does_not_depend_on_the_order_of_warps_and_blocks(ampere: Emulator, seed: int, rng) -> None:
    scene = draw_scene(rng)
    expected = run(ampere, scene)
    for order in (seed + 1, seed + 2):
        np.testing.assert_array_equal(run(ampere, scene, seed=order, resident_blocks=4), expected)


def test_median_between_two_levels_falls_as_the_runtime_s(ampere: Emulator, rng) -> None:
    """Half the cells ask for one level of the photo, half for another: the median is their mean."""
    scene = draw_scene(rng, side=512)
    flow = scene.layers.flow.copy()
    flow[:, :, 32:] = flow[:, :, 32:] * 2.7
    coverage = np.clip(clouds(rng, 3, 256, 192, 48) + 1, 0, 1)
    scene = replace(scene, layers=replace(scene.layers, flow=flow, coverage=coverage))
    assert not difference(scene, run(ampere, scene))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"width": 0}, "needs a frame"),
        ({"crop_scale": 0.0}, "positive scale"),
        ({"level_count": 17}, "1 to 16 levels"),
    ],
)
def test_plan_says_what_it_cannot_do(rng: np.random.Generator, change: dict, reason: str) -> None:
    params, _ = params_of(draw_scene(rng))
    for name, value in change.items():
        setattr(params, name, value)
    with pytest.raises(ValueError, match=reason):
        plan_warp_composite(params)


@pytest.mark.parametrize("grids", [(64, 32, 32), (64, 96, 32)], ids=["coarser", "no multiple"])
def test_plan_refuses_alphas_that_do_not_fit_the_flow(rng: np.random.Generator, grids) -> None:
    params, _ = params_of(draw_scene(rng, grids=grids))
    with pytest.raises(ValueError, match="a whole multiple of the flow grid's size"):
        plan_warp_composite(params)


@pytest.mark.parametrize("grids", [PRODUCT, (64, 128, 32)])
def test_one_workspace_and_little_shared_memory_do_for_every_crop(rng: np.random.Generator, grids) -> None:
    params, _ = params_of(draw_scene(rng, grids=grids))
    sizes = set()
    for params.crop_scale in (0.1, 0.2, 0.33, 0.6, 0.9, 1.3, 2.2, 5.0):
        plans = plan_warp_composite(params)
        sizes |= {plan.workspace_bytes for plan in plans}
        assert all(plan.shared_bytes <= 48 << 10 for plan in plans)
    assert len(sizes) == 1
