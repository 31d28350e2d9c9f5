"""Many rows at once, with ON CONFLICT, which both databases know.

Each gets them as it takes them fastest: PostgreSQL as one JSON parameter, because naming each of
some ten thousand values in a statement costs the driver more than all else that is done with them,
and new rows by COPY where they are many (`bulk_postgres.py`); SQLite row by row through one
prepared statement (`bulk_sqlite.py`).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Text, bindparam, cast, column, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from pitchbar.core.database import Model
from pitchbar.scans import bulk_postgres, bulk_sqlite

Row = dict[str, Any]
Names = tuple[str, ...]
# From so many on, the way by COPY is faster, though it asks three times.
MANY = 200


def insert_new(
    connection: Connection, model: type[Model], rows: Sequence[Row], key: Names
) -> Sequence[Row]:
    """Inserts the rows that are not there yet, and returns those; `key` tells them apart."""
    names = tuple(rows[0])
    if _is_postgresql(connection):
        if len(rows) >= MANY:
            return bulk_postgres.insert_new(connection, model, rows, key)
        statement = _insert_new(model, names, key)
        new = {tuple(row) for row in connection.execute(statement, _as_json(rows))}
        return [row for row in rows if tuple(row[name] for name in key) in new]
    return bulk_sqlite.insert_each(connection, _insert_ignoring(model, names), rows)


def insert_or_add(
    connection: Connection, model: type[Model], rows: Sequence[Row], added: Names
) -> None:
    """Adds the columns `added` to the row that is there, or starts it."""
    statement = _insert_or_add(model, tuple(rows[0]), added, connection.dialect.name)
    _run(connection, statement, rows)


def insert_or_replace_older(
    connection: Connection, model: type[Model], rows: Sequence[Row], by: str
) -> None:
    """Where there is a row, it takes the new values unless its own `by` is as late."""
    names = tuple(rows[0])
    statement = _insert_or_replace_older(model, names, by, connection.dialect.name)
    _run(connection, statement, rows)


def look_up(
    connection: Connection, model: type[Model], keys: Sequence[Row], wanted: Names, *where: Any
) -> list[Any]:
    """The columns `wanted` of rows that have the values of one of `keys`, and fulfil `where`."""
    table, names = _table(model), tuple(keys[0])
    if not where and not _is_postgresql(connection):
        return bulk_sqlite.look_up_each(connection, _prepared_look_up(model, names, wanted), keys)
    columns = tuple_(*(table.c[name] for name in names))
    query = select(*(table.c[name] for name in wanted)).where(*where)
    if _is_postgresql(connection):
        query = query.where(columns.in_(_rows_of(model, names)))
        return list(connection.execute(query, _as_json(keys)))
    return list(connection.execute(query.where(columns.in_([tuple(key.values()) for key in keys]))))


def _run(connection: Connection, statement: Any, rows: Sequence[Row]) -> None:
    if _is_postgresql(connection):
        connection.execute(statement, _as_json(rows))
    else:
        bulk_sqlite.run_many(connection, statement, rows)


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _as_json(rows: Sequence[Row]) -> Row:
    return {"rows": orjson.dumps(rows).decode()}


def _table(model: type[Model]) -> Any:
    return model.__table__


@cache
def _insert_new(model: type[Model], names: Names, key: Names) -> Any:
    statement = _insert(model, names, "postgresql").on_conflict_do_nothing()
    return statement.returning(*(_table(model).c[name] for name in key))


@cache
def _insert_ignoring(model: type[Model], names: Names) -> bulk_sqlite.Prepared:
    statement = _insert(model, names, "sqlite").on_conflict_do_nothing()
    return bulk_sqlite.Prepared(statement, model, names)


@cache
def _insert_or_add(model: type[Model], names: Names, added: Names, dialect: str) -> Any:
    statement, table = _insert(model, names, dialect), _table(model)
    statement = statement.on_conflict_do_update(
        index_elements=[key.name for key in table.primary_key],
        set_={name: table.c[name] + statement.excluded[name] for name in added},
    )
    return _prepared(statement, model, names, dialect)


@cache
def _insert_or_replace_older(model: type[Model], names: Names, by: str, dialect: str) -> Any:
    statement, table = _insert(model, names, dialect), _table(model)
    keys = [key.name for key in table.primary_key]
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in names if name not in keys},
        where=statement.excluded[by] > table.c[by],
    )
    return _prepared(statement, model, names, dialect)


@cache
def _prepared_look_up(
    model: type[Model], names: Names, wanted: Names
) -> bulk_sqlite.PreparedLookUp:
    return bulk_sqlite.PreparedLookUp(model, names, wanted)


def _prepared(statement: Any, model: type[Model], names: Names, dialect: str) -> Any:
    if dialect == "postgresql":
        return statement
    return bulk_sqlite.Prepared(statement, model, names)


def _insert(model: type[Model], names: Names, dialect: str) -> Any:
    if dialect == "postgresql":
        return postgresql.insert(model).from_select(names, _rows_of(model, names))
    return sqlite.insert(model)


def _rows_of(model: type[Model], names: Names) -> Any:
    columns = [column(name, _table(model).c[name].type) for name in names]
    parameter = cast(bindparam("rows", type_=Text), JSON)
    return select(
        func.json_to_recordset(parameter)
        .table_valued(*columns, name="given")
        .render_derived(with_types=True)
    )
