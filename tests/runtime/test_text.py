"""What is read out of a text: words, colours, and what was not understood."""

import pytest

from lookglass.text.colours import find_colour
from lookglass.text.lexicon import FILLERS, MODIFIERS, NAMES, TINTS
from lookglass.text.request import read_request
from lookglass.text.vocabulary import TEXT_LENGTH, Vocabulary, normalised

WORDS = Vocabulary(["oversized", "sleeves", "rolled", "in", "宽", "松", "的", "袖", "子", "卷", "起"])


@pytest.mark.parametrize(
    ("text", "words", "same_as"),
    [
        ("in Dark  Green please", "dark  green", "dark green"),
        ("深绿色", "深绿色", "dark green"),
        ("深綠色的", "深绿色", "dark green"),
        ("a navy-blue shirt", "navy-blue", "navy"),
        ("宽松的藏青色", "藏青色", "navy"),
        ("酒红", "酒红", "wine red"),
        ("greyish blue", "greyish blue", "grey blue"),
        ("灰蓝色", "灰蓝色", "grey blue"),
        ("非常深的蓝色", "非常深的蓝色", "very dark blue"),
        ("light colour", None, None),
        ("tailored", None, None),
        ("米白色", "米白色", "off-white"),
        ("white, make it red", "red", "red"),
        ("not red, blue", "blue", "blue"),
        ("不要红色", None, None),
    ],
)
def test_colours_in_two_languages(text: str, words: str | None, same_as: str | None) -> None:
    colour = find_colour(normalised(text)).colour
    assert (colour and colour.words) == words
    if colour is not None and same_as is not None:
        expected = find_colour(same_as).colour
        assert expected is not None
        assert colour.lab == pytest.approx(expected.lab, abs=1e-6)


def test_every_name_is_read_as_itself_with_any_modifier() -> None:
    for name in NAMES:
        for modifier in ("", *MODIFIERS):
            if modifier.isascii() != name.isascii():
                continue
            text = f"{modifier} {name}".strip() if name.isascii() else modifier + name
            found = find_colour(text)
            assert found.colour is not None and not found.passed_over, text
            assert not found.rest.strip(), text
    assert set(TINTS.values()) <= NAMES.keys()


def test_modifiers_do_what_they_say() -> None:
    def lab(text: str) -> tuple[float, float, float]:
        colour = find_colour(text).colour
        assert colour is not None
        return colour.lab

    def chroma(text: str) -> float:
        return float((lab(text)[1] ** 2 + lab(text)[2] ** 2) ** 0.5)

    for name in ("red", "green", "blue", "purple", "brown"):
        order = [f"very dark {name}", f"dark {name}", name, f"light {name}", f"pale {name}"]
        lightness = [lab(text)[0] for text in order]
        assert lightness == sorted(lightness) and len(set(lightness)) == len(order)
        assert chroma(f"muted {name}") < chroma(name) < chroma(f"bright {name}") + 0.03


def test_what_is_not_understood_is_told() -> None:
    request = read_request("Oversized, glittering, in dark green and red, 闪亮的袖子", WORDS)
    assert request.unknown == ("glittering", "and", "闪亮")
    assert request.warning == "not understood: glittering, and, 闪亮; colours passed over: dark green"
    assert request.colour is not None and request.colour.words == "red"
    assert [number for number in request.ids[0] if number] == [1, 4, 7, 8, 9]


def test_of_two_shades_the_last_is_taken() -> None:
    found = find_colour("dark green or light green, light green")
    assert found.colour is not None and found.colour.words == "light green"
    assert found.passed_over == ("dark green",)


def test_a_long_run_of_modifiers_takes_no_time() -> None:
    assert find_colour("淡" * 2000).colour is None


def test_words_without_room_are_told() -> None:
    request = read_request("oversized " * (TEXT_LENGTH + 1), WORDS)
    assert request.ids.all() and request.warning == "too long, left out: oversized"


@pytest.mark.parametrize(
    "text", ["", "in dark green", "请给我深绿色的", "make it a red T-shirt", "深绿色，红色"]
)
def test_a_colour_alone_says_nothing_about_the_fit(text: str) -> None:
    assert not read_request(text, WORDS).ids.any()


def test_without_a_vocabulary_only_colours_are_understood() -> None:
    assert read_request("in dark green", None).warning == ""
    assert read_request("rolled, in dark green", None).unknown == ("rolled",)
    assert len(set(FILLERS)) == len(FILLERS)
