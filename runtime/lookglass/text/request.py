"""What a text asks for: a way to wear a garment, a colour; and what of it was not understood."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from lookglass.text.colours import Colour, find_colour
from lookglass.text.lexicon import FILLERS
from lookglass.text.vocabulary import TEXT_LENGTH, Vocabulary, normalised

_NOTHING_ELSE = Vocabulary(FILLERS)


@dataclass(frozen=True, slots=True)
class Request:
    """A text, understood as far as may be.

    Attributes:
        colour: the colour asked for.
        ids: (1, 32) int64, the words about how it is worn, as the text encoder takes them; zeros for none.
        unknown: words that were not understood, each once.
        cut: known words for which there was no room.
        passed_over: colours beside the one that is taken, and those that are not wanted.
        for_tops: words about fit were left out, which are for upper garments alone.
    """

    colour: Colour | None
    ids: npt.NDArray[np.int64]
    unknown: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()
    for_tops: bool = False

    @property
    def warning(self) -> str:
        """One sentence about what is left out, empty if nothing is."""
        parts = [
            f"{what}: {', '.join(words)}"
            for what, words in (
                ("not understood", self.unknown),
                ("colours passed over", self.passed_over),
                ("too long, left out", self.cut),
            )
            if words
        ]
        if self.for_tops:
            parts.append("words about fit are for tops, and left out")
        return "; ".join(parts)

    def without_fit(self) -> "Request":
        """The same for what is no top: its colour alone."""
        return replace(self, ids=np.zeros_like(self.ids), for_tops=bool(self.ids.any()))


def read_request(text: str, vocabulary: Vocabulary | None) -> Request:
    """Read a text.

    Args:
        text: what somebody typed, in English or Chinese.
        vocabulary: the words that the bundle's encoder knows; None where it has none: only colours are
            understood then.

    Example:
        >>> request = read_request("in dark green", None)
        >>> request.colour.words, request.warning
        ('dark green', '')
        >>> read_request("glittering red, not blue", None).warning
        'not understood: glittering; colours passed over: not blue'
    """
    found = find_colour(normalised(text))
    plain = _NOTHING_ELSE.read(found.rest)
    if plain.unknown and vocabulary is not None:
        reading = vocabulary.read(found.rest)
        return Request(found.colour, reading.ids, reading.unknown, reading.cut, found.passed_over)
    silence = np.zeros((1, TEXT_LENGTH), np.int64)
    return Request(found.colour, silence, plain.unknown, passed_over=found.passed_over)
