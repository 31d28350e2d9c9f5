from typing import Any

import pytest
from sqlalchemy import delete

from pitchbar.clients.embeddings import packaged_embedder
from pitchbar.core.database import changed_rows
from pitchbar.extensions import db
from pitchbar.retrieval.passages import with_surroundings
from pitchbar.retrieval.search import HYBRID, NOTHING, WORDS, search
from pitchbar.sources.models import Document
from tests.clients.test_embeddings import endpoint
from tests.retrieval.factories import Text, handbook, make_indexed
from tests.support.factories import People, make_workspace

by_words_alone = pytest.mark.settings(embeddings_model="none")


def test_finds_the_passage_that_says_it_in_the_same_words(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    result = search(people.workspace.id, "How long is a voucher worth?")
    assert result.mode == HYBRID
    best = result.hits[0]
    assert best.headings == ("Refunds",)
    assert "worth three years" in best.text
    assert best.url == "https://site.example/refunds"
    assert best.lexical > 0
    assert best.cosine
    assert 0 < best.score <= 1
    assert result.embedding_ms > 0
    assert result.search_ms > 0


def test_finds_the_passage_that_says_it_in_other_words(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    best = search(people.workspace.id, "Can I leave my automobile somewhere?").hits[0]
    assert best.title == "Parking"


def test_what_stands_around_a_hit_is_there_when_it_is_asked_for(people: People) -> None:
    long = "\n\n".join(
        f"The rule number {n} of the house says that guests of table {n} {'wait ' * 120}."
        for n in range(9)
    )
    text = Text("Rules", f"# Rules\n\nIn short: be kind.\n\n## Tables\n\n{long}\n\n## End\n\nBye.")
    make_indexed(people.workspace.id, [text])
    hits = search(people.workspace.id, "rule number 4 of the house, table 4").hits
    found = next(hit for hit in hits if "rule number 4" in hit.text)
    [best] = with_surroundings([found])
    assert best.before
    assert best.after
    assert best.before != best.after
    assert best.text in best.section
    assert len(best.section) > len(best.text)
    assert "## End" not in best.section


def test_only_the_workspaces_own_sources_answer(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    assert search(people.elsewhere.id, "voucher").mode == NOTHING
    make_indexed(people.elsewhere.id, [Text("Other", "# Other\n\nA voucher of another house.")])
    hits = search(people.elsewhere.id, "voucher").hits
    assert [hit.title for hit in hits] == ["Other"]


def test_only_the_chosen_sources_answer(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    text = Text("Other", "# Other\n\nA voucher of another house.")
    other = make_indexed(people.workspace.id, [text], "Other")
    hits = search(people.workspace.id, "voucher", source_ids=[other.id]).hits
    assert {hit.source_id for hit in hits} == {other.id}
    assert search(people.workspace.id, "voucher", source_ids=[]).mode == NOTHING


@by_words_alone
def test_without_a_model_words_are_found_and_it_is_said(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    result = search(people.workspace.id, "vouchers")
    assert result.mode == WORDS
    assert result.hits[0].cosine is None
    assert result.hits[0].title == "Refunds"
    assert search(people.workspace.id, "automobile").hits == []


def test_what_two_pages_say_comes_once(people: People) -> None:
    twice = [
        Text("Parking", handbook()[2].markdown, url=f"https://site.example/{n}") for n in (1, 2)
    ]
    make_indexed(people.workspace.id, twice)
    assert len(search(people.workspace.id, "bicycles").hits) == 1


def test_what_was_deleted_a_moment_ago_is_not_shown(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    changed_rows(db.session, delete(Document).where(Document.title == "Parking"))
    db.session.commit()
    hits = search(people.workspace.id, "bicycles behind the house").hits
    assert hits
    assert "Parking" not in {hit.title for hit in hits}


@pytest.mark.parametrize("question", ["", "   ", "\n", "?!…", "the of and", "x" * 50_000, "\x00"])
def test_odd_questions_do_no_harm(people: People, question: str) -> None:
    make_indexed(people.workspace.id, handbook()[:1])
    assert search(people.workspace.id, question).mode in (HYBRID, NOTHING)


def test_words_are_found_in_the_forms_of_their_language(people: People) -> None:
    german = "# Gutscheine\n\nDie Gutscheine des Hauses gelten drei Jahre lang."
    make_indexed(people.workspace.id, [*handbook(), Text("Gutscheine", german, "de")])
    hit = search(people.workspace.id, "Wie lange gilt ein Gutschein?").hits[0]
    assert hit.title == "Gutscheine"
    assert hit.lexical > 0


def test_a_question_in_another_language_finds_what_is_called_alike(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    assert search(people.workspace.id, "¿Qué pone del Parking?").hits[0].title == "Parking"


def test_how_rare_a_word_is_counts_within_the_workspace(people: People) -> None:
    """The other workspace writes of nothing but vouchers; here the word is as rare as it was."""
    make_indexed(people.workspace.id, handbook())
    before = search(people.workspace.id, "voucher").hits[0].lexical
    busy = make_workspace()
    texts = [Text(f"V{n}", f"# V{n}\n\nThe voucher number {n} is worth it.") for n in range(40)]
    make_indexed(busy.id, texts)
    assert search(people.workspace.id, "voucher").hits[0].lexical == pytest.approx(before)


def test_a_reranker_has_the_last_word_and_silence_leaves_the_order(
    people: People, make_settings: Any, app: Any
) -> None:
    make_indexed(people.workspace.id, handbook())
    question = "the voucher behind the house in the morning"
    before = [hit.title for hit in search(people.workspace.id, question).hits]

    def judged(body: dict[str, Any]) -> dict[str, Any]:
        scores = enumerate("Parking" in one for one in body["documents"])
        return {"results": [{"index": at, "relevance_score": int(one)} for at, one in scores]}

    with endpoint(judged) as (url, asked):
        app.extensions["settings"] = make_settings(reranker_url=url)
        assert search(people.workspace.id, question).hits[0].title == "Parking"
        assert len(search(people.workspace.id, question, limit=1).hits) == 1
    assert asked[0]["query"] == question
    assert [hit.title for hit in search(people.workspace.id, question).hits] == before


def test_the_packaged_model_is_there() -> None:
    assert packaged_embedder() is not None
