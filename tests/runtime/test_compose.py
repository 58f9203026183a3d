"""Composition with layers made by hand, so that the right picture is known."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lookglass.compose import draw, overlay
from lookglass.region import region
from lookglass.types import F32, U8, Crop, FinishedLayers, Garment

FRAME = (360, 640)


def crop(scale: float = 256 / 300, center: tuple[float, float] = (320, 180)) -> Crop:
    return Crop(scale, center)


def put_on(frame: U8, what: Garment, drawn: FinishedLayers, where: Crop | None = None) -> U8:
    return overlay(frame, draw(frame.shape[:2], where or crop(), what, drawn))


def garment(texture: U8) -> Garment:
    return Garment("test", "upper", texture, np.zeros((128, 128), np.uint8), np.zeros((1, 9, 128, 128), "f4"))


def plain(colour: tuple[int, int, int], side: int = 512) -> Garment:
    texture = np.full((side, side, 4), 255, np.uint8)
    texture[..., :3] = colour
    return garment(texture)


def square_flow(width: float = 1.0) -> F32:
    """Flow that shows the whole garment frame in the central square of the window, undistorted."""
    y, x = np.meshgrid((np.arange(64) + 0.5) / 64 - 0.5, (np.arange(48) + 0.5) / 48 - 0.5, indexing="ij")
    return np.stack([2 * x * width, 2 * y * 256 / 192 * width]).astype(np.float32)


def layers(coverage: F32 | None = None, **changes: F32) -> FinishedLayers:
    """Torso alone, identity flow, even light, nothing in front, nothing painted."""
    if coverage is None:
        coverage = np.zeros((3, 128, 96), np.float32)
        coverage[0, 32:96, 24:72] = 1
    made = FinishedLayers(
        flow=np.stack([square_flow()] * 3),
        coverage=coverage,
        occluder=np.zeros((2, 128, 96), np.float32),
        shading=np.ones((3, 32, 24), np.float32),
        repeat=np.zeros((2, 32, 24), np.float32),
        repeat_alpha=np.zeros((128, 96), np.float32),
        painted=np.zeros((3, 128, 96), np.float32),
        painted_alpha=np.zeros((128, 96), np.float32),
        skin=np.zeros((128, 96), np.float32),
        shadow=np.zeros((128, 96), np.float32),
    )
    return replace(made, **changes)


def noise(seed: int = 0) -> U8:
    return np.random.default_rng(seed).integers(0, 256, (*FRAME, 3), dtype=np.uint8)


def test_full_coverage_shows_the_garment_and_leaves_the_frame_alone() -> None:
    frame = noise()
    before = frame.copy()
    out = put_on(frame, plain((10, 120, 230)), layers())
    assert (out[170:190, 310:330] == (10, 120, 230)).all()
    assert np.array_equal(frame, before) and not np.shares_memory(out, frame)
    assert np.array_equal(out[:, :200], frame[:, :200]) and np.array_equal(out[:90], frame[:90])


def test_half_the_alpha_is_half_the_colour() -> None:
    half = plain((200, 100, 50))
    half.texture[..., 3] = 128
    out = put_on(np.full((*FRAME, 3), 100, np.uint8), half, layers())
    assert np.abs(out[180, 320].astype(int) - (150, 100, 75)).max() <= 1


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**16),
    scale=st.floats(0.1, 4),
    x=st.floats(-300, 900),
    y=st.floats(-300, 700),
)
def test_bit_exact_wherever_nothing_is_drawn(seed: int, scale: float, x: float, y: float) -> None:
    rng = np.random.default_rng(seed)
    spots = rng.random((6, 128, 96)) < 0.02
    random = layers(
        coverage=spots[:3].astype(np.float32),
        painted_alpha=spots[3].astype(np.float32),
        painted=rng.random((3, 128, 96), np.float32),
        repeat_alpha=spots[4].astype(np.float32),
        repeat=20 * rng.random((2, 32, 24), np.float32),
        shadow=spots[5].astype(np.float32) / 2,
    )
    who, what, frame = crop(scale, (x, y)), plain((255, 255, 255)), noise(seed)
    out, drawing = put_on(frame, what, random, who), draw(FRAME, who, what, random)
    untouched = np.ones(FRAME, np.bool_)
    if drawing is not None:
        weights = (drawing.garment_weight, drawing.painted_weight, drawing.repeat_weight, 255 - drawing.light)
        untouched[drawing.region.slices] = ~np.any(weights, axis=0)
    assert np.array_equal(out[untouched], frame[untouched])


def test_occluder_hides_torso_and_sleeves_apart() -> None:
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, 32:96, 24:48] = 1
    coverage[1, 32:96, 48:72] = 1
    front = np.zeros((2, 128, 96), np.float32)
    front[0, 64:] = 1
    frame = np.zeros((*FRAME, 3), np.uint8)
    out = put_on(frame, plain((255, 255, 255)), layers(coverage, occluder=front))
    assert out[150, 290].min() == 255 and out[220, 290].max() == 0
    assert out[150, 350].min() == 255 and out[220, 350].min() == 255


@pytest.mark.parametrize("background", [0, 255])
def test_no_halo(background: int) -> None:
    """Along a cut-out edge every pixel lies between the garment's and the frame's colour."""
    cloth = 255 - background
    texture = np.zeros((512, 512, 4), np.uint8)
    texture[..., :3] = cloth
    texture[100:400, 100:400, 3] = 255
    out = put_on(np.full((*FRAME, 3), background, np.uint8), garment(texture), layers())
    row = out[180, :, 0].astype(int) * (1 if cloth else -1)
    rising, falling = np.diff(row)[:320], np.diff(row)[320:]
    assert (rising >= 0).all() and (falling <= 0).all()
    assert ((out[180, :, 0] != background) & (out[180, :, 0] != cloth)).sum() <= 4


def test_straight_stripes_stay_straight() -> None:
    """Slanted stripes drawn through an affine flow meet the ideal line to a tenth of a pixel."""
    texture = np.full((512, 512, 4), 255, np.uint8)
    texture[..., :3] = np.clip(np.linspace(2600, -2345, 512), 0, 255)[
        None, :, None
    ]  # 26 px wide, not aliased
    slanted = square_flow()
    slanted[0] += 0.3 * slanted[1]
    out = put_on(np.zeros((*FRAME, 3), np.uint8), garment(texture), layers(flow=np.stack([slanted] * 3)))
    rows = np.arange(130, 230)
    edges = [320 - 40 + out[y, 280:360, 0].astype(float).sum() / 255 for y in rows]
    fit = np.polyval(np.polyfit(rows, edges, 1), rows)
    assert np.abs(edges - fit).max() < 0.1


def test_fine_stripes_do_not_alias() -> None:
    """One pixel wide stripes, drawn at a ninth of their size, are an even grey."""
    texture = np.full((2048, 2048, 4), 255, np.uint8)
    texture[:, ::2, :3] = 0
    out = put_on(np.zeros((*FRAME, 3), np.uint8), garment(texture), layers())
    assert out[150:210, 290:350].std() < 4 and abs(out[150:210, 290:350].mean() - 127.5) < 3


def test_seam_between_parts_leaves_no_gap() -> None:
    """Where sleeve takes over from torso, their soft coverages add up to a whole garment."""
    coverage = np.zeros((3, 128, 96), np.float32)
    ramp = np.clip((np.arange(96) - 44) / 8, 0, 1).astype(np.float32)
    coverage[0, 32:96, 24:72], coverage[1, 32:96, 24:72] = (1 - ramp)[24:72], ramp[24:72]
    out = put_on(np.zeros((*FRAME, 3), np.uint8), plain((255, 255, 255)), layers(coverage))
    assert out[140:220, 270:370].min() >= 254


def test_new_sleeve_in_front_of_the_torso_leaves_no_slit() -> None:
    """The arm hides the torso up to a cell beyond its sleeve, which is how far networks are off."""
    coverage = np.zeros((3, 128, 96), np.float32)
    ramp = np.clip((np.arange(96) - 46) / 4, 0, 1).astype(np.float32)
    coverage[0, 32:96, 24:72], coverage[1, 32:96, 24:72] = (1 - ramp)[24:72], ramp[24:72]
    arm = np.zeros((2, 128, 96), np.float32)
    arm[0, :, 48:] = 1
    drawn = layers(coverage, occluder=arm)
    out = put_on(np.zeros((*FRAME, 3), np.uint8), plain((255, 255, 255)), drawn)
    assert out[140:220, 270:370].min() >= 250


def test_bare_arm_in_front_of_the_torso_stays_in_front() -> None:
    arm = np.zeros((2, 128, 96), np.float32)
    arm[0, :, 48:] = 1
    out = put_on(np.zeros((*FRAME, 3), np.uint8), plain((255, 255, 255)), layers(occluder=arm))
    assert out[140:220, 270:315].min() == 255 and out[140:220, 325:].max() == 0


def test_each_part_follows_its_own_flow() -> None:
    """Flows of two parts that point far apart never mix: no colour from between them appears."""
    texture = np.full((512, 512, 4), 255, np.uint8)
    texture[:, :200, :3], texture[:, 200:312, :3], texture[:, 312:, :3] = (
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
    )
    flow = np.zeros((3, 2, 64, 48), np.float32)
    flow[0, 0], flow[1, 0] = -0.8, 0.8
    coverage = np.zeros((3, 128, 96), np.float32)
    coverage[0, 32:96, 24:48] = coverage[1, 32:96, 48:72] = 1
    out = put_on(np.zeros((*FRAME, 3), np.uint8), garment(texture), layers(coverage, flow=flow))
    assert out[140:220, 270:370, 1].max() == 0


def test_shading_multiplies_per_channel() -> None:
    gain = np.ones((3, 32, 24), np.float32) * np.array([1.2, 1.0, 0.5], np.float32)[:, None, None]
    out = put_on(np.zeros((*FRAME, 3), np.uint8), plain((100, 100, 100)), layers(shading=gain))
    assert out[180, 320].tolist() == [50, 100, 120]


def test_painted_layer_lies_under_the_garment() -> None:
    skin = np.ones((3, 128, 96), np.float32) * np.array([0.8, 0.6, 0.4], np.float32)[:, None, None]
    alpha = np.zeros((128, 96), np.float32)
    alpha[16:112] = 1
    drawn = layers(painted=skin, painted_alpha=alpha)
    out = put_on(np.zeros((*FRAME, 3), np.uint8), plain((255, 255, 255)), drawn)
    assert out[85, 320].tolist() == [102, 153, 204] and out[180, 320].min() == 255


def test_the_frame_is_repeated_at_its_own_resolution_under_the_paint_and_never_from_beyond_the_crop() -> None:
    alpha = np.zeros((128, 96), np.float32)
    alpha[100:120, 30:70] = 1
    repeat = np.stack([np.full((32, 24), 30, np.float32), np.full((32, 24), -7.5, np.float32)])
    frame = noise()
    out = put_on(frame, plain((255, 255, 255)), layers(repeat=repeat, repeat_alpha=alpha))
    mean = (frame[271:281, 330:350].astype(int) + frame[272:282, 330:350]) / 2
    assert np.abs(out[279:289, 300:320] - mean).max() <= 0.5
    far = put_on(frame, plain((255, 255, 255)), layers(repeat=repeat * 100, repeat_alpha=alpha))
    window = region(np.ones((128, 96), np.bool_), crop(), FRAME)
    assert window is not None
    assert (far[279:289, 300:320] == frame[window.slices][0, -1]).all()


def test_a_shadow_takes_its_share_of_the_light_from_all_but_the_garment() -> None:
    shadow = np.full((128, 96), 0.25, np.float32)
    out = put_on(np.full((*FRAME, 3), 200, np.uint8), plain((90, 90, 90)), layers(shadow=shadow))
    assert np.abs(out[310, 320].astype(int) - 150).max() <= 1 and (out[180, 320] == 90).all()


def test_nothing_is_painted_without_a_garment() -> None:
    ones = np.ones((128, 96), np.float32)
    drawn = layers(coverage=np.zeros((3, 128, 96), np.float32), painted_alpha=ones)
    frame = noise()
    assert np.array_equal(put_on(frame, plain((0, 0, 0)), drawn), frame)
    transparent = plain((0, 0, 0))
    transparent.texture[..., 3] = 0
    assert np.array_equal(put_on(frame, transparent, layers(painted_alpha=ones)), frame)


@pytest.mark.parametrize("center", [(5000, 180), (-5000, 180), (320, -4000), (320, 4000)])
def test_person_out_of_the_frame(center: tuple[float, float]) -> None:
    frame = noise()
    assert np.array_equal(put_on(frame, plain((0, 0, 0)), layers(), crop(center=center)), frame)


def test_quick_enough_for_a_mirror() -> None:
    """A smoke alarm, not the benchmark: far above the budget of 5 ms, for a loaded machine."""
    frame = np.zeros((720, 1280, 3), np.uint8)
    who, what, drawn = crop(256 / 500, (640, 360)), plain((9, 9, 9), 1024), layers()
    put_on(frame, what, drawn, who)
    times = []
    for _ in range(9):
        start = time.process_time()
        put_on(frame, what, drawn, who)
        times.append(time.process_time() - start)
    assert np.median(times) < 0.05
