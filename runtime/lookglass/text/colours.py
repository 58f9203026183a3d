"""Colours by name, in English and Chinese: found in a text and taken out of it.

No flow can change a colour, so the encoder never sees these words: `lookglass.garment.dye` does what they
ask.
"""

import re
from dataclasses import dataclass

import numpy as np

from lookglass.oklab import from_oklab, to_oklab
from lookglass.text.lexicon import MODIFIERS, NAMES, TINTS

_ASCII_END, _ASCII_START = r"(?![a-z0-9'])", r"(?<![a-z0-9'])"
_TINT = 0.4
"""Share of the first of two colours in "blue green"; the second is the colour, the first its tint."""


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour that somebody named.

    Attributes:
        words: as they were written.
        lab: lightness in [0, 1], green to red, blue to yellow: OKLab.
    """

    words: str
    lab: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Found:
    """The colours of a text.

    Attributes:
        colour: the last one that is asked for.
        rest: the text without its colours.
        passed_over: colours that are asked for besides, or that are not wanted, as written.
    """

    colour: Colour | None
    rest: str
    passed_over: tuple[str, ...] = ()


def find_colour(text: str) -> Found:
    """Take the colours out of a text that `lookglass.text.vocabulary.normalised` wrote.

    Example:
        >>> found = find_colour("oversized, in dark green please")
        >>> found.colour.words, found.rest
        ('dark green', 'oversized, in   please')
        >>> find_colour("深绿色").colour.lab == found.colour.lab
        True
    """
    matches = list(_PHRASE.finditer(text))
    wanted = [_colour(match) for match in matches if not match["not"]]
    others = [match for match in matches if match["not"] or _colour(match).lab != wanted[-1].lab]
    return Found(
        wanted[-1] if wanted else None, _PHRASE.sub(" ", text), tuple(match[0].strip() for match in others)
    )


def _colour(match: re.Match[str]) -> Colour:
    lab = _lab(NAMES[_spelt(match["name"])])
    if match["tint"]:
        tint = _spelt(match["tint"])
        lab = lab + _TINT * (_lab(NAMES[TINTS.get(tint, tint)]) - lab)
    for modifier in _MODIFIER.finditer(match["modifiers"]):
        for _ in range(2 if modifier["very"] else 1):
            lab = _changed(lab, _spelt(modifier["modifier"]))
    return Colour(match[0].strip(), _shown(lab))


def _spelt(words: str) -> str:
    return words.replace("-", " ")


def _lab(code: str) -> np.ndarray:
    return to_oklab(np.array([int(code[i : i + 2], 16) for i in (4, 2, 0)], np.uint8))


def _changed(lab: np.ndarray, modifier: str) -> np.ndarray:
    """Lightness moves a share of its way to a goal, chroma changes by a factor."""
    goal, share, chroma = MODIFIERS[modifier]
    return np.array([lab[0] + share * (goal - lab[0]), *(lab[1:] * chroma)], np.float32)


def _shown(lab: np.ndarray) -> tuple[float, float, float]:
    """The nearest colour that a screen shows."""
    lightness, red, yellow = (float(value) for value in to_oklab(from_oklab(lab)))
    return lightness, red, yellow


def _any(words: list[str]) -> str:
    """A pattern for any of the words, the longest first; "navy blue" is read with a hyphen, too."""
    longest_first = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join(map(_one, longest_first)) + ")"


def _one(word: str) -> str:
    pattern = re.escape(word).replace(r"\ ", "[ -]")
    return _ASCII_START + pattern + _ASCII_END if word.isascii() else pattern


_NAME = _any(list(NAMES))
_LONGER = _any([name for name in NAMES if any(name != start and name.startswith(start) for start in NAMES)])
"""Names that begin with another's, such as "navy blue": that is no tint."""
_MODIFIER = re.compile(
    rf"(?:(?P<very>{_any(['very', 'really', '很', '非常'])})\s*)?(?P<modifier>{_any(list(MODIFIERS))})"
    r"(?:[ -]+|[、,，]\s*|的)?"
)
_MODIFIERS = re.sub(r"\?P<\w+>", "?:", _MODIFIER.pattern)
_PHRASE = re.compile(
    rf"(?P<not>{_any(['not', 'no', '不要', '不是', '别', '不'])}\s*)?(?P<modifiers>(?:{_MODIFIERS}){{0,4}})"
    rf"(?:(?!{_LONGER})(?P<tint>{_any([*NAMES, *TINTS])})[ -]?)?(?P<name>{_NAME})"
    r"(?:\s*(?:colou?red|colou?rs?|颜色|色)(?![a-z]))?"
)
