"""Many rows in one statement, with ON CONFLICT, which both databases know and SQLAlchemy spells for
each.

PostgreSQL gets the rows as one JSON parameter: naming each of some ten thousand values in the
statement costs the driver more than all else that is done with them.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    tuple_,
)

from pitchbar.core.database import Model, insert_into

Row = dict[str, Any]


def bulk_insert(connection: Connection, model: type[Model], names: Sequence[str]) -> Any:
    """An insert of the connection's dialect, which has `on_conflict_…`; `run_insert` runs it."""
    if connection.dialect.name == "postgresql":
        return insert_into(connection, model).from_select(names, _rows_of(model, names))
    return insert_into(connection, model)


def insert_or_ignore(connection: Connection, model: type[Model], names: Sequence[str]) -> Any:
    """Rows that are there already stay as they are."""
    return bulk_insert(connection, model, names).on_conflict_do_nothing()


def insert_or_add(
    connection: Connection, model: type[Model], names: Sequence[str], added: Sequence[str]
) -> Any:
    """Adds the columns `added` to the row that is there, or starts it."""
    statement = bulk_insert(connection, model, names)
    table: Any = model.__table__
    return statement.on_conflict_do_update(
        index_elements=[key.name for key in table.primary_key],
        set_={name: table.c[name] + statement.excluded[name] for name in added},
    )


def run_insert(connection: Connection, statement: Any, rows: Sequence[Row]) -> CursorResult[Any]:
    """Runs an insert for all rows at once. Every row has the names that the insert was made for."""
    if connection.dialect.name == "postgresql":
        return connection.execute(statement, {"rows": orjson.dumps(rows).decode()})
    return connection.execute(statement, rows)


def run_lookup(
    connection: Connection, statement: Any, model: type[Model], keys: Sequence[Row]
) -> Any:
    """Runs a select for the rows of `model` whose columns have the values of one of `keys`."""
    names = list(keys[0])
    table: Any = model.__table__
    columns = [table.c[name] for name in names]
    if connection.dialect.name == "postgresql":
        wanted = _one_of(columns, _rows_of(model, names))
        return connection.execute(statement.where(wanted), {"rows": orjson.dumps(keys).decode()})
    wanted = _one_of(columns, [tuple(key.values()) for key in keys])
    return connection.execute(statement.where(wanted))


def _one_of(columns: list[Any], values: Any) -> ColumnElement[bool]:
    return tuple_(*columns).in_(values)


def _rows_of(model: type[Model], names: Sequence[str]) -> Any:
    table: Any = model.__table__
    columns = [column(name, table.c[name].type) for name in names]
    parameter = cast(bindparam("rows", type_=Text), JSON)
    return select(
        func.json_to_recordset(parameter)
        .table_valued(*columns, name="given")
        .render_derived(with_types=True)
    )
