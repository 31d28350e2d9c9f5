"""How migrations run: one upgrade at a time, and each revision whole or not at all."""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy import Column, Connection, Index, Table, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

# Any number will do that nothing else locks with.
_POSTGRES_LOCK = 7_412_650_903
_LOCK_SECONDS = 15
_LOCK_NOT_AVAILABLE = "55P03"
_BATCH_PREFIX = "_alembic_tmp_"


class UpgradeRefused(Exception):
    """The database is in a state that no revision leads on from; says what to do."""


@contextmanager
def migrating_connection(engine: Engine) -> Iterator[Connection]:
    """A connection of its own for migrations, on which a transaction holds DDL, too."""
    is_sqlite = engine.dialect.name == "sqlite"
    file = engine.url.database if is_sqlite else None
    with _file_lock(file), engine.connect() as connection:
        # What is set here must not come back to whoever gets it next: it is closed at the end.
        connection.detach()
        if is_sqlite:
            _set_up_sqlite(connection)
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_POSTGRES_LOCK})")
            # Whoever waits for a table makes all others wait behind them: rather give up.
            connection.exec_driver_sql(f"SET lock_timeout = '{_LOCK_SECONDS}s'")
            connection.commit()
        try:
            yield connection
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
                raise
            raise UpgradeRefused(
                f"Another transaction held a table for {_LOCK_SECONDS} seconds, which the next "
                "revision changes; its transaction was undone. Run this again when it is quieter."
            ) from error


@contextmanager
def _file_lock(file: str | None) -> Iterator[None]:
    """Waits for another upgrade of the same file: SQLite's own lock lasts for a revision only."""
    if file is None:
        yield
        return
    with Path(f"{file}-upgrade").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _set_up_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    # Python would begin at the first row that is written, and leave DDL before it outside.
    raw.isolation_level = None
    raw.execute("PRAGMA busy_timeout=30000")
    # A table that is made anew in a batch is dropped first: what refers to it must not go along.
    # Within a transaction this could not be switched; references are counted at its end.
    raw.execute("PRAGMA foreign_keys=OFF")
    connection.info["broken_references"] = _count_broken(raw.execute("PRAGMA foreign_key_check"))
    event.listen(connection, "begin", _begin_sqlite)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _count_broken(rows: Iterable[Any]) -> int:
    return sum(1 for _ in rows)


def check_references(ctx: Any, **_: Any) -> None:
    """Called at the end of each revision's transaction: none may leave a reference to nothing."""
    connection = ctx.connection
    if connection.dialect.name != "sqlite":
        return
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    if _count_broken(rows) > connection.info["broken_references"]:
        raise UpgradeRefused(
            "This revision would leave rows that refer to rows which are gone; nothing was changed."
        )


class PatientSQLite(SQLiteImpl):
    """Takes up what releases before left half done, whose revisions were no transactions on
    SQLite. Only empty tables, columns and indexes of the revision that comes next can be there.
    """

    __dialect__ = "sqlite"

    def create_table(self, table: Table, **kw: Any) -> None:
        if self._has("table", table.name):
            self._drop_leftover(table.name)
        super().create_table(table, **kw)

    def add_column(self, table_name: str, column: Column[Any], **kw: Any) -> None:
        columns = self._rows(f'PRAGMA table_info("{table_name}")')
        if column.name not in {row[1] for row in columns}:
            super().add_column(table_name, column, **kw)

    def create_index(self, index: Index, **kw: Any) -> None:
        if self._has("index", str(index.name)):
            self._rows(f'DROP INDEX "{index.name}"')
        super().create_index(index, **kw)

    def _has(self, kind: str, name: str) -> bool:
        return bool(
            self._rows("SELECT 1 FROM sqlite_master WHERE type = ? AND name = ?", kind, name)
        )

    def _drop_leftover(self, name: str) -> None:
        is_copy = self._has("table", name.removeprefix(_BATCH_PREFIX)) and name.startswith(
            _BATCH_PREFIX
        )
        if not is_copy and self._rows(f'SELECT 1 FROM "{name}" LIMIT 1'):  # noqa: S608  # our own names
            raise UpgradeRefused(
                f'An upgrade that was stopped left the table "{name}" with rows in it, which the '
                "next one wants to make: bring back the backup from before that upgrade, "
                "and run this again."
            )
        self._rows(f'DROP TABLE "{name}"')

    def _rows(self, statement: str, *values: str) -> list[Any]:
        assert self.connection is not None  # noqa: S101  # we never write SQL into a file
        result = self.connection.exec_driver_sql(statement, values)
        return list(result) if result.returns_rows else []
