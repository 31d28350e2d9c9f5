"""Callbacks wait for the commit; times keep their zone; SQLite is set up as we rely on."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import scoped_session

from pitchbar.accounts.models import Person
from pitchbar.core.database import after_commit
from pitchbar.extensions import db
from pitchbar.workspaces.models import Membership
from tests.support.factories import make_person
from tests.support.servers import on_both_databases

Sessions = scoped_session[Any]


@pytest.fixture
def called(db_session: Sessions) -> list[str]:
    """What the callbacks said, which `watch` adds to."""
    return []


def watch(session: Sessions, called: list[str], word: str = "committed") -> None:
    after_commit(session(), lambda: called.append(word))


def some_row() -> Person:
    return Person(name="Ada", email="ada@pitchbar.example", password_hash="x")


@on_both_databases
def test_callback_waits_for_the_commit(db_session: Sessions, called: list[str]) -> None:
    db_session.add(some_row())
    watch(db_session, called)
    db_session.flush()
    assert called == []
    db_session.commit()
    assert called == ["committed"]


@on_both_databases
def test_released_savepoint_is_no_commit(db_session: Sessions, called: list[str]) -> None:
    watch(db_session, called)
    with db_session.begin_nested():
        db_session.add(some_row())
        watch(db_session, called, "from within")
    assert called == []
    db_session.commit()
    assert called == ["committed", "from within"]


@on_both_databases
def test_rolled_back_callback_never_runs(db_session: Sessions, called: list[str]) -> None:
    db_session.add(some_row())
    watch(db_session, called)
    db_session.flush()
    db_session.rollback()
    db_session.add(some_row())
    db_session.commit()
    assert called == []


def test_callback_runs_once(db_session: Sessions, called: list[str]) -> None:
    watch(db_session, called)
    db_session.execute(text("SELECT 1"))
    db_session.commit()
    db_session.execute(text("SELECT 1"))
    db_session.commit()
    assert called == ["committed"]


@on_both_databases
def test_time_comes_back_in_utc(db_session: Sessions) -> None:
    berlin = timezone(timedelta(hours=1))
    person = make_person(created_at=datetime(2026, 11, 21, 9, 30, tzinfo=berlin))
    db_session.expire_all()
    assert person.created_at == datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
    assert person.created_at.tzinfo is UTC


def test_time_without_a_zone_is_refused(app: Flask) -> None:
    with pytest.raises(StatementError, match="a naive time cannot be stored"):
        make_person(created_at=datetime(2026, 11, 21))  # noqa: DTZ001  # that is the point
    db.session.rollback()


@on_both_databases
def test_row_of_nobody_is_refused(db_session: Sessions) -> None:
    db_session.add(Membership(workspace_id=4711, person_id=4711, role="owner"))
    with pytest.raises(IntegrityError):
        db_session.commit()
    db_session.rollback()


def test_sqlite_takes_readers_beside_a_writer(db_session: Sessions) -> None:
    assert db_session.scalar(text("PRAGMA journal_mode")) == "wal"
    assert db_session.scalar(text("PRAGMA synchronous")) == 1
    assert db_session.scalar(text("PRAGMA busy_timeout")) == 5000
