from typing import Any

import pytest
from sqlalchemy import func, select, update

from pitchbar.clients.embeddings import PackagedEmbedder
from pitchbar.clients.vectors import Collection
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.retrieval import kept_tokens, tasks
from pitchbar.retrieval.answerable import answer_of
from pitchbar.retrieval.evidence import PASSAGES
from pitchbar.retrieval.kept_tokens import is_any_unread, token_vectors_of
from pitchbar.retrieval.search import search
from pitchbar.retrieval.tasks import read_words, resume_indexing
from pitchbar.sources.models import Embedding
from tests.clients.test_embeddings import endpoint
from tests.retrieval.factories import Text, handbook, make_generation, make_indexed, run_jobs
from tests.support.factories import People
from tests.support.servers import on_both_databases

QUESTION = "How long is a voucher valid?"


def _unread() -> int:
    counted = select(func.count()).select_from(Embedding)
    return db.session.scalar(counted.where(Embedding.token_vectors.is_(None))) or 0


def _rows() -> dict[int, bytes | None]:
    rows = db.session.execute(select(Embedding.chunk_id, Embedding.token_vectors))
    return {row[0]: row[1] for row in rows}


def _forget(*chunk_ids: int) -> None:
    """As a release did that kept no words."""
    statement = update(Embedding).values(token_vectors=None)
    if chunk_ids:
        statement = statement.where(Embedding.chunk_id.in_(chunk_ids))
    db.session.execute(statement)
    db.session.commit()


@pytest.fixture
def texts_read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the model is asked to read, but for chunks."""
    read: list[str] = []
    original = PackagedEmbedder.read

    def note(self: PackagedEmbedder, text: str) -> Any:
        read.append(text)
        return original(self, text)

    monkeypatch.setattr(PackagedEmbedder, "read", note)
    return read


def test_the_model_reads_no_sentence_of_a_passage_whose_words_are_kept(
    people: People, texts_read: list[str]
) -> None:
    make_indexed(people.workspace.id, handbook())
    assert _unread() == 0
    hits = search(people.workspace.id, QUESTION).hits
    answer = answer_of(QUESTION, hits)
    assert answer.is_answered
    assert "three years" in answer.sentence
    assert set(texts_read) == {QUESTION}


def test_a_question_that_is_not_answered_is_refused_by_kept_words(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    question = "Which languages does the director speak?"
    hits = search(people.workspace.id, question).hits
    assert token_vectors_of([one.chunk_id for one in hits[:PASSAGES]])
    assert not answer_of(question, hits).is_answered


def test_where_one_passage_keeps_none_all_sentences_are_read(
    people: People, texts_read: list[str]
) -> None:
    make_indexed(people.workspace.id, handbook())
    hits = search(people.workspace.id, QUESTION).hits
    _forget(hits[1].chunk_id)
    assert token_vectors_of([one.chunk_id for one in hits[:PASSAGES]]) == []
    answer = answer_of(QUESTION, hits)
    assert answer.is_answered
    assert "three years" in answer.sentence
    assert answer.sentence in texts_read


def test_of_a_form_that_a_later_release_writes_sentences_are_read(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    hits = search(people.workspace.id, QUESTION).hits
    db.session.execute(update(Embedding).values(token_vectors=b"\x09later"))
    db.session.commit()
    assert token_vectors_of([one.chunk_id for one in hits[:PASSAGES]]) == []
    assert answer_of(QUESTION, hits).is_answered


@on_both_databases
def test_words_that_an_earlier_release_did_not_keep_are_read_later(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 2)
    make_indexed(people.workspace.id, handbook())
    before = _rows()
    _forget()
    assert is_any_unread()
    resume_indexing()
    ran = run_jobs()
    # Three chunks in batches of two.
    assert ran.count("retrieval.read_words") == 2
    assert _unread() == 0
    assert _rows() == before
    assert not is_any_unread()
    resume_indexing()
    assert "retrieval.read_words" not in run_jobs()


def test_reading_them_twice_at_once_is_one_job(people: People) -> None:
    make_indexed(people.workspace.id, handbook())
    _forget()
    resume_indexing()
    enqueue(read_words, unique="read-words")
    db.session.commit()
    assert run_jobs().count("retrieval.read_words") == 1


def test_without_the_model_nobody_is_asked_to_read_them(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_indexed(people.workspace.id, handbook())
    _forget()
    monkeypatch.setattr(tasks, "packaged_embedder", lambda: None)
    resume_indexing()
    assert "retrieval.read_words" not in run_jobs()


def test_the_same_text_elsewhere_is_not_read_again(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_indexed(people.workspace.id, handbook())
    monkeypatch.setattr(PackagedEmbedder, "embed_with_tokens", None)
    again = Text("Refunds", handbook()[1].markdown, url="https://site.example/again")
    make_generation(source, [*handbook(), again])
    run_jobs()
    assert _unread() == 0


def test_an_endpoint_s_vectors_come_without_words_and_are_left_so(
    people: People, make_settings: Any, app: Any
) -> None:
    def embed(body: dict[str, Any]) -> dict[str, Any]:
        rows = [[float(len(text)), 1.0] for text in body["input"]]
        return {"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}

    with endpoint(embed) as (url, _):
        app.extensions["settings"] = make_settings(embeddings_url=url, embeddings_model="letters")
        make_indexed(people.workspace.id, handbook())
        assert _unread() == 3
        assert not is_any_unread()
        assert answer_of(QUESTION, search(people.workspace.id, QUESTION).hits).is_answered


def test_nothing_is_read_without_a_model(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    make_indexed(people.workspace.id, handbook())
    _forget()
    monkeypatch.setattr(tasks, "packaged_embedder", lambda: None)
    read_words()
    assert _unread() == 3


def test_the_name_of_the_model_is_that_of_its_collection() -> None:
    assert Collection.of_key(kept_tokens.KEY).model == PackagedEmbedder.model
