"""Passages for tests, made up without a database."""

from dataclasses import replace

from pitchbar.retrieval.answerable import Answer, Found
from pitchbar.retrieval.passages import Hit

_HIT = Hit(
    1, 1, 1, 1, "https://site.example/page", "Handbook", ("Handbook",), "", "en", 1.0, 5.0, 0.5
)


def make_hit(text: str, **fields: object) -> Hit:
    return replace(_HIT, text=text, **fields)  # type: ignore[arg-type]  # names of its own fields


def judged(hits: list[Hit], *sentences: str, falling: float = 0.05) -> Answer:
    """As if these had been found best, in this order."""
    found = []
    for at, sentence in enumerate(sentences):
        place = next(place for place, hit in enumerate(hits) if sentence in hit.text)
        start = hits[place].text.index(sentence)
        found.append(Found(place, start, start + len(sentence), 2.0 - falling * at))
    best = found[0]
    return Answer(0.9, True, sentences[0], best.place, best.start, best.end, tuple(found))
