"""Drift is planted, found, repaired, and gone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from pitchbar import create_app
from pitchbar.answers.commands import ask
from pitchbar.clients.vectors import Collection, Point, SparseVector, VectorStore, Where, point_id
from pitchbar.commands import Console
from pitchbar.extensions import db
from pitchbar.retrieval import tasks
from pitchbar.retrieval.audit import audit
from pitchbar.retrieval.backends import open_store
from pitchbar.retrieval.commands import audit_vectors, rebuild_vectors
from pitchbar.settings import Settings, current_settings
from pitchbar.sources.models import Chunk, Source
from tests.fakes.qdrant import fake_qdrant
from tests.retrieval.factories import (
    Text,
    handbook,
    make_generation,
    make_indexed,
    next_job,
    run_job,
    run_jobs,
)
from tests.support.factories import People

pytestmark = pytest.mark.settings(embeddings_model="none")

Run = Callable[..., Result]
WORDS = Collection()
_COMMANDS = {one.name: one for one in (audit_vectors, rebuild_vectors, ask)}


@pytest.fixture
def store(app: object) -> VectorStore:
    return open_store(current_settings())


def _run(settings: Settings, *words: str) -> Result:
    """Runs a command as from a shell."""
    db.session.commit()
    console = Console(settings, create_app)
    done = CliRunner().invoke(_COMMANDS[words[0]], list(words[1:]), obj=console)
    db.session.rollback()
    return done


@pytest.fixture
def run(settings: Settings) -> Run:
    return lambda *words: _run(settings, *words)


def _plant_missing(store: VectorStore, source: Source) -> None:
    [lost, *_], _ = store.scroll(WORDS.name, Where(), None, 10)
    store.delete(WORDS.name, Where(point_ids=(lost.id,)))


def _plant_orphan(store: VectorStore, source: Source) -> None:
    payload = {
        "workspace_id": source.workspace_id,
        "source_id": source.id,
        "generation_id": 9_999,
        "chunk_id": 1,
        "content_hash": "gone",
    }
    store.upsert(WORDS, [Point(point_id(9_999, 1), None, SparseVector((1,), (1.0,)), payload)])


def _plant_stale(store: VectorStore, source: Source) -> None:
    one = db.session.query(Chunk).order_by(Chunk.id).first()
    assert one is not None
    db.session.execute(update(Chunk).where(Chunk.id == one.id).values(content_hash="another"))
    db.session.commit()


def test_an_index_that_holds_just_what_answers_is_consistent(
    people: People, store: VectorStore
) -> None:
    make_indexed(people.workspace.id, handbook())
    make_indexed(people.elsewhere.id, handbook()[:1])
    found = audit(store)
    assert found.is_consistent
    assert found.as_dict()["chunks"] == 4
    assert len(found.groups) == 2


def test_what_is_on_its_way_is_neither_there_nor_amiss(
    people: People, store: VectorStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "BATCH", 1)
    source = make_indexed(people.workspace.id, handbook())
    new = make_generation(source, [*handbook(), Text("New", "# New\n\nIt is on its way.")])
    job = next_job()
    assert job is not None
    run_job(job)
    assert store.count(WORDS.name, Where(generation_ids=(new.id,))) == 1
    assert audit(store).is_consistent
    run_jobs("retrieval.index")
    # The old one goes a minute after the switch; until then it is an orphan.
    assert audit(store).as_dict()["orphan"] == 3
    run_jobs()
    assert audit(store).is_consistent


@pytest.mark.parametrize(
    ("kind", "plant"),
    [("missing", _plant_missing), ("orphan", _plant_orphan), ("stale", _plant_stale)],
)
def test_planted_drift_is_found_named_and_repaired(
    people: People,
    store: VectorStore,
    run: Run,
    kind: str,
    plant: Callable[[VectorStore, Source], None],
) -> None:
    source = make_indexed(people.workspace.id, handbook())
    assert run("audit-vectors").exit_code == 0
    plant(store, source)
    told = run("audit-vectors", "--json")
    assert told.exit_code == 1
    facts = json.loads(told.output)
    assert not facts["consistent"]
    counts = {name: facts[name] for name in ("missing", "orphan", "stale")}
    assert counts == {"missing": 0, "orphan": 0, "stale": 0, kind: 1}
    [group] = facts["groups"]
    assert group["name"] == f"workspace {people.workspace.id}, source {source.id}"
    assert group[kind] == 1
    repaired = run("audit-vectors", "--repair")
    assert repaired.exit_code == 1
    assert f"1 {kind}" in repaired.output
    run_jobs()
    assert run("audit-vectors").exit_code == 0


def test_a_lost_index_is_rebuilt_from_its_chunks(
    people: People, store: VectorStore, run: Run
) -> None:
    make_indexed(people.workspace.id, handbook())
    make_indexed(people.elsewhere.id, handbook()[:1])
    store.drop(WORDS.name)
    assert run("audit-vectors").exit_code == 1
    told = run("rebuild-vectors", "--workspace", people.workspace.slug)
    assert told.exit_code == 0, told.output
    assert "3 chunks" in told.output
    assert json.loads(run("audit-vectors", "--json").output)["missing"] == 1
    run("rebuild-vectors")
    assert run("audit-vectors").exit_code == 0


def test_a_question_is_answered_on_the_command_line(people: People, run: Run) -> None:
    make_indexed(people.workspace.id, handbook())
    told = run("ask", "How long is a voucher worth?", "--workspace", people.workspace.slug)
    assert told.exit_code == 0, told.output
    assert "A voucher is worth three years" in told.output
    assert "words alone" in told.output
    as_json = run("ask", "voucher", "--workspace", people.workspace.slug, "--json")
    facts = json.loads(as_json.output)
    assert facts["hits"][0]["title"] == "Refunds"
    assert facts["hits"][0]["text"] in facts["hits"][0]["section"]
    assert "voucher" in facts["answer"]["sentence"].lower()
    assert run("ask", "xylophone", "--workspace", people.workspace.slug).output.startswith(
        "Nothing was found"
    )
    assert run("ask", "voucher", "--workspace", "nowhere").exit_code == 1


def test_an_index_that_is_away_is_said_and_no_drift(make_settings: Any, people: People) -> None:
    with fake_qdrant() as (url, fake):
        settings = make_settings(qdrant_url=url, embeddings_model="none")
        fake.status = 503
        told = _run(settings, "audit-vectors")
        assert told.exit_code == 1
        assert "could not be reached" in told.output
        assert "missing" not in told.output
