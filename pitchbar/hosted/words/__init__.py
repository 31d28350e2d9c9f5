"""What an agent's page says: the widget's words, and a few that only a page needs.

What one language says, all say: a test compares them.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module

from pitchbar.widget.languages import choose_language
from pitchbar.widget.words import words_in

LANGUAGES = ("en", "de", "fr", "es", "ar")


@cache
def page_words(language: str) -> Mapping[str, str]:
    own: dict[str, str] = import_module(f"pitchbar.hosted.words.{language}").WORDS
    return {**words_in(language), **own}


def language_of(wishes: Iterable[str]) -> str:
    """The first that is spoken, else English."""
    found = choose_language(wishes)
    return found if found in LANGUAGES else "en"
