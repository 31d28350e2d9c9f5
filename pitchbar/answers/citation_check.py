"""Each sentence of a model's answer beside the passages: it keeps its citation where a passage
bears it out, loses it where none does, and goes where it says what no passage says.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pitchbar.answers.citation_marks import parts_of, with_marks, without_marks
from pitchbar.answers.facts import names_of, numbers_of, numbers_stated
from pitchbar.answers.filters import LinkFilter, without_html
from pitchbar.answers.plain import plain
from pitchbar.answers.quotable import quotables_of
from pitchbar.answers.support import missing_facts, supports
from pitchbar.answers.turns import Citation, Verdict
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of

# A sentence of so few telling words joins others, and claims nothing.
_JOINING = 2
# So much of what a sentence says must stand in some passage for it to stay without a citation.
_GROUNDED = 0.6
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
        self._said = "\n".join(f"{hit.title}\n{hit.passage}" for hit in self.hits)

    def check(self, sentence: str) -> Checked:
        lead = sentence[: len(sentence) - len(sentence.lstrip())]
        body = self._links.without_links(without_html(sentence.strip())).strip()
        if not body or self._links.has_foreign(without_marks(body)):
            return Checked("", [Verdict(sentence.strip(), None, False, "an address or HTML")])
        if body.startswith("```"):
            return self._code(lead, body)
        if not _WORD.search(without_marks(body)):
            return Checked("" if parts_of(body)[0][1] else lead + body, [])
        return self._sentence(lead, body)

    def _sentence(self, lead: str, body: str) -> Checked:
        bare, parts = without_marks(body), parts_of(body)
        asked = [n for _, numbers in parts for n in numbers]
        places = [n - 1 for n in asked if 1 <= n <= len(self.hits)]
        bearing = self._bearing(bare, places) or self._bearing_by_part(parts)
        if bearing or not places:
            bearing = bearing or self._bearing_uncited(bare)
        verdicts = self._lost(bare, asked, bearing)
        if bearing:
            numbers = [self._number(bare, place) for place in bearing]
            verdicts += [Verdict(bare, n, is_supported=True) for n in dict.fromkeys(numbers)]
            return Checked(lead + with_marks(bare, numbers), verdicts)
        why = self._why_gone(bare, places)
        if why:
            return Checked("", [*verdicts, Verdict(bare, None, False, why)])
        return Checked(lead + bare, verdicts)

    def _bearing(self, bare: str, places: Sequence[int]) -> list[int]:
        return [at for at in dict.fromkeys(places) if not self._why_not(bare, at)]

    def _bearing_by_part(self, parts: Sequence[tuple[str, list[int]]]) -> list[int]:
        """Where each part of a sentence names a passage of its own, each must hold by itself."""
        bearing: list[int] = []
        for text, numbers in parts:
            places = [n - 1 for n in numbers if 1 <= n <= len(self.hits)]
            found = self._bearing(_without_joint(text), places)
            if _WORD.search(text) and not found:
                return []
            bearing += found
        return bearing if len(parts) > 1 else []

    def _bearing_uncited(self, bare: str) -> list[int]:
        """What was said without a number may stand in a passage all the same."""
        if len(self._terms(bare)) <= _JOINING:
            return []
        return next(([at] for at in range(len(self.hits)) if not self._why_not(bare, at)), [])

    def _why_not(self, bare: str, place: int) -> str:
        hit = self.hits[place]
        bare = _LIST_MARK.sub("", bare)
        if self._is_foreign(hit):
            return "" if _shares_facts(bare, hit) else "another language, and no fact in common"
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
        missing = sorted(self._missing(bare))
        if missing:
            return f"in no passage: {', '.join(missing[:5])}"
        contradicted = [self._why_not(bare, at) for at in places if not self._is_foreign_at(at)]
        if any(why and why != _SAYS_MORE for why in contradicted):
            return "contradicts its passage"
        terms = self._terms(bare)
        if len(terms) <= _JOINING:
            return ""
        known = self._terms(f"{self._said}\n{self.question}")
        return "" if len(terms & known) >= _GROUNDED * len(terms) else "stands in no passage"

    def _missing(self, bare: str) -> set[str]:
        text = plain(bare)
        if self.language[:2] == "de":
            # Where every noun has a capital letter, that makes no name.
            return numbers_stated(text) - numbers_of(self._said)
        return missing_facts(text, f"{self._said}\n{self.question}") | (
            numbers_stated(text) - numbers_of(self._said)
        )

    def _terms(self, text: str) -> frozenset[str]:
        languages = {self.language or hit.language for hit in self.hits} or {self.language}
        return frozenset(term for one in languages for term in terms_of(plain(text), one))

    def _is_foreign(self, hit: Hit) -> bool:
        return bool(self.language and hit.language and self.language[:2] != hit.language[:2])

    def _is_foreign_at(self, place: int) -> bool:
        return self._is_foreign(self.hits[place])

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


def _shares_facts(bare: str, hit: Hit) -> bool:
    text = plain(hit.passage)
    stated = numbers_stated(bare)
    names = {name.casefold() for name in names_of(bare)}
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    return stated <= numbers_of(text) and bool(stated or names & words)
