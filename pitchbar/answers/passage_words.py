"""A passage as it is compared with a sentence: what people read of it, and its stems."""

from dataclasses import dataclass
from functools import lru_cache

from pitchbar.answers.comparisons import without_price
from pitchbar.answers.facts import without_numbers
from pitchbar.answers.plain import plain
from pitchbar.answers.quotable import quotables_of
from pitchbar.retrieval.passages import Hit
from pitchbar.retrieval.words import terms_of


@dataclass(frozen=True)
class Passage:
    whole: str
    sentences: tuple[str, ...]
    headings: str
    language: str


@lru_cache(maxsize=64)
def passage_of(hit: Hit) -> Passage:
    told = [without_price(one.shown) for one in quotables_of(0, hit.text)]
    headings = " ".join((hit.title, *hit.headings))
    whole = "\n".join((headings, without_price(plain(hit.text)), *told))
    return Passage(whole, tuple(told), headings, hit.language)


@lru_cache(maxsize=4_000)
def stems_of(text: str, language: str) -> frozenset[str]:
    return frozenset(terms_of(without_numbers(text), language))
