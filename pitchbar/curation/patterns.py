"""Patterns of questions: words in an order, each perhaps open at its end."""

import re

_WORD = re.compile(r"[^\W_]+\*?")
_LONGEST = 200


def words_of(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W_]+", text)]


def refuse_pattern(pattern: str) -> str:
    """What is wrong with it, as a sentence; empty where nothing is."""
    words = _WORD.findall(pattern)
    if not words:
        return "it has no word"
    if len(pattern) > _LONGEST:
        return f"it can have {_LONGEST} characters"
    if any(len(word.rstrip("*")) < 3 for word in words if word.endswith("*")):
        return "a word before * needs three letters, or it fits nearly everything"
    return ""


def fits(pattern: str, text: str) -> bool:
    """Whether its words stand in the text in their order; others may stand between them."""
    wanted = [word.lower() for word in _WORD.findall(pattern)]
    there = iter(words_of(text))
    return bool(wanted) and all(any(_is(word, one) for one in there) for word in wanted)


def _is(wanted: str, word: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
