"""Words to the numbers that a text encoder takes: English word by word, Chinese character by character."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

TEXT_LENGTH = 32
"""Words that a text encoder takes; a shorter text is filled up with zeros."""
_WORDS = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
_TRADITIONAL = str.maketrans(
    "寬鬆緊號碼點進褲裡裏請這樣襯長針織領顏綠紅藍黃淺銀褐褶擺紮捲後話給換個為還來與並樸紗鮮豔濃灰橘軍寶駝檳棗蘭羅亞炭螢",
    "宽松紧号码点进裤里里请这样衬长针织领颜绿红蓝黄浅银褐褶摆扎卷后话给换个为还来与并朴纱鲜艳浓灰橘军宝驼槟枣兰罗亚炭荧",
)


def normalised(text: str) -> str:
    """Lower case, full-width letters made narrow, traditional characters of our words made simple."""
    return unicodedata.normalize("NFKC", text).lower().replace("’", "'").translate(_TRADITIONAL)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as a vocabulary reads it.

    Attributes:
        ids: (1, TEXT_LENGTH) int64, numbers of its known words from 1, then zeros.
        unknown: words that were not understood, in the order of the text, each once.
        cut: known words for which there was no room.
    """

    ids: npt.NDArray[np.int64]
    unknown: tuple[str, ...]
    cut: tuple[str, ...] = ()


class Vocabulary:
    """The words of a bundle; a word's number is its place, counted from 1.

    Example:
        >>> words = Vocabulary(["sleeves", "rolled", "袖", "子", "卷", "起"])
        >>> words.read("Sleeves rolled, glittering").unknown
        ('glittering',)
        >>> words.read("捲起袖子").ids[0, :5].tolist()
        [5, 6, 3, 4, 0]
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._numbers = {word: place for place, word in enumerate(words, 1)}

    def read(self, text: str) -> Reading:
        """Number the words of a text."""
        known: list[str] = []
        unknown: list[str] = []
        for word in self._pieces(normalised(text)):
            (known if word in self._numbers else unknown).append(word)
        ids = np.zeros((1, TEXT_LENGTH), np.int64)
        numbers = [self._numbers[word] for word in known[:TEXT_LENGTH]]
        ids[0, : len(numbers)] = numbers
        return Reading(ids, tuple(dict.fromkeys(unknown)), tuple(known[TEXT_LENGTH:]))

    def _pieces(self, text: str) -> Iterator[str]:
        """English words, known Chinese characters, and what lies between these in one piece."""
        for word in _WORDS.findall(text):
            if word[0].isascii():
                yield word
            else:
                for known, run in groupby(word, self._numbers.__contains__):
                    piece = "".join(run)
                    yield from piece if known else [piece]
