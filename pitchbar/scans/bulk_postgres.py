"""Many rows into PostgreSQL by COPY: into a table of the connection's own, and from there in one
INSERT. A statement that carries them takes twice the time, most of it to read them.
"""

import csv
import io
from collections.abc import Sequence
from functools import cache
from operator import itemgetter
from typing import Any
from zlib import crc32

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from pitchbar.core.database import Model

Row = dict[str, Any]
Names = tuple[str, ...]


def insert_new(
    connection: Connection, model: type[Model], rows: Sequence[Row], key: Names
) -> Sequence[Row]:
    """Inserts the rows that are not there yet, and returns those. An empty text becomes NULL."""
    names = tuple(rows[0])
    staged, insert = _statements(model, names, key)
    try:
        connection.exec_driver_sql(staged)
        _copy(connection, model, names, rows)
        found = connection.exec_driver_sql(insert, {"all": len(rows)}).all()
    except psycopg.Error as error:
        raise _wrapped(connection, error) from error
    if found[0][0] == len(rows):
        return rows
    old = {row[1] for row in found} if len(key) == 1 else {tuple(row[1:]) for row in found}
    key_of = itemgetter(*key)
    return [row for row in rows if key_of(row) not in old]


def _copy(connection: Connection, model: type[Model], names: Names, rows: Sequence[Row]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([row.values() for row in rows])
    driver: Any = connection.connection.driver_connection
    into = f"COPY {_staging(model, names)} FROM STDIN (FORMAT csv)"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        copy.write(text.getvalue().encode())


@cache
def _staging(model: type[Model], names: Names) -> str:
    # A release with other columns may have left one behind a pooler of connections.
    return f"staged_{model.__tablename__}_{crc32(','.join(names).encode()):08x}"


@cache
def _statements(model: type[Model], names: Names, key: Names) -> tuple[str, str]:
    table, columns, staging = model.__tablename__, ", ".join(names), _staging(model, names)
    like = f"SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608  # our names
    # Emptied first: this transaction may have used it before.
    staged = (
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {staging} ON COMMIT DELETE ROWS AS {like}; "
        f"TRUNCATE {staging}"
    )
    # Mostly all are new; else those are named that are not, which are fewer.
    keys = ", ".join(key)
    is_same = " AND ".join(f"new.{name} = {staging}.{name}" for name in key)
    insert = f"""
        WITH new AS (
            INSERT INTO {table} ({columns}) SELECT {columns} FROM {staging}
            ON CONFLICT DO NOTHING RETURNING {keys}
        ), counted AS (SELECT count(*) AS count FROM new)
        SELECT counted.count, {", ".join(f"old.{name}" for name in key)}
        FROM counted LEFT JOIN (
            SELECT {keys} FROM {staging} WHERE NOT EXISTS (SELECT FROM new WHERE {is_same})
        ) AS old ON counted.count < %(all)s
    """  # noqa: S608  # our names
    return staged, insert


def _wrapped(connection: Connection, error: Any) -> BaseException:
    """As SQLAlchemy would raise it."""
    wrapped: BaseException = DBAPIError.instance(
        "COPY",
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=connection.dialect.is_disconnect(
            error, connection.connection.dbapi_connection, None
        ),
        dialect=connection.dialect,
    )
    return wrapped
