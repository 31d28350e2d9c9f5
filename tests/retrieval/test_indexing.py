from typing import Any

import pytest
from sqlalchemy import delete, func, select

from pitchbar.clients.vectors import Collection, VectorStore, VectorsUnavailable, Where
from pitchbar.events.actors import SYSTEM
from pitchbar.events.services import Event
from pitchbar.events.subjects import Subject
from pitchbar.extensions import db
from pitchbar.jobs import AttemptError, Fail, list_tasks
from pitchbar.jobs.ledger.models import Job
from pitchbar.retrieval import embedding, indexing, rebuilding, tasks
from pitchbar.retrieval.backends import open_store
from pitchbar.retrieval.search import search
from pitchbar.retrieval.subscribers import forget_points
from pitchbar.retrieval.tasks import (
    drop_collections,
    forget_generations,
    give_up,
    index_generation,
    resume_indexing,
)
from pitchbar.settings import current_settings
from pitchbar.sources.generations import go_back
from pitchbar.sources.models import ACTIVE, BROKEN, KEPT, Embedding, Generation
from tests.clients.test_embeddings import endpoint
from tests.fakes.qdrant import fake_qdrant
from tests.retrieval.factories import (
    Text,
    handbook,
    make_generation,
    make_indexed,
    make_source,
    next_job,
    run_job,
    run_jobs,
)
from tests.support.factories import People
from tests.support.servers import on_both_databases

by_words_alone = pytest.mark.settings(embeddings_model="none")


@pytest.fixture
def store(app: object) -> VectorStore:
    return open_store(current_settings())


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tasks, indexing, rebuilding):
        if hasattr(module, "BATCH"):
            monkeypatch.setattr(module, "BATCH", 2)


def _points(store: VectorStore, generation_id: int) -> int:
    where = Where(generation_ids=(generation_id,))
    return sum(store.count(name, where) for name in store.list_collections())


def _texts(count: int, word: str = "voucher") -> list[Text]:
    return [
        Text(f"Page {n}", f"# Page {n}\n\nThe {word} number {n} is here.") for n in range(count)
    ]


@on_both_databases
@pytest.mark.usefixtures("small_batches")
def test_what_was_read_answers_once_all_of_it_is_in_the_index(
    people: People, store: VectorStore
) -> None:
    source = make_source(people.workspace.id)
    generation = make_generation(source, _texts(7))
    assert search(people.workspace.id, "voucher").hits == []
    ran = run_jobs()
    # Two lanes, each in batches of two.
    assert ran.count("retrieval.index_generation") >= 4
    assert generation.state == ACTIVE
    assert generation.indexed_chunks == 7
    assert Collection.of_key(generation.embedding_model).size == 384
    assert source.active_generation_id == generation.id
    assert _points(store, generation.id) == 7
    assert len(search(people.workspace.id, "voucher").hits) == 7


@by_words_alone
@pytest.mark.usefixtures("small_batches")
def test_a_question_meanwhile_sees_the_old_or_the_new_and_never_half(people: People) -> None:
    source = make_indexed(people.workspace.id, _texts(5, "voucher"))
    new = make_generation(source, _texts(6, "coupon"))
    seen = []
    while job := next_job():
        seen.append(
            (
                len(search(people.workspace.id, "voucher").hits),
                len(search(people.workspace.id, "coupon").hits),
            )
        )
        run_job(job)
    assert new.state == ACTIVE
    assert set(seen) == {(5, 0), (0, 6)}


@by_words_alone
def test_an_empty_source_answers_with_nothing(people: People) -> None:
    source = make_indexed(people.workspace.id, [])
    assert source.status == "indexed"


@by_words_alone
def test_the_points_of_a_replaced_generation_go_after_the_switch(
    people: People, store: VectorStore
) -> None:
    source = make_indexed(people.workspace.id, handbook())
    old = source.active_generation_id
    assert old is not None
    new = make_generation(source, handbook())
    run_jobs("retrieval.index")
    job = next_job("retrieval.forget_generations")
    assert job is not None
    # Questions that began before the switch go on to find the old ones for a while.
    assert (job.due_at - job.created_at).total_seconds() == 60
    assert _points(store, old) == 3
    run_jobs()
    assert _points(store, old) == 0
    assert _points(store, new.id) == 3


@by_words_alone
def test_going_back_puts_the_points_of_an_older_one_in_again(
    people: People, store: VectorStore
) -> None:
    source = make_indexed(people.workspace.id, _texts(3, "voucher"))
    old = db.session.get_one(Generation, source.active_generation_id)
    make_generation(source, _texts(2, "coupon"))
    run_jobs()
    assert old.state == KEPT
    go_back(old, SYSTEM)
    db.session.commit()
    run_jobs()
    assert source.active_generation_id == old.id
    assert len(search(people.workspace.id, "voucher").hits) == 3
    assert search(people.workspace.id, "coupon").hits == []


@by_words_alone
def test_what_answers_again_meanwhile_is_not_forgotten(people: People, store: VectorStore) -> None:
    source = make_indexed(people.workspace.id, handbook())
    assert source.active_generation_id is not None
    forget_generations(people.workspace.id, [source.active_generation_id, 987_654])
    assert _points(store, source.active_generation_id) == 3


def test_what_stays_is_embedded_once(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    real = embedding._made

    def counted(chunks: Any, embedder: Any) -> Any:
        made.append(len(chunks))
        return real(chunks, embedder)

    monkeypatch.setattr(embedding, "_made", counted)
    source = make_indexed(people.workspace.id, handbook())
    assert sum(made) == 3
    make_generation(source, [*handbook()[:2], Text("New", "# New\n\nNothing was here before.")])
    run_jobs()
    assert sum(made) == 4
    # The same text at another address is another document, and no other work.
    moved = [Text("Parking", handbook()[2].markdown, url="https://site.example/elsewhere")]
    make_indexed(people.workspace.id, moved, "Other")
    assert sum(made) == 4


def test_a_job_that_runs_twice_changes_nothing(people: People, store: VectorStore) -> None:
    source = make_source(people.workspace.id)
    generation = make_generation(source, handbook())
    for _ in range(2):
        index_generation(generation.id, 0, 2, 0)
    index_generation(generation.id, 1, 2, 0)
    index_generation(generation.id, 1, 2, 0)
    assert generation.state == ACTIVE
    assert _points(store, generation.id) == 3
    assert db.session.scalar(select(func.count()).select_from(Embedding)) == 3


@by_words_alone
@pytest.mark.usefixtures("small_batches")
def test_what_a_dead_worker_left_is_called_for_again(people: People) -> None:
    source = make_source(people.workspace.id)
    generation = make_generation(source, _texts(6))
    # Its job is gone with it, after the first batch.
    index_generation(generation.id, 0, 2, 0)
    db.session.execute(delete(Job))
    db.session.commit()
    resume_indexing()
    run_jobs()
    assert generation.state == ACTIVE
    assert source.status == "indexed"


@by_words_alone
def test_who_calls_again_does_not_call_twice(people: People) -> None:
    make_generation(make_source(people.workspace.id), handbook())

    def waiting() -> int:
        jobs = select(func.count()).where(Job.task == "retrieval.index_generation")
        return db.session.scalar(jobs) or 0

    before = waiting()
    resume_indexing()
    assert waiting() == before == 2


def test_qdrant_that_is_down_breaks_off_with_a_sentence_and_comes_back(
    people: People, make_settings: Any, app: Any
) -> None:
    with fake_qdrant() as (url, fake):
        app.extensions["settings"] = make_settings(qdrant_url=url, embeddings_model="none")
        source = make_indexed(people.workspace.id, handbook())
        new = make_generation(source, handbook()[:1])
        fake.status = 503
        with pytest.raises(VectorsUnavailable):
            index_generation(new.id, 0, 1, 0)
        db.session.rollback()
        give_up(AttemptError(1, "error", "VectorsUnavailable", "503"), generation_id=new.id)
        assert new.state == BROKEN
        assert source.status == "failed"
        assert source.error_is_transient
        assert "could not be reached" in source.error
        fake.status = 0
        # What answered before answers still.
        assert search(people.workspace.id, "bicycles").hits[0].title == "Parking"
        again = make_generation(source, handbook()[:1])
        run_jobs()
        assert again.state == ACTIVE
        assert source.status == "indexed"


@pytest.mark.parametrize(
    ("outcome", "word", "is_transient"),
    [
        ("error", "reached", True),
        ("timeout", "too long", True),
        ("lost", "reached", True),
        ("refused", "refuses", False),
    ],
)
@by_words_alone
def test_the_customer_is_told_in_a_sentence(
    people: People, outcome: str, word: str, is_transient: bool
) -> None:
    source = make_source(people.workspace.id)
    generation = make_generation(source, handbook())
    error = AttemptError(1, outcome, "builtins.KeyError", "'secret'")
    give_up(error, generation_id=generation.id, lane=0, lanes=2, after=0)
    assert word in source.error
    assert "Error" not in source.error
    assert source.error_is_transient == is_transient
    # A second lane that fails has nothing to add, and one that goes on ends.
    index_generation(generation.id, 1, 2, 0)
    assert generation.state == BROKEN


def test_an_endpoint_that_refuses_our_key_ends_it_at_once(
    people: People, make_settings: Any, app: Any
) -> None:
    with endpoint({}, 401) as (url, _):
        app.extensions["settings"] = make_settings(embeddings_url=url, embeddings_model="m")
        generation = make_generation(make_source(people.workspace.id), handbook())
        with pytest.raises(Fail):
            index_generation(generation.id, 0, 1, 0)


def _by_letters(body: dict[str, Any]) -> dict[str, Any]:
    rows = [
        [float(text.lower().count(letter)) + 0.01 for letter in "aeiou"] for text in body["input"]
    ]
    return {"data": [{"index": at, "embedding": row} for at, row in enumerate(rows)]}


@pytest.mark.usefixtures("small_batches")
def test_another_model_is_built_beside_and_then_switched(
    people: People, make_settings: Any, app: Any
) -> None:
    source = make_indexed(people.workspace.id, handbook())
    generation = db.session.get_one(Generation, source.active_generation_id)
    before = generation.embedding_model
    with endpoint(_by_letters) as (url, _):
        app.extensions["settings"] = make_settings(embeddings_url=url, embeddings_model="letters")
        store = open_store(current_settings())
        resume_indexing()
        job = next_job("retrieval.rebuild")
        assert job is not None
        assert generation.embedding_model == before
        # The old one answers meanwhile, by its own model.
        assert search(people.workspace.id, "a place for my bike").mode == "hybrid"
        run_jobs("retrieval.rebuild")
        assert generation.embedding_model == "letters@5"
        assert len(store.list_collections()) == 2
        found = search(people.workspace.id, "bicycles")
        assert found.mode == "hybrid"
        assert {hit.title for hit in found.hits if hit.lexical} == {"Parking"}
        drop_collections()
        assert store.list_collections() == [Collection("letters", 5).name]
        resume_indexing()
        assert next_job("retrieval.rebuild") is None


def test_an_endpoint_that_falls_silent_leaves_the_search_by_words(
    people: People, make_settings: Any, app: Any
) -> None:
    with endpoint(_by_letters) as (url, _):
        app.extensions["settings"] = make_settings(embeddings_url=url, embeddings_model="letters")
        make_indexed(people.workspace.id, handbook())
        assert search(people.workspace.id, "bicycles").mode == "hybrid"
    result = search(people.workspace.id, "bicycles")
    assert result.mode == "words"
    assert result.hits[0].title == "Parking"


@by_words_alone
def test_the_points_of_a_purged_workspace_go(people: People, store: VectorStore) -> None:
    source = make_indexed(people.workspace.id, handbook())
    other = make_indexed(people.elsewhere.id, handbook())
    subject = Subject("workspace", people.workspace.id, "gone")
    event = Event("workspace.purged", SYSTEM, subject, {}, {})
    forget_points(event)
    db.session.commit()
    run_jobs()
    assert _points(store, source.active_generation_id or 0) == 0
    assert _points(store, other.active_generation_id or 0) == 3


def test_every_job_of_the_index_keeps_to_the_policy() -> None:
    declared = {one.name: one for one in list_tasks()}
    for name in ("index_generation", "index_documents", "rebuild_generation"):
        task = declared[f"retrieval.{name}"]
        assert (task.queue, task.tries, task.timeout) == ("index", 3, 90)
        assert [task.retry.wait_after(tries) for tries in (1, 2, 3)] == [30, 90, 180]
