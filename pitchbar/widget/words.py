"""What the widget says, in each of its languages, for pages that say the same."""

import re
from collections.abc import Mapping
from functools import cache

from pitchbar.widget.built import SOURCES

_WORD = re.compile(r'^  (\w+): "((?:[^"\\]|\\.)*)",$', re.MULTILINE)


@cache
def words_in(language: str) -> Mapping[str, str]:
    """By name. English for a language that it does not know."""
    file = SOURCES / "words" / f"{language}.js"
    if not file.is_file():
        return words_in("en")
    found = _WORD.findall(file.read_text())
    return {name: re.sub(r"\\(.)", r"\1", sentence) for name, sentence in found}
