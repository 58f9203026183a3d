"""The networks' arithmetic against independent formulas, and their budgets."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from lookglass_export.baselines.probe import Probe
from lookglass_export.models.appearance import Appearance
from lookglass_export.models.attention import _merge_text, cross_attention
from lookglass_export.models.fusions import FUSIONS
from lookglass_export.models.garment import GarmentParser
from lookglass_export.models.pose_maps import SEEN, SEGMENTS, PoseMaps
from lookglass_export.models.text import TextNull
from lookglass_export.models.tryon import TryOnGraph
from lookglass_export.training.weights import BASELINES, TASKS

LAYER_SHAPES = {
    "flow": (1, 3, 2, 64, 48),
    "coverage": (1, 3, 128, 96),
    "occluder": (1, 2, 128, 96),
    "shading": (1, 3, 64, 48),
    "behind": (1, 3, 128, 96),
    "skin": (1, 3, 128, 96),
    "bare": (1, 1, 128, 96),
    "painted_alpha": (1, 1, 128, 96),
}


def frame_inputs() -> tuple[torch.Tensor, ...]:
    """A person, mask, landmarks and tone of the right shapes."""
    landmarks = torch.rand(1, 33, 5) * torch.tensor([192.0, 256.0, 1.0, 1.0, 50.0])
    return torch.rand(1, 3, 256, 192), torch.rand(1, 1, 256, 192), landmarks, torch.rand(1, 3)


def parameters(*modules: torch.nn.Module) -> int:
    return sum(p.numel() for module in modules for p in module.parameters())


def macs(call) -> float:
    """Multiply-accumulates of convolutions and matrix products, as torch counts them."""
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        call()
    return counter.get_total_flops() / 2


@torch.no_grad()
@pytest.mark.parametrize("fusion", FUSIONS)
def test_layers_have_the_contract_s_shapes_within_the_budget(fusion: str) -> None:
    garment_encoder, geometry = FUSIONS[fusion]
    tryon, encoder, text = (
        TryOnGraph(geometry(), Appearance()).eval(),
        garment_encoder().eval(),
        TextNull().eval(),
    )
    garment, words = encoder(torch.rand(1, 9, 128, 128), torch.eye(3)[:1]), text()
    layers = tryon(*frame_inputs(), garment, words)
    assert {name: tuple(value.shape) for name, value in layers.items()} == LAYER_SHAPES
    assert macs(lambda: tryon(*frame_inputs(), garment, words)) <= 0.5e9
    assert parameters(tryon, encoder, text, GarmentParser()) <= 3_000_000


@torch.no_grad()
def test_the_probe_is_as_large_as_it_was() -> None:
    """Published figures of the probe: 1.16 M parameters, 0.48 GMAC a frame with its fine features."""
    probe = Probe().eval()
    rgba = torch.rand(1, 4, 128, 128)
    garment = probe.garment(rgba)
    assert parameters(probe) == pytest.approx(1.16e6, rel=0.01)
    assert macs(lambda: probe.person(*frame_inputs(), garment, rgba)) == pytest.approx(0.477e9, rel=0.06)


def test_parser_is_small_and_tells_six_labels() -> None:
    parser = GarmentParser().eval()
    assert parser(torch.rand(1, 4, 128, 128)).shape == (1, 6, 128, 128)
    assert parameters(parser) <= 150_000


@pytest.mark.parametrize("name", TASKS | BASELINES)
def test_every_task_takes_channels_last(name: str) -> None:
    (TASKS | BASELINES)[name]().to(memory_format=torch.channels_last)


@pytest.mark.parametrize(("queries", "keys", "extra"), [(1, 1, 1), (7, 5, 8), (48, 64, 2)])
def test_cross_attention_matches_float64(queries: int, keys: int, extra: int) -> None:
    """Expected values: softmax written out in NumPy float64, one row of scores at a time."""
    rng = np.random.default_rng(queries)
    q, k, v = (rng.normal(size=(2, 3, n, d)) for n, d in ((queries, 8), (keys, 8), (keys, 4)))
    e = rng.normal(size=(2, keys, extra))
    tensors = (torch.from_numpy(array.astype(np.float32)) for array in (q, k, v, e))
    out, extra_out, lse = (t.double().numpy() for t in cross_attention(*tensors))
    for b, h, i in np.ndindex(2, 3, queries):
        scores = k[b, h] @ q[b, h, i]
        total = np.exp(scores).sum()
        np.testing.assert_allclose(out[b, h, i], (np.exp(scores) / total) @ v[b, h], atol=1e-5)
        np.testing.assert_allclose(extra_out[b, h, i], (np.exp(scores) / total) @ e[b], atol=1e-5)
        np.testing.assert_allclose(lse[b, h, i], np.log(total), atol=1e-5)


def test_flow_stays_float32_under_autocast() -> None:
    """bfloat16 has 8 bits: one unit in the last place near 1 is a quarter of a pixel of 128."""
    where = torch.full((1, 4, 2), 0.7123456)
    with torch.autocast("cpu", torch.bfloat16):
        q = torch.rand(1, 1, 3, 8) @ torch.eye(8)
        _, columns, _ = cross_attention(q, torch.rand(1, 1, 4, 8), torch.rand(1, 1, 4, 8), where)
    assert columns.dtype == torch.float32
    torch.testing.assert_close(columns, torch.full_like(columns, 0.7123456))


@pytest.mark.parametrize("on", [1, 3, 16])
def test_merging_text_by_lse_equals_one_softmax(on: int) -> None:
    """Expected values: one softmax over garment and switched-on text tokens together."""
    generator = torch.Generator().manual_seed(on)
    q, k, v = (torch.randn(1, 2, n, 8, generator=generator) for n in (5, 9, 9))
    text_k, text_v = (torch.randn(1, 2, 16, 8, generator=generator) for _ in range(2))
    mask = (torch.arange(16) < on).float()[None]
    out, _, lse = cross_attention(q, k, v, torch.zeros(1, 9, 1))
    merged = _merge_text(q, out, lse, text_k, text_v, mask)
    keys, values = torch.cat([k, text_k[:, :, :on]], 2), torch.cat([v, text_v[:, :, :on]], 2)
    torch.testing.assert_close(merged, torch.softmax(q @ keys.transpose(-1, -2), -1) @ values)


def test_pose_maps_match_a_loop() -> None:
    """Expected values: the definitions in the module's docstrings, one pixel and segment at a time."""
    rng = np.random.default_rng(0)
    marks = rng.uniform(0, 1, (33, 5)) * [192, 256, 1, 1, 50]
    maps = PoseMaps(32, 24)(torch.from_numpy(marks.astype(np.float32))[None])[0].numpy()
    points = np.vstack([marks, *(marks[list(pair)].mean(0)[None] for pair in ((11, 12), (23, 24), (7, 8)))])
    torso = max(np.hypot(*(points[33] - points[34])[:2]), 20)
    for row, column in ((0, 0), (7, 20), (31, 23), (16, 12)):
        pixel = np.array([(column + 0.5) * 8 - 0.5, (row + 0.5) * 8 - 0.5])
        for i, (a, b) in enumerate(SEGMENTS):
            start, along = points[a, :2], points[b, :2] - points[a, :2]
            square = max(along @ along, 16)
            t = (pixel - start) @ along / square
            across = np.cross([*(pixel - start), 0], [*along, 0])[2] / np.sqrt(square) / torso
            gap = np.linalg.norm(pixel - start - np.clip(t, 0, 1) * along)
            deep = points[[a, b], 4] - points[33:35, 4].mean()
            depth = np.clip(1.5 * np.interp(np.clip(t, 0, 1), [0, 1], deep) / torso, -1.5, 1.5)
            wanted = [
                np.clip(t, -1, 2) - 0.5,
                np.clip(2.5 * across, -1.5, 1.5),
                np.exp(-((gap / (0.16 * torso)) ** 2)),
                points[a, 2] * points[b, 2] if i < SEEN else depth,
            ]
            np.testing.assert_allclose(maps[i :: len(SEGMENTS), row, column], wanted, atol=2e-4)
