"""Words that encoders are taught: sentences, what they ask for, and scenes with and without variants."""

from pathlib import Path

import numpy as np
import pytest
import torch

from lookglass.text.colours import find_colour
from lookglass.text.lexicon import FILLERS
from lookglass.text.request import read_request
from lookglass.text.vocabulary import TEXT_LENGTH
from lookglass_export.data.words import Words
from lookglass_export.training import phrases
from lookglass_export.training.geometry_task import PAIRS, GeometryTask
from lookglass_export.training.phrases import sentence
from lookglass_export.training.scenes import VARIANT, Scene
from lookglass_export.training.text import NO_WISH, vocabulary, wishes
from lookglass_export.training.train import main as train
from lookglass_export.training.vocabulary import CAPACITY, VOCABULARY
from lookglass_export.training.weights import collect

ALL = [
    Words(fit, rolled, tucked) for fit in range(-2, 3) for rolled in (False, True) for tucked in (False, True)
]
TABLES = [
    *(listed for by_fit in phrases.FIT.values() for listed in by_fit.values()),
    *(
        listed
        for table in (phrases.ROLLED, phrases.DOWN, phrases.TUCKED, phrases.OUT)
        for listed in table.values()
    ),
]


def test_the_vocabulary_is_a_list_of_different_words() -> None:
    assert len(set(VOCABULARY)) == len(VOCABULARY) <= CAPACITY
    assert set(FILLERS) <= set(VOCABULARY)


@pytest.mark.parametrize("listed", TABLES)
def test_every_phrase_is_known_to_the_last_word_and_names_no_colour(listed: phrases.Phrases) -> None:
    for phrase in listed:
        request = read_request(phrase, vocabulary())
        assert request.colour is None and not request.warning, phrase


def test_no_phrase_asks_for_two_things() -> None:
    """One text, one meaning: what stands in two lists would teach the encoder to ignore it."""
    fits = [{*phrases.FIT["en"][fit], *phrases.FIT["zh"][fit]} for fit in range(-2, 3)]
    others = [
        {phrase for listed in table.values() for phrase in listed}
        for table in (phrases.ROLLED, phrases.DOWN, phrases.TUCKED, phrases.OUT)
    ]
    meanings = [*fits, *others]
    assert len(set().union(*meanings)) == sum(map(len, meanings))


@pytest.mark.parametrize("words", ALL)
def test_sentences_are_understood_and_fit_in(words: Words) -> None:
    rng = np.random.default_rng(0)
    drawn = [sentence(rng, words) for _ in range(200)]
    assert len(set(drawn)) > 100
    for text in drawn:
        reading = vocabulary().read(text)
        assert not reading.unknown and not reading.cut, text
        assert reading.ids.any() or words == Words()
        assert find_colour(text.lower()).rest == text.lower()


def test_scenes_without_variants_teach_silence_and_words_that_ask_for_nothing(scene: Scene) -> None:
    assert not scene.has_words
    rng = np.random.default_rng(0)
    drawn = wishes(scene, [0, 1, 2] * 100, rng, said=0.5)
    silent = sum(not wish.ids.any() for wish in drawn) / len(drawn)
    assert 0.8 < silent < 0.98 and {wish.worn for wish in drawn} == {""}
    assert wishes(scene, [0, 1], None, said=0.5) == [NO_WISH, NO_WISH]


def test_scenes_with_variants_teach_both(rendered: Scene) -> None:
    drawn = wishes(rendered, [0, 1, 2] * 100, np.random.default_rng(0), said=0.5)
    assert 0.4 < sum(not wish.ids.any() for wish in drawn) / len(drawn) < 0.6
    assert all(wish.ids.any() for wish in drawn if wish.worn == VARIANT)
    assert 0.3 < sum(wish.worn == VARIANT for wish in drawn) / len(drawn) < 0.5
    scored = wishes(rendered, [0, 1, 2], None, said=0.5)
    assert [wish.worn for wish in scored] == [""] * 3 + [VARIANT] * 3
    assert all(wish.ids.shape == (1, TEXT_LENGTH) for wish in scored)


def test_words_and_silence_have_targets_of_their_own(rendered: Scene) -> None:
    """Scored without a generator, each pair comes twice: as it is, and as its words say."""
    task = GeometryTask().eval()
    batch = {name: torch.from_numpy(value) for name, value in task.examples(rendered, None).items()}
    pairs = len(PAIRS)
    assert len(batch["ids"]) == 2 * pairs
    assert not batch["ids"][:pairs].any() and batch["ids"][pairs:].any(1).all()
    plain, varied = batch["coverage"][:pairs, 3], batch["coverage"][pairs:, 3]
    assert ((plain - varied).abs() > 0.5).flatten(1).any(1).all()
    with torch.no_grad():
        scores = task.scores(batch)
    names = {"sampling_error_px", "alpha_iou"}
    assert scores.keys() == names | {f"{kind}_{name}" for kind in ("words", "unsaid") for name in names}


def test_words_are_taught_alone_on_top_of_a_run_and_collected_with_it(
    scenes_folder: Path, tmp_path: Path
) -> None:
    folders = ["--scenes", str(scenes_folder), "--validation", str(scenes_folder), "--run", str(tmp_path)]
    train([*folders, "--task", "geometry", "--minutes", "0.001", "--batch", "1"])
    before = collect(tmp_path)["geometry"]["weights"]
    train([*folders, "--task", "words", "--minutes", "0.01", "--batch", "1"])
    after = collect(tmp_path)["geometry"]["weights"]
    changed = {key for key in before if not torch.equal(before[key], after[key])}
    assert changed
    assert all(key.startswith("words.") for key in changed)
