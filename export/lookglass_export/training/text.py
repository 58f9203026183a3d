"""Which words a pair is taught with, and how its garment is to be worn then."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from lookglass.text.vocabulary import TEXT_LENGTH, Vocabulary
from lookglass_export.data.words import Words
from lookglass_export.training.phrases import sentence
from lookglass_export.training.scenes import VARIANT, Scene
from lookglass_export.training.vocabulary import VOCABULARY

_IDLE = 0.08
"""Share of pairs with words that ask for nothing."""
_LESS_SAID = 0.3
"""Scenes without variants come with words so much less often, which ask for nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Numbers of words (1, 32) int64, and what the names of the scene's arrays begin with that show it."""

    ids: npt.NDArray[np.int64]
    worn: str


NO_WISH = Wish(np.zeros((1, TEXT_LENGTH), np.int64), "")


@cache
def vocabulary() -> Vocabulary:
    """The words that encoders are taught."""
    return Vocabulary(VOCABULARY)


def ask(rng: np.random.Generator, words: Words) -> npt.NDArray[np.int64]:
    """A sentence that asks for words, as numbers."""
    return vocabulary().read(sentence(rng, words)).ids


def wishes(scene: Scene, garments: list[int], rng: np.random.Generator | None, *, said: float) -> list[Wish]:
    """One wish for each garment to learn from; to score, each without words and then each variant's.

    `said` is the share that comes with words.
    """
    if rng is not None:
        return [_drawn(scene, garment, rng, said) for garment in garments]
    silent = [NO_WISH] * len(garments)
    if not scene.has_words:
        return silent
    fixed = np.random.default_rng(len(garments))
    return silent + [Wish(ask(fixed, scene.words(garment)), VARIANT) for garment in garments]


def _drawn(scene: Scene, garment: int, rng: np.random.Generator, said: float) -> Wish:
    kind = rng.random()
    if kind >= (said if scene.has_words else said * _LESS_SAID):
        return NO_WISH
    if kind < _IDLE or not scene.has_words:
        return Wish(ask(rng, Words()), "")
    return Wish(ask(rng, scene.words(garment)), VARIANT)
