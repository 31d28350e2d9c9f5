"""Each sentence of a model's answer beside the passages: it keeps its citation where a passage
bears it out, loses it where none does, and goes where it says what no passage says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pitchbar.answers.citation_marks import parts_of, with_marks, without_marks
from pitchbar.answers.facts import names_of, numbers_of, numbers_stated
from pitchbar.answers.filters import LinkFilter, without_html
from pitchbar.answers.number_signs import another_sign
from pitchbar.answers.other_languages import shares_facts
from pitchbar.answers.other_names import is_named_in
from pitchbar.answers.plain import plain
from pitchbar.answers.quotable import quotables_of
from pitchbar.answers.support import LEAST_OF_NOUNS, contradicts, missing_facts, stands_in, supports
from pitchbar.answers.turns import Citation, Verdict
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

# A sentence of so few telling words joins others, and claims nothing.
_JOINING = 2
# So much of a sentence that names a passage must stand in some of them for it to stay, without its
# citation, though the passage does not bear it out.
_GROUNDED = 0.5
_WORD = re.compile(r"[^\W_]")
_FENCE = re.compile(r"^\s*```[^\n]*\n?|\n?\s*```\s*$")
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s+")
# What `supports` says of sentences that go on where a passage ends, but do not contradict it.
_SAYS_MORE = "says what the passage does not"


@dataclass(frozen=True)
class Checked:
    """`text` is what may be shown, with the white space before it; empty where nothing may."""

    text: str
    verdicts: Sequence[Verdict]
    is_joining: bool = False
    """It claims nothing, and leads to what comes next."""


@dataclass
class CitationCheck:
    """Of one answer. Citations are numbered anew, in the order of their quotes in the answer.

    Attributes:
        language: of the answer; sentences in another one than their passage are compared by their
            numbers and names alone.
    """

    question: str
    hits: Sequence[Hit]
    language: str = ""
    citations: list[Citation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._links = LinkFilter(self.hits)

    def check(self, sentence: str) -> Checked:
        lead = sentence[: len(sentence) - len(sentence.lstrip())]
        if self._links.has_link(sentence):
            return Checked("", [Verdict(sentence.strip(), None, False, "an address or HTML")])
        body = without_html(sentence.strip()).strip()
        if body.startswith("```"):
            return self._code(lead, body)
        if not _WORD.search(without_marks(body)):
            return Checked("" if parts_of(body)[0][1] else lead + body, [], is_joining=True)
        return self._sentence(lead, body)

    def _sentence(self, lead: str, body: str) -> Checked:
        bare, parts = without_marks(body), parts_of(body)
        asked = [n for _, numbers in parts for n in numbers]
        places = [n - 1 for n in asked if 1 <= n <= len(self.hits)]
        bearing = self._bearing(bare, places)
        if not bearing and (each := self._bearing_by_part(parts)):
            return self._by_part(lead, parts, each)
        bearing = bearing or self._bearing_elsewhere(bare, is_cited=bool(places))
        verdicts = self._lost(bare, asked, bearing)
        if bearing:
            numbers = [self._number(bare, place) for place in bearing]
            verdicts += [Verdict(bare, n, is_supported=True) for n in dict.fromkeys(numbers)]
            return Checked(lead + with_marks(bare, numbers), verdicts)
        why = self._why_gone(bare, places)
        if why:
            return Checked("", [*verdicts, Verdict(bare, None, False, why)])
        return Checked(lead + bare, verdicts, is_joining=not asked)

    def _bearing(self, bare: str, places: Sequence[int]) -> list[int]:
        return [at for at in dict.fromkeys(places) if not self._why_not(bare, at)]

    def _bearing_by_part(self, parts: Sequence[tuple[str, list[int]]]) -> list[list[int]]:
        """Where each part of a sentence names a passage of its own, each must hold by itself."""
        bearing: list[list[int]] = []
        for text, numbers in parts:
            places = [n - 1 for n in numbers if 1 <= n <= len(self.hits)]
            found = self._bearing(_without_joint(text), places)
            if _WORD.search(text) and not found:
                return []
            bearing.append(found)
        return bearing if len(parts) > 1 else []

    def _by_part(
        self, lead: str, parts: Sequence[tuple[str, list[int]]], bearing: Sequence[list[int]]
    ) -> Checked:
        """Each keeps its own number: the passage bears out that part, and not the others."""
        shown, verdicts = [], []
        for (text, asked), places in zip(parts, bearing, strict=True):
            bare = _without_joint(text).strip()
            numbers = list(dict.fromkeys(self._number(bare, place) for place in places))
            verdicts += self._lost(bare, asked, places)
            verdicts += [Verdict(bare, n, is_supported=True) for n in numbers]
            shown.append(with_marks(text, numbers))
        return Checked(lead + "".join(shown), verdicts)

    def _bearing_elsewhere(self, bare: str, *, is_cited: bool) -> list[int]:
        """What was said without a number may stand in a passage all the same. Where a number was
        given that is wrong, it must stand there word by word: of many passages, one has most of
        the words of anything.
        """
        if len(self._terms(bare)) <= _JOINING:
            return []
        for at, hit in enumerate(self.hits):
            if not self._why_not(bare, at) and (not is_cited or stands_in(bare, hit)):
                return [at]
        return []

    def _why_not(self, bare: str, place: int) -> str:
        hit = self.hits[place]
        bare = _LIST_MARK.sub("", bare)
        if self._is_foreign(hit):
            shares = shares_facts(bare, hit, self.language)
            return "" if shares else "another language, and no fact in common"
        return supports(bare, hit).why

    def _lost(self, bare: str, asked: Sequence[int], bearing: Sequence[int]) -> list[Verdict]:
        lost = []
        for n in dict.fromkeys(asked):
            if not 1 <= n <= len(self.hits):
                lost.append(Verdict(bare, None, False, f"there is no passage {n}"))
            elif n - 1 not in bearing:
                why = self._why_not(bare, n - 1) or "another part of the sentence does not hold"
                lost.append(Verdict(bare, None, False, f"passage {n}: {why}"))
        return lost

    def _why_gone(self, bare: str, places: Sequence[int]) -> str:
        """Why a sentence that no passage bears out may not stay without a citation, either."""
        bare = _LIST_MARK.sub("", bare)
        if missing := sorted(self._missing(bare)):
            return f"in no passage: {', '.join(missing[:5])}"
        terms = self._terms(bare)
        if not places:
            is_joining = len(terms) <= _JOINING
            return "" if is_joining else "claims something, and no passage says it"
        strange = "no passage says it of these numbers and names"
        if all(self._is_foreign(self.hits[at]) for at in places):
            is_other = any(another_sign(bare, plain(self.hits[at].passage)) for at in places)
            return strange if is_other else ""
        if numbers_stated(bare) or self._names(bare):
            return strange
        if any(self._is_against(bare, at) for at in places):
            return "contradicts its passage"
        least = LEAST_OF_NOUNS if self.language[:2] == "de" else _GROUNDED
        grounded = len(terms & self._known) >= least * len(terms)
        return "" if grounded else "stands in no passage"

    def _is_against(self, bare: str, place: int) -> bool:
        return self._why_not(bare, place) != _SAYS_MORE or contradicts(bare, self.hits[place])

    @cached_property
    def _said(self) -> str:
        return "\n".join(f"{hit.title}\n{hit.passage}" for hit in self.hits)

    @cached_property
    def _known(self) -> frozenset[str]:
        return self._terms(self._said)

    @cached_property
    def _numbers(self) -> set[str]:
        return numbers_of(self._said)

    def _missing(self, bare: str) -> set[str]:
        text = plain(bare)
        # Most sentences that lead to others have neither, and the passages need not be read for it.
        numbers, names = numbers_stated(text), self._names(text)
        missing = numbers - self._numbers if numbers else set()
        if names:
            strange = missing_facts(text, f"{self._said}\n{self.question}") & names
            missing |= {name for name in strange if not self._is_named_otherwise(name)}
        return missing

    def _names(self, text: str) -> set[str]:
        # Where every noun has a capital letter, that makes no name.
        return set() if self.language[:2] == "de" else names_of(text)

    def _is_named_otherwise(self, name: str) -> bool:
        return any(
            is_named_in(hit.text, name, self.language, hit.language)
            for hit in self.hits
            if self._is_foreign(hit)
        )

    def _terms(self, text: str) -> frozenset[str]:
        languages = {self.language or hit.language for hit in self.hits} or {self.language}
        return frozenset(term for one in languages for term in terms_of(plain(text), one))

    def _is_foreign(self, hit: Hit) -> bool:
        return bool(self.language and hit.language and self.language[:2] != hit.language[:2])

    def _code(self, lead: str, body: str) -> Checked:
        """Letter by letter from a passage, or not at all."""
        code = _FENCE.sub("", _FENCE.sub("", body))
        lines = [" ".join(line.split()) for line in code.splitlines() if line.strip()]
        for place, hit in enumerate(self.hits):
            there = " ".join(hit.text.split())
            if lines and all(line in there for line in lines) and not parts_of(code)[0][1]:
                n = self._number(code, place)
                return Checked(f"{lead}{body}\n[{n}]", [Verdict(code, n, is_supported=True)])
        return Checked("", [Verdict(code, None, False, "code that stands in no passage")])

    def _number(self, bare: str, place: int) -> int:
        """Of the citation that quotes what comes nearest to the sentence."""
        hit = self.hits[place]
        own = frozenset(terms_of(bare, hit.language))
        quoted = quotables_of(place, hit.text)

        def nearness(one: str) -> tuple[int, int]:
            return len(own & frozenset(terms_of(one, hit.language))), -len(one)

        best = max(quoted, key=lambda one: nearness(one.shown), default=None)
        quote = hit.text[best.start : best.end] if best else hit.text
        for one in self.citations:
            if (one.hit, one.quote) == (place, quote):
                return one.n
        made = Citation(len(self.citations) + 1, hit.url, hit.title, quote, place)
        self.citations.append(made)
        return made.n


def _without_joint(part: str) -> str:
    return re.sub(r"^\s*(?:[,;]\s*)?(?:and|but|und|aber)?\s+", "", part)
