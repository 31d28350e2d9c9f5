"""What a number is of, and on which side of it: "$5" is not "5 €", and "> 5" is not "< 5"."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from pitchbar.answers.facts import numbers_of

_UNITS = {
    "$": "dollar dollars",
    "€": "euro euros",
    "£": "pound pounds",
    "¥": "yen",
    "%": "percent prozent procent",
}
_SIDES = {"<": "less", "≤": "less", ">": "more", "≥": "more"}
_SIGN_OF = {word: sign for sign, words in _UNITS.items() for word in (sign, *words.split())}
_WORDS = "|".join(word for words in _UNITS.values() for word in words.split())
# An arrow is no side of a number.
_NUMBER = re.compile(
    rf"(?P<side>(?<![-=<>])[<>]=?|[≤≥])?\s?(?P<before>[$€£¥])?\s?(?P<number>\d[\d.,'\u2019]*)"
    rf"[\s-]?(?P<after>[$€£¥%](?!\d)|(?:{_WORDS})\b|per cent\b)?",
    re.IGNORECASE,
)


def another_sign(sentence: str, text: str) -> str:
    """The number of the sentence that the text has with other signs alone; empty if there is none.
    A number without a sign may be of anything.
    """
    there = _signs_by_number(text)
    for kind, number, sign in _signed(sentence):
        known = there.get((kind, number))
        if known and sign not in known:
            return number
    return ""


@lru_cache(maxsize=256)
def _signs_by_number(text: str) -> Mapping[tuple[str, str], Set[str]]:
    """One passage is compared with many sentences."""
    there: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, number, sign in _signed(text):
        there[kind, number].add(sign)
    return dict(there)


def _signed(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind of sign, number and sign of each that has one."""
    for found in _NUMBER.finditer(text):
        # A long s is an s to the pattern.
        unit = found["before"] or (found["after"] or "").casefold().replace("per cent", "%")
        for number in numbers_of(found["number"].rstrip(".,'\u2019")):
            if unit:
                yield "unit", number, _SIGN_OF[unit]
            if found["side"]:
                yield "side", number, _SIDES[found["side"][0]]
