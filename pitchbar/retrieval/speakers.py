"""Whose text it is. Whoever speaks or writes says "I", and nowhere what they are called: where a
question about a speech, a letter or an interview names its author, no passage has that name.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pitchbar.clients.embeddings import Reading
from pitchbar.retrieval.name_words import is_name
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.sentence_terms import Sentence, Term

# Of one person; "we" is said by companies too, whose visitors ask about others as well.
_SPOKEN = {
    "en": re.compile(r"\bI(?:['\u2019](?:m|ve|ll|d))?\b|\b[Mm]y\b"),
    "de": re.compile(r"\b(?:[Ii]ch|[Mm]ein(?:e[mnrs]?)?|mir|mich)\b"),
    "es": re.compile(r"\b(?:[Yy]o|[Mm]is?)\b"),
    "fr": re.compile(r"\b(?:[Jj]e|[Mm]on|[Mm]es)\b|\b[Jj]['\u2019]"),
}
# Sentences by which a passage is somebody's; a single one may be quoted.
_FEWEST = 2
# "President Lovelace": with a name that nobody says, the word beside it says nothing either.
_SHORT = 2


def speakers_of(
    question: str,
    terms: Sequence[Term],
    hits: Sequence[Hit],
    passages: Sequence[frozenset[str]],
    sentences: Sequence[Sentence],
) -> frozenset[Term]:
    """The words of a question that name who speaks in the passages, if somebody does in at least
    half of those that `sentences` are of.
    """
    told = {one.hit for one in sentences}
    spoken = sum(1 for at in told if _is_spoken(hits[at], [s for s in sentences if s.hit == at]))
    if not spoken or 2 * spoken < len(told):
        return frozenset()
    there = frozenset().union(*passages)
    unknown = {one for one in terms if _is_person(question, one) and not one.stems & there}
    runs = {one.name for one in unknown if one.name is not None}
    short = {run for run in runs if sum(1 for one in terms if one.name == run) <= _SHORT}
    found = unknown | {one for one in terms if one.name in short}
    # Something must be left that is asked about.
    is_left = any(not one.asks for one in terms if one not in found)
    return frozenset(found if is_left else ())


def without_words(reading: Reading, words: frozenset[Term]) -> Reading:
    """Without the parts that stand in these words."""
    kept = [
        at
        for at, (start, end) in enumerate(reading.places)
        if not any(one.start <= start and end <= one.end for one in words)
    ]
    return replace(
        reading, parts=reading.parts[kept], places=tuple(reading.places[at] for at in kept)
    )


def _is_spoken(hit: Hit, sentences: Sequence[Sentence]) -> bool:
    """What is asked, as in a list of frequent questions, is nobody's statement."""
    says = _SPOKEN.get(hit.language[:2])
    if says is None:
        return False
    said = (one for one in sentences if not one.text.endswith("?") and says.search(one.text))
    return sum(1 for _ in said) >= _FEWEST


def _is_person(question: str, term: Term) -> bool:
    word = question[term.start : term.end]
    return is_name(question, term.start) and not any(one.isdigit() for one in word)
