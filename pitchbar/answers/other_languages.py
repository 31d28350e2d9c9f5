"""What can be told of a sentence and a passage in two languages: their numbers and names."""

import re

from pitchbar.answers.facts import names_of, numbers_of, numbers_stated
from pitchbar.answers.number_signs import another_sign
from pitchbar.answers.other_names import is_named_in
from pitchbar.answers.plain import plain
from pitchbar.retrieval.passages import Hit


def shares_facts(bare: str, hit: Hit, language: str) -> bool:
    """Of a sentence in another language than its passage: whether all of its numbers stand there,
    as they are given there, and it has a number or a name that does.
    """
    text = plain(hit.passage)
    stated, there = numbers_stated(bare), numbers_of(text)
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    named = {
        name
        for name in names_of(bare)
        if name in words or is_named_in(text, name, language, hit.language)
    }
    return stated <= there and bool(stated or named) and not another_sign(bare, text)
