"""What people type about an answer of theirs, made fit or refused with a sentence at its field."""

from collections.abc import Sequence

from pitchbar.agents.cleaning import clean_language, clean_paths
from pitchbar.agents.errors import InvalidAgent
from pitchbar.core.text import storable
from pitchbar.curation.errors import InvalidCurated
from pitchbar.curation.models import ALWAYS, WHILE_CLOSED, WHILE_OPEN
from pitchbar.curation.patterns import refuse_pattern

_LONGEST_QUESTION, _LONGEST_ANSWER = 300, 4_000
_MOST_VARIANTS, _MOST_PATTERNS = 20, 20


def clean_question(question: str) -> str:
    cleaned = " ".join(storable(question).split())
    if not cleaned:
        raise InvalidCurated("question", "Enter the question as a visitor would ask it.")
    if len(cleaned) > _LONGEST_QUESTION:
        raise InvalidCurated("question", f"A question can have {_LONGEST_QUESTION} characters.")
    return cleaned


def clean_answer(answer: str) -> str:
    cleaned = storable(answer).replace("\r\n", "\n").strip()
    if not cleaned:
        raise InvalidCurated("answer", "Enter what visitors should read.")
    if len(cleaned) > _LONGEST_ANSWER:
        raise InvalidCurated(
            "answer",
            f"An answer can have {_LONGEST_ANSWER:,} characters; this has {len(cleaned):,}.",
        )
    return cleaned


def clean_variants(variants: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(" ".join(storable(one).split()) for one in variants))
    cleaned = [one for one in cleaned if one]
    if len(cleaned) > _MOST_VARIANTS:
        raise InvalidCurated("variants", f"There can be {_MOST_VARIANTS} at the most.")
    if any(len(one) > _LONGEST_QUESTION for one in cleaned):
        raise InvalidCurated("variants", f"Each can have {_LONGEST_QUESTION} characters.")
    return cleaned


def clean_patterns(patterns: Sequence[str]) -> list[str]:
    cleaned = list(dict.fromkeys(" ".join(storable(one).split()) for one in patterns))
    cleaned = [one for one in cleaned if one]
    if len(cleaned) > _MOST_PATTERNS:
        raise InvalidCurated("patterns", f"There can be {_MOST_PATTERNS} patterns at the most.")
    for one in cleaned:
        if sentence := refuse_pattern(one):
            raise InvalidCurated("patterns", f"{one[:60]}: {sentence}.")
    return cleaned


def clean_where(paths: Sequence[str]) -> list[str]:
    try:
        return clean_paths(paths)
    except InvalidAgent as error:
        raise InvalidCurated("paths", error.message) from None


def clean_spoken(language: str) -> str:
    try:
        return clean_language(language)
    except InvalidAgent as error:
        raise InvalidCurated("language", error.message) from None


def clean_given(given: str) -> str:
    if given not in (ALWAYS, WHILE_OPEN, WHILE_CLOSED):
        raise InvalidCurated("given", "Choose when it is given.")
    return given
