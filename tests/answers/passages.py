"""Passages for tests that ask no index."""

from dataclasses import replace
from typing import Any

from pitchbar.answers.lookup import Lookup
from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.passages import Hit


def hit_of(text: str, place: int = 0, **values: Any) -> Hit:
    made = Hit(
        chunk_id=place + 1,
        document_id=place + 1,
        source_id=1,
        generation_id=1,
        url=f"https://site.example/page-{place}",
        title="Refunds",
        headings=("Refunds",),
        text=text,
        language="en",
        score=1.0 - place / 10,
        lexical=3.0,
        cosine=0.5,
    )
    return replace(made, **values)


def lookup_of(question: str, *hits: Hit, language: str = "en") -> Lookup:
    return Lookup(question, hits, answer_of(question, hits, 0.0), 0.0, language, {})
