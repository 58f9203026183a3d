"""Whether words do what they say: measures of hand-made looks, and of answers that are known to be right."""

from pathlib import Path

import numpy as np
import pytest

from lookglass.bundle.loader import DEFAULT_BUNDLE
from lookglass_export.data.words import Words
from lookglass_export.evaluation.evaluate import main
from lookglass_export.evaluation.pairs import Pair, open_truth
from lookglass_export.evaluation.words import (
    TEXTS,
    Look,
    Trial,
    changes,
    effect,
    group_of,
    measure_of,
    opposite,
    summarise,
    table,
    true_look,
)
from lookglass_export.training.scenes import VARIANT, Scene


def look(hem: int, sleeve: int) -> Look:
    """A torso of 20 columns down to a row, and a sleeve of 4 columns beside it."""
    alpha, sleeves = np.zeros((128, 96), np.float32), np.zeros((128, 96), bool)
    alpha[20:hem, 40:60] = alpha[20:sleeve, 64:68] = 1
    sleeves[:, 62:] = True
    return Look(alpha, sleeves)


@pytest.mark.parametrize(
    ("words", "group", "measure", "wrong"),
    [
        (Words(-2), "slim", "area", Words(2)),
        (Words(1), "a size up", "area", Words(-1)),
        (Words(rolled=True), "sleeves rolled", "sleeves", Words(2)),
        (Words(tucked=True), "tucked in", "hem", Words(2)),
        (Words(2, tucked=True), "several", None, Words(-2)),
    ],
)
def test_words_are_grouped_by_what_they_ask_for(
    words: Words, group: str, measure: str | None, wrong: Words
) -> None:
    assert (group_of(words), measure_of(group), opposite(words)) == (group, measure, wrong)


def test_sizes_are_counted_in_cells() -> None:
    assert look(90, 70).sizes(50) == {"area": 70 * 20 + 50 * 4, "sleeves": 50 * 4, "hem": 90}
    assert np.isnan(look(0, 0).sizes(50)["hem"])


def test_half_a_change_is_half_an_effect() -> None:
    found = changes(look(90, 70), look(70, 50), look(92, 70), look(82, 60))
    assert found["area"] == (-480, -240)
    assert found["sleeves"] == (-80, -40)
    assert found["hem"] == (-20, -10)
    true, result = found["everywhere"]
    assert true == 480 and result == 8 * 20 + 10 * 4  # Rows 90 and 91 are none that truth changes.


def test_effects_are_weighed_by_what_there_is_to_change() -> None:
    assert effect([(10, 5), (-10, -5), (0, 3), (float("nan"), 1)]) == 0.5
    assert np.isnan(effect([]))


def test_the_truth_has_the_whole_effect(rendered: Scene) -> None:
    looks = [true_look(open_truth(Pair(rendered, 0, 1), variant)) for variant in ("", VARIANT)]
    for true, result in changes(*looks, *looks).values():
        assert true == result or np.isnan([true, result]).all()


def test_a_summary_has_a_line_for_each_word_and_one_for_all() -> None:
    scores = {(text, score): 0.5 for text in TEXTS for score in ("sampling_error_px", "alpha_iou")}
    change = {name: (2.0, 1.0) for name in ("area", "sleeves", "hem", "everywhere")}
    summary = summarise([Trial("slim", scores, change), Trial("tucked in", scores, change)])
    assert list(summary) == ["slim", "tucked in", "all"]
    assert summary["tucked in"]["measure"] == "hem" and summary["all"]["n"] == 2
    assert summary["slim"]["effect"] == 0.5 and summary["slim"]["alpha_iou"]["wrong"] == 0.5
    assert "tucked in" in table(summary)


def test_scenes_without_variants_are_refused(scenes_folder: Path) -> None:
    with pytest.raises(SystemExit):
        main(["--words", "--bundle", str(DEFAULT_BUNDLE), "--scenes", str(scenes_folder)])
