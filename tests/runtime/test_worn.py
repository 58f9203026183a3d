"""Parts of the new garment are cut to their own photo."""

import numpy as np

from lookglass.finish.worn import worn
from lookglass.types import Garment, Layers


def _layers() -> Layers:
    """Identity flow over the square in the middle of the crop, every part covering everything."""
    y, x = np.meshgrid((np.arange(64) - 31.5) / 24, (np.arange(48) - 23.5) / 24, indexing="ij")
    flow = np.repeat(np.stack([x, y])[None], 3, axis=0).astype(np.float32)
    ones = np.ones((3, 128, 96), np.float32)
    return Layers(flow, ones, ones[:2] * 0, ones, ones, ones, ones[0], ones[0] * 0)


def _garment() -> Garment:
    """Left to right: right sleeve, torso with an inner collar at its top, left sleeve; nothing around."""
    parts = np.zeros((128, 128), np.uint8)
    parts[10:118, 10:40], parts[10:118, 40:88], parts[10:118, 88:118] = 3, 1, 2
    parts[10:30, 50:78] = 5
    texture, pixels = np.full((256, 256, 4), 255, np.uint8), np.zeros((1, 9, 128, 128), np.float32)
    texture[..., 3] = 255 * np.isin(parts, (1, 2, 3)).repeat(2, 0).repeat(2, 1)
    return Garment("", "upper", texture, parts, pixels)


def test_a_part_ends_where_its_flow_leaves_its_own_photo() -> None:
    coverage = worn(_layers(), _garment()).coverage
    torso, left, right = coverage[:, 64]
    assert torso[48] == 1 and torso[15] == 0 and torso[80] == 0
    assert left[80] == 1 and left[48] == 0
    assert right[15] == 1 and right[48] == 0


def test_parts_overlap_at_their_seam() -> None:
    coverage = worn(_layers(), _garment()).coverage
    seam = round(96 * 40 / 128)
    assert coverage[0, 64, seam] > 0.9 and coverage[2, 64, seam] > 0.9


def test_what_is_seen_has_the_alpha_of_the_photo() -> None:
    found = worn(_layers(), _garment())
    coverage, seen = found.coverage, found.seen
    assert seen[0, 64, 48] == 1
    collar = 16 + round(96 * 18 / 128), 48
    assert seen[0][collar] == 0
    assert (seen <= coverage).all()


def test_at_the_neck_the_photo_alone_cuts() -> None:
    layers = _layers()
    layers.coverage[0, :46] = 0  # The network's own edge, where a collar stands up half a dozen cells more.
    found = worn(layers, _garment())
    coverage, seen = found.coverage, found.seen
    below_opening = 16 + round(96 * 32 / 128)
    assert coverage[0, below_opening, 48] == 1 and seen[0, below_opening, 48] == 1
    assert coverage[0, below_opening, 20] == 0


def test_a_shoulder_goes_on_from_the_collar_in_smaller_steps() -> None:
    layers, garment = _layers(), _garment()
    garment.parts[10:30, 50:60], garment.parts[10:30, 68:78] = 1, 1  # A narrow neck.
    garment.texture[20:60, 100:156, 3] = 255 * (garment.parts[10:30, 50:78] == 1).repeat(2, 0).repeat(2, 1)
    layers.coverage[0, :26] = 0
    shoulder = (worn(layers, garment).seen[0, :, 30:44] > 0.5).argmax(0)
    assert shoulder[0] == 26 and shoulder[-1] == 24  # The network's edge, and the photo's.
    assert (shoulder[6:9] == 25).all()


def test_a_sleeves_coverage_ends_a_cell_past_its_hem() -> None:
    found = worn(_layers(), _garment())
    hem = 16 + round(96 * 118 / 128)
    assert found.seen[1, hem - 3, 80] == 1 and found.coverage[1, hem - 3, 80] == 1
    assert found.coverage[1, hem + 3, 80] == 0


def test_a_cuff_is_cut_by_its_photo_and_not_by_the_network() -> None:
    layers, garment = _layers(), _garment()
    cuff = 16 + round(96 * 118 / 128)
    layers.coverage[1, cuff - 3 :] = 0
    seen = worn(layers, garment).seen[1, :, 80]
    assert seen[cuff - 2] > 0.9 and seen[cuff + 1] == 0
    sides = worn(layers, garment).seen[1, cuff - 20]
    layers.coverage[1, :, 82:] = 0
    assert (worn(layers, garment).seen[1, cuff - 20, 84:] < sides[84:] + 1e-6).all()
    assert worn(layers, garment).seen[1, cuff - 20, 84] == 0
