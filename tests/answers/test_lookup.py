"""What a turn finds before anything is said, as it is handed on to a model."""

from pitchbar.answers.lookup import Lookup, with_nearest_first
from pitchbar.retrieval.answerable import Answer
from tests.answers.hits import judged, make_hit

HITS = [make_hit(text) for text in ("Tea costs $3.", "Cake costs $5.", "Pie.", "Dogs are welcome.")]


def test_the_passage_with_the_best_sentence_comes_first() -> None:
    found = Lookup("?", HITS, judged(HITS, "Dogs are", "Cake costs"), 0.0, "en", {})
    ordered = with_nearest_first(found)
    said = ["Dogs are welcome.", "Cake costs $5.", "Tea costs $3.", "Pie."]
    assert [hit.text for hit in ordered.hits] == said
    best = ordered.best
    assert ordered.hits[best.place].text[best.start : best.end] == "Dogs are"
    assert [ordered.hits[one.place].text[one.start : one.end] for one in best.found] == [
        "Dogs are",
        "Cake costs",
    ]


def test_where_nothing_was_found_the_order_stays() -> None:
    nothing = Lookup("?", HITS, Answer(0.0, is_answered=False), 0.0, "en", {})
    assert with_nearest_first(nothing) == nothing
    assert not with_nearest_first(Lookup("?", [], Answer(0.0, False), 0.0, "en", {})).hits
