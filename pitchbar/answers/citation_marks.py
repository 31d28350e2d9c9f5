"""The numbers by which a model names its passages, in the ways that models write them."""

import re

_NUMBERS = r"\d{1,3}(?:\s*(?:,|;|&|and|und|-|\u2013)\s*\^?\d{1,3})*"
_MARK = re.compile(
    rf"\s*(?:\[\s*\^?(?:material|passage|source|quelle|ref\.?|#)?\s*({_NUMBERS})\s*\](?!\()"
    rf"|\u3010\s*({_NUMBERS})[^\u3011]*\u3011)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)\s*[-\u2013]\s*(\d+)")
_END = re.compile(r"(\s*\|)?\s*$")


def parts_of(sentence: str) -> list[tuple[str, list[int]]]:
    """The sentence cut behind each group of numbers, without them: what they stand behind, and
    which they are.
    """
    parts: list[tuple[str, list[int]]] = []
    at, text, numbers = 0, "", list[int]()
    for mark in _MARK.finditer(sentence):
        between = sentence[at : mark.start()]
        if numbers and re.search(r"\w", between):
            parts.append((text, numbers))
            text, numbers = "", []
        text += between
        numbers += _numbers_in(mark[1] or mark[2])
        at = mark.end()
    rest = sentence[at:]
    if numbers and re.search(r"\w", rest):
        parts.append((text, numbers))
        text, numbers = "", []
    return [*parts, (text + rest, numbers)]


def without_marks(sentence: str) -> str:
    return "".join(text for text, _ in parts_of(sentence))


def with_marks(text: str, numbers: list[int]) -> str:
    """Behind the sentence; in the row of a table, in its last cell."""
    marks = "".join(f"[{number}]" for number in dict.fromkeys(numbers))
    if not marks:
        return text
    end = _END.search(text)
    assert end is not None  # noqa: S101  # every text has an end
    return f"{text[: end.start()]} {marks}{end[0]}"


def _numbers_in(written: str) -> list[int]:
    spans = [(int(one), int(two)) for one, two in _RANGE.findall(written)]
    ranged = [n for one, two in spans if two - one < 10 for n in range(one, two + 1)]
    return [*ranged, *(int(one) for one in re.findall(r"\d+", _RANGE.sub(" ", written)))]
