"""Alphas meet the frame's edges, and only where both see one."""

from dataclasses import replace

import cv2
import numpy as np

from lookglass.finish.edges import snap_to_edges
from lookglass.types import F32, U8, Layers

EDGE_PX = 101
"""Column of the 192 px crop where the old clothes end."""


def _picture(contrast: int) -> U8:
    square = np.full((256, 256, 3), 120, np.uint8)
    square[:, 32 + EDGE_PX :] += np.uint8(contrast)
    return square


def _layers(edge_px: float) -> Layers:
    """Everything ends softly at a column of the crop, on the network's grid."""
    x = (np.arange(96) + 0.5) * 2 - 0.5
    soft = np.clip((edge_px - x) / 8 + 0.5, 0, 1).astype(np.float32)
    maps = np.broadcast_to(soft, (6, 128, 96)).copy()
    blank = np.zeros((3, 2, 64, 48), np.float32)
    light = np.ones((3, 32, 24), np.float32)
    return Layers(blank, maps[:3], maps[3:5], light, maps[:3], maps[:3], maps[4], maps[5])


def _edge(alpha: F32) -> float:
    """Column at which a row in the middle crosses one half."""
    return float(np.interp(-0.5, -alpha[128], np.arange(192)))


def test_alphas_move_to_the_edge_of_the_frame() -> None:
    snapped = snap_to_edges(_layers(EDGE_PX - 3), _picture(100))
    for alpha, off in ((snapped.coverage, 2), (snapped.occluder, 1.5)):
        assert alpha.shape[1:] == (256, 192)
        assert max(abs(_edge(each) - (EDGE_PX - 0.5)) for each in alpha) < off


def test_paint_reaches_the_rim_of_the_old_clothes() -> None:
    layers = _layers(EDGE_PX)
    snapped = snap_to_edges(replace(layers, occluder=layers.occluder * 0), _picture(100))
    assert EDGE_PX - 0.5 < _edge(snapped.painted_alpha) < EDGE_PX + 2.5


def test_hair_in_front_of_the_old_clothes_is_not_painted_over() -> None:
    layers = _layers(EDGE_PX)
    hair = np.zeros_like(layers.occluder)
    hair[1, :60] = 1
    snapped = snap_to_edges(replace(layers, occluder=hair), _picture(100))
    assert snapped.painted_alpha[:116].max() < 0.05
    assert snapped.painted_alpha[124:, :90].min() > 0.95


def test_a_flat_frame_leaves_the_alphas_as_they_are() -> None:
    layers = _layers(EDGE_PX)
    snapped = snap_to_edges(layers, _picture(0))
    same = cv2.resize(layers.coverage[0], (192, 256), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(snapped.coverage[0], same, atol=1e-3)


def test_what_is_in_front_ends_in_half_the_width() -> None:
    layers = _layers(EDGE_PX)
    snapped = snap_to_edges(layers, _picture(0))
    soft = ((each > 0.05) & (each < 0.95) for each in (snapped.coverage[0, 128], snapped.occluder[0, 128]))
    wide, narrow = (int(each.sum()) for each in soft)
    assert narrow < 0.7 * wide
    assert abs(_edge(snapped.occluder[0]) - _edge(snapped.coverage[0])) < 0.5


def test_a_busy_background_without_an_edge_of_the_network_draws_nothing() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    snapped = snap_to_edges(_layers(-50), noise)
    assert snapped.coverage.max() == 0
    assert snapped.occluder.max() == 0
