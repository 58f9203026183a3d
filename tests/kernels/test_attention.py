"""cross_attention against float64 on the emulator: LSE, extra columns, ragged tails, splits."""

import numpy as np
import pytest
import torch
from attention_check import OUT_RELATIVE, SENSITIVE, Case, Inputs, Outputs, draw, faults, run

from lookglass_kernels import reference
from lookglass_kernels.emulator import Emulator

PRODUCT = (
    Case(4, 192, 256, 32, 32),
    Case(4, 192, 16, 32, 32),
    Case(3, 768, 256, 32, 16, extra=8),
    Case(1, 768, 256, 64, 32, extra=8),
    Case(1, 768, 1024, 64, 32, extra=8),
    Case(1, 768, 1040, 64, 32, extra=8),
)
EDGES = (
    Case(1, 1, 1, 64, 64, extra=8),
    Case(1, 1, 1, 32, 16),
    Case(3, 1, 127, 32, 32, extra=1),
    Case(2, 61, 1, 64, 32, extra=2),
    Case(2, 127, 131, 64, 64, extra=7),
    Case(5, 31, 257, 32, 16, extra=3),
    Case(1, 48, 640, 64, 64, extra=8, splits=10),
    Case(1, 16, 100, 32, 32, extra=8, splits=9),
    Case(2, 130, 200, 64, 64, extra=8, warps=8, splits=1),
    Case(2, 130, 200, 32, 16, extra=8, warps=8, splits=4),
    Case(1, 40, 2000, 32, 32, extra=4, warps=4, splits=32),
)
LARGE = (Case(8, 768, 1024, 64, 64), Case(2, 3072, 1024, 64, 64))


@pytest.mark.parametrize("case", PRODUCT + EDGES, ids=str)
def test_equals_float64(emulator: Emulator, case: Case, rng: np.random.Generator) -> None:
    inputs = draw(case, rng)
    assert not faults(inputs, run(emulator, case, inputs))
    assert emulator.bank_conflicts == 0


@pytest.mark.parametrize("case", LARGE, ids=str)
def test_equals_float64_at_the_larger_bundle_s_shapes(emulator: Emulator, case: Case, rng) -> None:
    inputs = draw(case, rng)
    assert not faults(inputs, run(emulator, case, inputs))


@pytest.mark.parametrize("sharpness", [0.1, 4.0, 8.0])
@pytest.mark.parametrize("case", SENSITIVE, ids=str)
def test_equals_float64_for_flat_and_for_peaked_attention(emulator, case, rng, sharpness) -> None:
    inputs = draw(case, rng, sharpness)
    assert not faults(inputs, run(emulator, case, inputs))


def test_equals_float64_for_sizes_drawn_at_random(emulator: Emulator, rng: np.random.Generator) -> None:
    for _ in range(12):
        dk, dv = rng.choice([(64, 64), (64, 32), (32, 32), (32, 16)])
        heads, queries, keys, extra = rng.integers([1, 1, 1, 0], [4, 150, 400, 9])
        case = Case(heads, queries, keys, dk, dv, extra, rng.choice([0, 2, 4, 8]), rng.integers(0, 8))
        inputs = draw(case, rng)
        assert not faults(inputs, run(emulator, case, inputs)), case


@pytest.mark.parametrize("case", SENSITIVE, ids=str)
@pytest.mark.parametrize("deferred", [False, True], ids=["eager", "deferred"])
def test_does_not_depend_on_the_order_of_warps_and_blocks(emulator, case, seed, rng, deferred) -> None:
    inputs = draw(case, rng)
    expected = run(emulator, case, inputs)
    for order in range(1, 6):
        got = run(emulator, case, inputs, seed=seed + order, deferred_copies=deferred, resident_blocks=order)
        for name in ("out", "extra", "lse"):
            np.testing.assert_array_equal(getattr(got, name), getattr(expected, name))


@pytest.mark.parametrize("case", PRODUCT + EDGES, ids=str)
def test_is_as_good_as_torch_in_half_precision(emulator: Emulator, case: Case, rng) -> None:
    """The yardstick is torch's `scaled_dot_product_attention` in float16 on the same inputs."""
    inputs = draw(case, rng)
    q, k, v = (torch.from_numpy(a)[None] for a in (inputs.q, inputs.k, inputs.v))
    theirs = torch.nn.functional.scaled_dot_product_attention(q, k, v, scale=1.0)[0].numpy()
    expected = reference.cross_attention(inputs.q, inputs.k, inputs.v, inputs.extra)[0]
    ours = run(emulator, case, inputs).out
    error = [np.linalg.norm(a - expected) / np.linalg.norm(expected) for a in (ours, theirs)]
    assert error[0] <= min(2 * error[1], OUT_RELATIVE)


def test_text_tokens_join_through_the_log_sum_exp(emulator: Emulator, rng: np.random.Generator) -> None:
    """softmax over both sets = outputs weighted by exp(lse) of each (FlashInfer's recursive attention)."""
    case, garment, text = (Case(4, 192, keys, 32, 32, extra=8) for keys in (272, 256, 16))
    inputs = draw(case, rng)
    runs = []
    for part, tokens in ((garment, slice(0, 256)), (text, slice(256, 272))):
        k, v, extra = (a[..., tokens, :].copy() for a in (inputs.k, inputs.v, inputs.extra))
        runs.append(run(emulator, part, Inputs(inputs.q, k, v, extra)))
    lse = np.stack([r.lse for r in runs]).astype(np.float64)
    total = np.logaddexp(*lse)
    weight = np.exp(lse - total)[..., None]
    out, extra = (
        sum(w * getattr(r, name) for w, r in zip(weight, runs, strict=True)) for name in ("out", "extra")
    )
    merged = Outputs(out, extra, total)
    assert not faults(inputs, merged)
