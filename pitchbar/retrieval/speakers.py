"""Whose text it is. Whoever speaks or writes says "I", and nowhere what they are called: where a
question about a speech, a letter or an interview names its author, no passage has that name.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pitchbar.clients.embeddings import Reading
from pitchbar.retrieval.languages import language_of
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
# A title tells a person from a company or a product, of which nothing is told by what somebody says
# of themselves. Some languages write it small.
_TITLES = {
    "en": "President|Chancellor|Minister|Senator|Governor|Mayor|King|Queen|Pope|Judge|Captain"
    "|General|Professor|Prof|Doctor|Dr|Mr|Mrs|Ms|Sir|Lady|Lord|CEO|Director|Chairman|Chairwoman",
    "de": "Präsident|Präsidentin|Kanzler|Kanzlerin|Minister|Ministerin|Bürgermeister"
    "|Bürgermeisterin|König|Königin|Papst|Professor|Professorin|Prof|Doktor|Dr|Herr|Herrn|Frau",
    "es": "presidente|presidenta|canciller|ministro|ministra|senador|senadora|alcalde|alcaldesa"
    "|rey|reina|papa|profesor|profesora|doctor|doctora|dr|dra|señor|señora|sr|sra",
    "fr": "président|présidente|chancelier|chancelière|ministre|sénateur|sénatrice|maire|roi|reine"
    "|pape|professeur|docteur|dr|monsieur|madame|m|mme",
}
_NAME = r"(?-i:[A-ZÀ-Þ][\w'\u2019-]*)"
_WRITTEN_SMALL = ("es", "fr")
_PERSONS = {
    language: re.compile(
        rf"(?<!\w)(?:{titles})\.?\s+(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})",
        re.IGNORECASE if language in _WRITTEN_SMALL else 0,
    )
    for language, titles in _TITLES.items()
}


def speakers_of(
    question: str,
    terms: Sequence[Term],
    hits: Sequence[Hit],
    passages: Sequence[frozenset[str]],
    sentences: Sequence[Sentence],
) -> frozenset[Term]:
    """The words of a question that name, with a title, who speaks in the passages: somebody does in
    at least half of those that `sentences` are of, and nobody of that name stands in any.
    """
    told = {one.hit for one in sentences}
    spoken = sum(1 for at in told if _is_spoken(hits[at], [s for s in sentences if s.hit == at]))
    if not spoken or 2 * spoken < len(told):
        return frozenset()
    there = frozenset().union(*passages)
    found: set[Term] = set()
    persons = _PERSONS.get(language_of(question)[:2])
    for person in persons.finditer(question) if persons else ():
        named = [one for one in terms if _is_between(one, *person.span("name"))]
        if not any(one.stems & there for one in named):
            found |= {one for one in terms if _is_between(one, *person.span())}
    # Something must be left that is asked about.
    is_left = any(not one.asks for one in terms if one not in found)
    return frozenset(found if is_left else ())


def _is_between(term: Term, start: int, end: int) -> bool:
    return start <= term.start < end


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
