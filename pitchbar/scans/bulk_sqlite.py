"""Rows into SQLite through one prepared statement each, past what SQLAlchemy does for each value.

The values are written as SQLAlchemy's own types write them, which read them again.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Uuid
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from pitchbar.core.database import Model, UtcDateTime

Row = dict[str, Any]
_DIALECT = sqlite.dialect()


class Prepared:
    """An insert as text, and how to take the values for it from a row."""

    def __init__(self, insert: Any, model: type[Model], names: Sequence[str]) -> None:
        compiled = insert.compile(dialect=_DIALECT, column_keys=list(names))
        table: Any = model.__table__
        # In the order in which they stand in the text.
        order = compiled.positiontup
        self.sql = str(compiled)
        self._values_of = itemgetter(*order)
        encoders = enumerate(_encoder_of(table.c[name]) for name in order)
        self._encoders = [(place, encode) for place, encode in encoders if encode]

    def values(self, rows: Sequence[Row]) -> list[list[Any]]:
        found = [list(self._values_of(row)) for row in rows]
        for place, encode in self._encoders:
            for values in found:
                values[place] = encode(values[place])
        return found


def insert_each(connection: Connection, prepared: Prepared, rows: Sequence[Row]) -> list[Row]:
    """The rows that were inserted, and not passed over."""
    cursor = connection.connection.cursor()
    try:
        execute, sql = cursor.execute, prepared.sql
        written = zip(rows, prepared.values(rows), strict=True)
        return [row for row, values in written if execute(sql, values).rowcount == 1]
    except sqlite3.Error as error:
        raise _wrapped(prepared.sql, error) from error
    finally:
        cursor.close()


def run_many(connection: Connection, prepared: Prepared, rows: Sequence[Row]) -> None:
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(prepared.sql, prepared.values(rows))
    except sqlite3.Error as error:
        raise _wrapped(prepared.sql, error) from error
    finally:
        cursor.close()


class PreparedLookUp:
    """A select by key as text, and how to read what it finds."""

    def __init__(self, model: type[Model], keys: Sequence[str], wanted: Sequence[str]) -> None:
        table: Any = model.__table__
        found = ", ".join(wanted)
        condition = " AND ".join(f"{name} = ?" for name in keys)
        self.sql = f"SELECT {found} FROM {table.name} WHERE {condition}"  # noqa: S608  # our names
        self._encoders = [_encoder_of(table.c[name]) for name in keys]
        self._readers = [
            table.c[name].type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)
            for name in wanted
        ]

    def encode(self, key: Row) -> list[Any]:
        return [
            encode(value) if encode else value
            for encode, value in zip(self._encoders, key.values(), strict=True)
        ]

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(
            read(value) if read else value for read, value in zip(self._readers, row, strict=True)
        )


def look_up_each(
    connection: Connection, prepared: PreparedLookUp, keys: Sequence[Row]
) -> list[Any]:
    cursor = connection.connection.cursor()
    found: list[Any] = []
    try:
        for key in keys:
            cursor.execute(prepared.sql, prepared.encode(key))
            found += map(prepared.read, cursor.fetchall())
    except sqlite3.Error as error:
        raise _wrapped(prepared.sql, error) from error
    finally:
        cursor.close()
    return found


def _wrapped(sql: str, error: Exception) -> BaseException:
    """As SQLAlchemy would raise it."""
    return DBAPIError.instance(
        sql, None, error, sqlite3.Error, hide_parameters=True, dialect=_DIALECT
    )


def _encoder_of(column: Any) -> Callable[[Any], str] | None:
    """For what SQLite has no type for."""
    return next((encode for kind, encode in _ENCODERS if isinstance(column.type, kind)), None)


def _encode_time(at: datetime) -> str:
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return at.isoformat(" ", "microseconds")[:26]


def _encode_id(value: UUID) -> str:
    return value.hex


# None of these columns may be NULL where rows are written in bulk.
_ENCODERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (UtcDateTime, _encode_time),
    (Date, date.isoformat),
    (Uuid, _encode_id),
)
