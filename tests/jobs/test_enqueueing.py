from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.jobs import enqueue
from pitchbar.jobs.arguments import UnfitArgument
from pitchbar.jobs.ledger.connection import LedgerConnection
from pitchbar.jobs.ledger.models import Job
from pitchbar.jobs.ledger.queries import list_tags
from pitchbar.jobs.ledger.sweeping import send_due_jobs
from pitchbar.jobs.transport import transport
from tests.jobs.sample_tasks import drain_inbox, note, note_slowly
from tests.support.servers import on_both_databases

Commit = Callable[[], None]


def jobs() -> list[Job]:
    return list(db.session.execute(select(Job).order_by(Job.id)).scalars())


@on_both_databases
def test_job_is_written_with_its_arguments_by_name(app: Flask, commit: Commit) -> None:
    enqueue(note, "a file", line="ä")
    commit()
    (job,) = jobs()
    assert (job.task, job.queue, job.state) == (note.name, "default", "queued")
    assert job.arguments == {"path": "a file", "line": "ä"}


def test_job_is_sent_after_the_commit_and_not_before(app: Flask, commit: Commit) -> None:
    job_id = enqueue(note, "a file")
    assert transport.pending("default") == 0
    commit()
    assert transport.receive("default") == (job_id, 0)


def test_job_of_a_rolled_back_transaction_never_was(app: Flask, commit: Commit) -> None:
    enqueue(note, "a file")
    db.session.rollback()
    commit()
    assert jobs() == []
    assert transport.pending("default") == 0


def test_release_of_a_savepoint_does_not_send(app: Flask, commit: Commit) -> None:
    with db.session.begin_nested():
        enqueue(note, "a file")
    assert transport.pending("default") == 0
    commit()
    assert transport.pending("default") == 1


def test_job_of_an_undone_savepoint_is_not_there_and_the_other_is_sent(
    app: Flask, commit: Commit, ledger: LedgerConnection
) -> None:
    kept = enqueue(note, "kept")
    savepoint = db.session.begin_nested()
    enqueue(note, "undone")
    savepoint.rollback()
    commit()
    assert [job.id for job in jobs()] == [kept]
    assert transport.receive("default") == (kept, 0)


def test_job_on_a_bare_connection_is_found_by_the_sweep(
    ledger: LedgerConnection, app: Flask
) -> None:
    with ledger.engine.begin() as connection:
        job_id = enqueue(note, "a file", on=connection)
    assert transport.pending("default") == 0
    assert send_due_jobs(ledger, ["default"]) == 1
    assert transport.receive("default") == (job_id, 0)
    assert send_due_jobs(ledger, ["default"]) == 0


def test_delayed_job_is_sent_when_it_is_due(
    app: Flask, commit: Commit, ledger: LedgerConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(note, "a file", delay=60)
    commit()
    assert send_due_jobs(ledger, ["default"]) == 0
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send_due_jobs(ledger, ["default"]) == 1
    assert transport.pending("default") == 1


@on_both_databases
def test_unique_job_stands_in_the_way_of_its_like(app: Flask, commit: Commit) -> None:
    first = enqueue(drain_inbox, "a file", unique="drain")
    commit()
    assert enqueue(drain_inbox, "a file", unique="drain") is None
    assert enqueue(drain_inbox, "a file", unique="another") is not None
    commit()
    assert [job.unique_key for job in jobs()] == ["drain", "another"]
    assert first is not None


def test_tags_are_kept_once_each(app: Flask, commit: Commit) -> None:
    job_id = enqueue(note, "a file", tags=["workspace:4", "source:7", "source:7"])
    commit()
    assert job_id is not None
    assert list_tags(db.session(), job_id) == ["source:7", "workspace:4"]


class Odd(str):
    __slots__ = ()


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 1, tzinfo=UTC),
        {1, 2},
        (1, 2),
        {1: "number as a key"},
        float("nan"),
        b"bytes",
        object(),
        Odd("not quite text"),
        [{"deep": {"down": (1,)}}],
    ],
)
def test_argument_that_is_no_json_is_refused_by_name(app: Flask, value: Any) -> None:
    with pytest.raises(UnfitArgument, match=r"note.*argument 'line'"):
        enqueue(note, "a file", value)
    assert jobs() == []


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "ä\x00\ud83d", [1, [2]], {"a": {"b": []}}])
@on_both_databases
def test_plain_values_come_back_as_they_were(app: Flask, commit: Commit, value: Any) -> None:
    enqueue(note, "a file", value)
    commit()
    assert jobs()[0].arguments["line"] == value


def test_argument_that_is_too_large_is_named(app: Flask) -> None:
    with pytest.raises(UnfitArgument, match="pass an id in place of 'line'"):
        enqueue(note, "a file", "x" * 70_000)


def test_wrong_call_is_refused_at_once(app: Flask) -> None:
    with pytest.raises(TypeError, match=r"note_slowly: missing a required argument: 'seconds'"):
        enqueue(note_slowly, "a file", "line")


def test_commit_goes_well_when_redis_is_gone(
    app: Flask, commit: Commit, ledger: LedgerConnection, tmp_path: Any
) -> None:
    transport.connect("redis://127.0.0.1:1/0", tmp_path)
    enqueue(note, "a file")
    commit()
    assert len(jobs()) == 1
