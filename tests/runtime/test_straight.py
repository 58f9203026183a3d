"""A torso's flow without waves: what hangs straight in the photo hangs straight on the body."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lookglass.finish.straight import hang_straight
from lookglass.types import F32, Crop, Layers, Person

SHOULDERS, CHEST, HIPS = 16, 28, 48
"""Rows of the flow's 64; from the chest on cloth hangs straight."""


def _person() -> Person:
    marks = np.zeros((33, 5), np.float32)
    marks[[11, 12], 1], marks[[23, 24], 1] = 4 * SHOULDERS + 1.5, 4 * HIPS + 1.5
    picture, mask = np.zeros((256, 256, 3), np.uint8), np.ones((256, 256), np.float32)
    return Person(marks, Crop(1.0, (127.5, 127.5)), picture, mask, np.full(3, 0.5, np.float32))


def _layers(torso: F32) -> Layers:
    flow = np.stack([torso] * 3)
    coverage, zeros = np.zeros((3, 128, 96), np.float32), np.zeros((3, 128, 96), np.float32)
    coverage[:, 20:110, 20:76] = 1
    return Layers(flow, coverage, zeros[:2], zeros + 1, zeros, zeros, zeros[0], zeros[0])


def _bent() -> F32:
    """A flow with the form of a body: stretched over the belly, leaning to one side."""
    y, x = np.indices((64, 48), np.float32)
    y, x = (y - 31.5) / 32, (x - 23.5) / 24
    return np.stack([x + 0.1 * y + 0.05 * x**3 - 0.04 * x * y * y, y - 0.06 * x * x * y])


def test_waves_below_the_chest_are_gone() -> None:
    """Of a wave of 2 px of 128, ten cells long, at most a third is left (root mean square)."""
    y = np.arange(64, dtype=np.float32)[:, None]
    wave = np.float32(2 / 64) * np.sin(y * np.float32(2 * np.pi / 10))
    waved = _bent() + np.stack([wave + np.zeros(48, np.float32), np.zeros((64, 48), np.float32)])
    found = hang_straight(_layers(waved), _person()).flow[0]
    rows, columns = slice(CHEST, 54), slice(11, 37)
    left = (found - _bent())[0, rows, columns]
    assert np.sqrt((left**2).mean()) < np.sqrt((wave[rows] ** 2).mean()) / 3


def test_a_body_s_form_stays() -> None:
    found = hang_straight(_layers(_bent()), _person()).flow[0]
    assert np.abs(found - _bent())[:, 10:55, 10:38].max() < 1e-3


def test_the_neck_and_the_sleeves_stay() -> None:
    noise = _bent() + np.random.default_rng(0).normal(0, 0.1, (2, 64, 48)).astype(np.float32)
    layers = _layers(noise)
    found = hang_straight(layers, _person()).flow
    np.testing.assert_array_equal(found[0, :, : SHOULDERS + 1], noise[:, : SHOULDERS + 1])
    np.testing.assert_array_equal(found[1:], layers.flow[1:])
    assert np.abs(found[0] - noise).max() > 0.1


@pytest.mark.parametrize("shown", [0.0, 0.3])
def test_a_torso_that_is_hardly_seen_has_a_flow_all_the_same(shown: float) -> None:
    layers = _layers(_bent())
    layers.coverage[0] = 0
    layers.coverage[0, 60:63, 40:43] = shown
    assert np.isfinite(hang_straight(layers, _person()).flow).all()


_BESIDE = """
import time
from test_straight import _bent, _layers, _person
from lookglass.finish.straight import hang_straight
layers, person = _layers(_bent()), _person()
hang_straight(layers, person)
time.sleep(0.5)  # What was imported settles.
others, own = time.process_time() - time.thread_time(), time.thread_time()
for _ in range(300):
    hang_straight(layers, person)
print((time.process_time() - time.thread_time() - others) / (time.thread_time() - own))
"""


def test_no_other_thread_spins_beside_it() -> None:
    """In a process of its own: NumPy's threads would take the core that the graphs need for their second."""
    run = [sys.executable, "-c", _BESIDE]
    found = subprocess.run(run, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    assert float(found.stdout) < 0.2
