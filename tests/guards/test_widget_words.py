"""What the widget says is said in each of its languages, with the same things filled in."""

import json
import re
from typing import Any

import pytest
from babel import Locale

from pitchbar.core.assets import STATIC
from pitchbar.widget import look_words
from pitchbar.widget.languages import spoken

WORDS = STATIC / "widget" / "src" / "words"
LANGUAGES = sorted(path.stem for path in WORDS.glob("*.js"))
_FILLED = re.compile(r"\{\w+\}")
_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|[{}:,;]')


def read(language: str) -> dict[str, Any]:
    """The default export, which is a plain object of strings."""
    text = re.sub(r"^//.*\n", "", (WORDS / f"{language}.js").read_text(), flags=re.M)
    parts = _PARTS.findall(text.removeprefix("export default ").rstrip().removesuffix(";"))
    quoted = "".join(f'"{one}"' if one[0].isidentifier() else one for one in parts)
    found: dict[str, Any] = json.loads(quoted.replace(",}", "}"))
    return found


def forms(sentence: str | dict[str, str]) -> list[str]:
    return [sentence] if isinstance(sentence, str) else list(sentence.values())


def test_five_languages_are_spoken() -> None:
    assert LANGUAGES == ["ar", "de", "en", "es", "fr"]
    assert set(LANGUAGES) == spoken() == set(look_words._SAID)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_there_in_its_place(language: str) -> None:
    english, own = read("en"), read(language)
    assert list(own) == list(english)
    for name, sentence in own.items():
        assert isinstance(sentence, dict) == isinstance(english[name], dict), name
        assert all(one.strip() == one != "" for one in forms(sentence)), name
        assert not any(mark in one for one in forms(sentence) for mark in "!¡"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_things_are_filled_in(language: str) -> None:
    english = read("en")
    for name, sentence in read(language).items():
        wanted = set(_FILLED.findall(forms(english[name])[-1]))
        assert set(_FILLED.findall(forms(sentence)[-1])) == wanted, name
        # One and two may be words.
        assert all(set(_FILLED.findall(one)) <= wanted for one in forms(sentence)), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_each_form_of_the_language(language: str) -> None:
    tags = {*Locale(language).plural_form.tags, "other"}
    for name, sentence in read(language).items():
        if isinstance(sentence, dict):
            assert set(sentence) == tags, name
            assert list(sentence)[-1] == "other", name
