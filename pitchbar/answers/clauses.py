"""Whether a sentence is turned round by the clause of its passage that comes nearest to it."""

import re
from collections.abc import Sequence

from pitchbar.answers.comparisons import (
    OPPOSITES,
    count_negations,
    is_denied,
    is_negated,
    is_widened,
    without_negations,
)
from pitchbar.answers.passage_words import Passage, stems_of

CLAUSE = re.compile(r"[,;:\u2013]\s+|\s+(?:and|but|or|while|und|aber|oder|y|pero|et|mais|e)\s+")
# Words of a clause that stands by itself.
_LEAST = 3
# Of the words of two clauses, so many are in both where they differ by a "not" alone.
_SAME = 0.85
_WORD = re.compile(r"\w+")
_NEGATING_OPPOSITES = re.compile(r"\b(?:never|none)\b", re.IGNORECASE)


def why_not_by_clauses(sentence: str, passage: Passage) -> str:
    there = [clause for one in passage.sentences for clause in clauses_of(one)]
    for clause in clauses_of(sentence):
        nearest = nearest_of(stems_of(clause, passage.language), there, passage.language)
        why = _why_not(clause, nearest, passage.language) if nearest else ""
        if why:
            return why
    return ""


def clauses_of(sentence: str) -> list[str]:
    """What has no two words of its own belongs to the one before."""
    clauses: list[str] = []
    for part in CLAUSE.split(sentence):
        is_short = min(len(_WORD.findall(one)) for one in (part, *clauses[-1:])) < _LEAST
        if clauses and is_short:
            clauses[-1] += f", {part}"
        else:
            clauses.append(part)
    return clauses


def _why_not(clause: str, nearest: str, language: str) -> str:
    opposite = _opposite(clause, nearest, language)
    if opposite and _is_negated_but(clause) == _is_negated_but(nearest):
        return f"the passage says {opposite}"
    if not opposite and is_denied(clause) != is_denied(nearest):
        return "one of the two is negated"
    if _has_one_more(clause, nearest, language):
        return "one of the two is negated"
    return "of some alone, or of all" if is_widened(clause, nearest) else ""


def _has_one_more(clause: str, nearest: str, language: str) -> bool:
    """ "Nothing is not stored", where "nothing is stored": the same words, with one "not" more."""
    if count_negations(clause) == count_negations(nearest):
        return False
    own, there = (stems_of(without_negations(one), language) for one in (clause, nearest))
    return len(own & there) >= _SAME * max(1, len(own | there))


def _is_negated_but(clause: str) -> bool:
    """ "Never" is no negation of "always", but its opposite already."""
    return is_negated(_NEGATING_OPPOSITES.sub(" ", clause))


def nearest_of(own: frozenset[str], there: Sequence[str], language: str) -> str:
    """Empty where they have nothing in common."""

    def nearness(other: str) -> tuple[int, float]:
        stems = stems_of(other, language)
        common = len(own & stems)
        return common, common / max(1, len(stems))

    best = max(there, key=nearness, default="")
    return best if best and nearness(best)[0] else ""


def nearest_sentence(sentence: str, passage: Passage) -> str:
    own = stems_of(sentence, passage.language)
    best = nearest_of(own, passage.sentences, passage.language)
    return best or next(iter(passage.sentences), "")


def _opposite(sentence: str, nearest: str, language: str) -> str:
    own, there = stems_of(sentence, language), stems_of(nearest, language)
    for pair in OPPOSITES:
        stems = [stems_of(word, language) or frozenset({word}) for word in pair]
        for mine, other in ((0, 1), (1, 0)):
            if stems[mine] <= own - there and stems[other] <= there - own:
                return pair[other]
    return ""
