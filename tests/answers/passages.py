"""Passages as a turn finds them, for tests that ask no index."""

from typing import Any

from pitchbar.answers.lookup import Lookup
from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.passages import Hit
from tests.answers.hits import make_hit


def hit_of(text: str, place: int = 0, **values: Any) -> Hit:
    fields = {
        "chunk_id": place + 1,
        "document_id": place + 1,
        "url": f"https://site.example/page-{place}",
        "title": "Refunds",
        "headings": ("Refunds",),
        "score": 1.0 - place / 10,
    }
    return make_hit(text, **{**fields, **values})


def lookup_of(question: str, *hits: Hit, language: str = "en") -> Lookup:
    return Lookup(question, hits, answer_of(question, hits, 0.0), 0.0, language, {})
