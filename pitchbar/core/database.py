"""The database: declarative base, column types, and callbacks that wait for the commit."""

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Delete,
    Dialect,
    Integer,
    MetaData,
    TypeDecorator,
    Update,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, scoped_session

# Constraint names are the same on both databases, so that one migration can alter either.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# SQLite numbers rows by itself only for a column that is exactly INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")

# The largest id that a column holds; an address may hold a larger number.
MAX_ID = 2**63 - 1


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)


# Of SQLAlchemy: a statement on a connection that was lost, in a transaction that is not ended yet.
_LOST_BEFORE = "8s2b"


def is_database_down(error: BaseException) -> bool:
    """Whether the database, not the statement, is the trouble."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, PendingRollbackError):
        return error.code == _LOST_BEFORE
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout)


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`: never wait long for a database that is gone, and never quote
    values in errors, which logs and operators' pages show.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 5}}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_timeout": 3,
        "connect_args": {"connect_timeout": 3},
    }


@event.listens_for(Engine, "connect")
def _set_up_sqlite(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")


def begin_synced(connection: Connection) -> None:
    """Begins a transaction that writes, whose commit returns only when it outlives a power cut,
    whatever the server or the file is set to.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA synchronous=FULL")
        # Take the write lock first: a read that turns into a write could not wait.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(
            "SELECT set_config('synchronous_commit', 'on', true) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )


def insert_into(bind: Connection | Engine, model: type[Model]) -> postgresql.Insert:
    """An INSERT with `on_conflict_…`, which both databases know alike and SQLAlchemy spells for
    each.
    """
    dialect = postgresql if bind.dialect.name == "postgresql" else sqlite
    return cast(postgresql.Insert, dialect.insert(model))


def changed_rows(session: Session | scoped_session[Any], statement: Update | Delete) -> int:
    """Runs an UPDATE or DELETE and tells how many rows it met: the way to find out who was first
    when two requests do the same.
    """
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101  # what such a statement gives
    return result.rowcount


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection: Any, _name: str) -> None:
    # sqlite3 begins only at a write; without this, releasing the outermost savepoint commits.
    if connection.dialect.name != "sqlite":
        return
    if not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Runs `callback` once the outermost transaction is committed; never when it, or the savepoint
    in which this was said, is rolled back.
    """
    said_in = session.get_nested_transaction()
    session.info.setdefault("after_commit", []).append((said_in, callback))


@event.listens_for(Session, "after_commit")
def _run_callbacks(session: Session) -> None:
    # The event also fires when a savepoint is released.
    if session.in_nested_transaction():
        return
    for _, callback in session.info.pop("after_commit", []):
        callback()


@event.listens_for(Session, "after_soft_rollback")
def _drop_callbacks(session: Session, undone: SessionTransaction) -> None:
    if undone.nested:
        waiting = session.info.get("after_commit", [])
        waiting[:] = [pair for pair in waiting if not _is_within(pair[0], undone)]
    elif undone.parent is None:
        session.info.pop("after_commit", None)


def _is_within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer
