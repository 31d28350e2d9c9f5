"""A database of PostgreSQL through one connection: its tables, and what their rows come to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from pitchbar.backups.errors import BackupError
from pitchbar.backups.manifest import TableSum

_CONNECT_SECONDS = 10
# So that a row is written the same way, whatever the server or the account is set to.
_PLAIN = (
    "SET TimeZone='UTC'; SET DateStyle='ISO, MDY'; SET IntervalStyle='postgres'; "
    "SET extra_float_digits=1; SET bytea_output='hex'; SET statement_timeout=0; "
    "SET idle_in_transaction_session_timeout=0"
)
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname
"""
_SUM = """
    SELECT count(*), coalesce(sum(
        ('x' || substr(md5(row_::text), 1, 16))::bit(64)::bigint::numeric
    ), 0) FROM {table} AS row_
"""

Connection = psycopg.Connection[tuple[Any, ...]]


class PostgresDatabase:
    """Through an open connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def tables(self) -> list[str]:
        return [name for (name,) in self._connection.execute(_TABLES).fetchall()]

    def sum_tables(self) -> dict[str, TableSum]:
        found = {}
        for name in self.tables():
            query = sql.SQL(_SUM).format(table=sql.Identifier(name))
            row = self._connection.execute(query).fetchone()
            assert row is not None  # noqa: S101  # an aggregate has one
            found[name] = TableSum(int(row[0]), str(row[1]))
        return found

    def revision(self) -> str:
        if "alembic_version" not in self.tables():
            return ""
        return str(scalar(self._connection, "SELECT max(version_num) FROM alembic_version") or "")

    def count(self, table: str) -> int:
        if table not in self.tables():
            return 0
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def connect(url: URL) -> Iterator[Connection]:
    """Each statement by itself, unless BEGIN is said."""
    plain: Mapping[str, Any] = url.translate_connect_args(username="user", database="dbname")
    options = {**plain, **url.query, "connect_timeout": _CONNECT_SECONDS}
    try:
        connection = psycopg.connect(autocommit=True, **options)
    except psycopg.OperationalError as error:
        raise BackupError(f"The database does not answer: {error}") from None
    with connection:
        connection.execute(_PLAIN)
        yield connection


def scalar(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def statement(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))


def rename_schema(connection: Connection, schema: str, aside: str) -> None:
    with connection.transaction():
        connection.execute(statement("ALTER SCHEMA {} RENAME TO {}", schema, aside))
        connection.execute(statement("CREATE SCHEMA {}", schema))


def drop_schema(connection: Connection, name: str) -> None:
    connection.execute(statement("DROP SCHEMA IF EXISTS {} CASCADE", name))


def drop_database(connection: Connection, name: str) -> None:
    connection.execute(statement("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))
