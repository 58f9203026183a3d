"""Painted arms have a form: an elbow, and muscles above and below it."""

import numpy as np

from lookglass.finish.arm_form import form_at


def _at(along: float, across: float) -> float:
    return form_at(np.full((1, 1), along, np.float32), np.full((1, 1), across, np.float32)).item()


def test_muscles_are_lighter_than_the_pit_of_the_elbow() -> None:
    pit = _at(-0.05, -0.3)
    assert pit < -0.1
    assert min(_at(-0.5, -0.05), _at(0.15, 0.2), _at(0.2, -0.6)) > 0.04


def test_it_is_faint_and_takes_as_much_light_as_it_gives() -> None:
    along, across = np.meshgrid(np.linspace(-0.7, 1.1, 90), np.linspace(-1, 1, 33), indexing="ij")
    form = form_at(along.astype(np.float32), across.astype(np.float32))
    assert np.abs(form).max() < 0.3 and abs(float(form.mean())) < 0.01


def test_beyond_its_ends_nothing_jumps() -> None:
    steps = [_at(along, 0.2) for along in np.linspace(-1.2, 1.6, 200)]
    assert np.abs(np.diff(steps)).max() < 0.03
