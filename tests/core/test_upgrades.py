"""An upgrade may be killed at any moment: each revision is there whole or not at all."""

import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import event, inspect, text
from sqlalchemy.engine import Engine

from pitchbar.core.assets import ROOT
from pitchbar.core.migrating import PatientSQLite, UpgradeRefused, migrating_connection
from pitchbar.extensions import db
from pitchbar.serve import upgrade_database
from tests.support.factories import People
from tests.support.servers import memory_folder, on_both_databases


class PulledPlug(Exception):
    """What stands for the end of the process."""


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


def is_change(statement: str) -> bool:
    return not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN"))


@contextmanager
def plug_pulled_after(statements: int) -> Iterator[None]:
    """Lets so many statements through that change something, and none more."""
    left = statements

    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        nonlocal left
        if not is_change(statement):
            return
        if left == 0:
            raise PulledPlug
        left -= 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", count)


def schema() -> dict[str, Any]:
    """The revision, and the names of each table's columns and indexes; on SQLite all that it
    knows of them.
    """
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as connection:
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if connection.dialect.name == "sqlite":
            rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
            return {"revision": revision, "all": sorted(map(str, rows))}
    inspector = inspect(db.engine)
    columns = inspector.get_multi_columns().items()
    indexes = inspector.get_multi_indexes().items()
    return {
        "revision": revision,
        "columns": {table: [one["name"] for one in found] for (_, table), found in columns},
        "indexes": {table: {one["name"] for one in found} for (_, table), found in indexes},
    }


def pulls_plug(upgrade: Callable[[], None], statements: int) -> bool:
    """Whether the upgrade needed more statements than that."""
    try:
        with plug_pulled_after(statements):
            upgrade()
    except PulledPlug:
        return True
    return False


def changing_statements(act: Callable[[], None]) -> list[str]:
    """What `act` sends to the database, but for what it only reads."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if is_change(statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return seen


def revisions(config: Config) -> list[str]:
    """From the oldest."""
    return [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()][::-1]


@on_both_databases
def test_upgrade_that_ends_in_the_middle_of_a_revision_leaves_the_one_before(
    config: Config,
) -> None:
    command.downgrade(config, "base")
    # PostgreSQL has always held DDL in transactions, so it is tried at fewer places. A revision of
    # few statements is tried at each of its first ones, as each begins at none.
    step = 3 if db.engine.dialect.name == "sqlite" else 7
    ended = 0
    for revision in revisions(config):
        before = schema()
        for statements in range(0, 1000, step):
            if not pulls_plug(lambda to=revision: command.upgrade(config, to), statements):  # type: ignore[misc]
                break
            assert schema() == before, f"{revision} after {statements} statements"
            ended += 1
    assert ended > 10
    command.check(config)


def leave_as_releases_before_did(config: Config, revision: str, share: float) -> int:
    """Takes the database to that revision but for its end: DDL stood outside of transactions up
    to the first row that was written.
    """
    ddl: list[str] = []
    for statement in changing_statements(lambda: command.upgrade(config, revision)):
        if not statement.lstrip().startswith(("CREATE", "ALTER")):
            break
        ddl.append(statement)
    command.downgrade(config, "-1")
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
        left = ddl[: round(len(ddl) * share)]
        for statement in left:
            connection.execute(statement)
    return len(left)


@pytest.mark.parametrize("share", [0.3, 0.7, 1.0])
def test_upgrade_takes_up_what_an_older_release_left_half_done(
    config: Config, share: float
) -> None:
    command.downgrade(config, "base")
    left = 0
    for revision in revisions(config):
        left += leave_as_releases_before_did(config, revision, share)
        command.upgrade(config, revision)
    assert left > 5
    command.check(config)


def test_rows_in_what_was_left_half_done_are_never_thrown_away(app: Flask, config: Config) -> None:
    command.downgrade(config, "0003")
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE audit_entries (id INTEGER)"))
        connection.execute(text("INSERT INTO audit_entries VALUES (1)"))
    with pytest.raises(click.ClickException) as refused:
        upgrade_database(app.extensions["settings"])
    assert 'left the table "audit_entries" with rows in it' in refused.value.message
    assert "bring back the backup" in refused.value.message
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit_entries")) == 1


def test_revision_that_leaves_a_reference_to_nothing_is_undone(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = PatientSQLite._exec

    def cut(self: Any, *parts: Any, **options: Any) -> Any:
        # Whatever the newest revision does, in its transaction.
        self.connection.exec_driver_sql("DELETE FROM workspaces")
        return execute(self, *parts, **options)

    config: Config = app.extensions["migrate"].migrate.get_config()
    command.downgrade(config, "-1")
    monkeypatch.setattr(PatientSQLite, "_exec", cut)
    before = schema()
    with pytest.raises(UpgradeRefused, match="refer to rows which are gone"):
        command.upgrade(config, "head")
    assert schema() == before
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM workspaces")) > 0


@on_both_databases
def test_second_upgrade_waits_for_the_first(app: Flask) -> None:
    engine, begun = db.engine, threading.Event()

    def second() -> None:
        with migrating_connection(engine):
            begun.set()

    thread = threading.Thread(target=second)
    with migrating_connection(engine):
        thread.start()
        assert not begun.wait(0.2)
    assert begun.wait(5)
    thread.join()


@pytest.mark.parametrize("start", ["base", "0005"])
def test_upgrade_goes_on_where_it_was_killed(tmp_path: Path, start: str) -> None:
    folder = Path(tempfile.mkdtemp(dir=memory_folder(tmp_path)))
    program = [sys.executable, "-m", "tests.core.killed_upgrades", str(folder), start, "5"]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=300)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[2] for line in lines] == ["whole"] * 6, done.stdout + done.stderr[-3000:]
    assert lines[-1][0] == "together"
    shutil.rmtree(folder)
