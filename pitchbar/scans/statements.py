"""INSERT … ON CONFLICT, which both databases know and SQLAlchemy spells for each."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from pitchbar.core.database import Model


def insert_into(connection: Connection, model: type[Model]) -> Any:
    """An insert of the connection's dialect, which has `on_conflict_…`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def insert_ignoring(connection: Connection, model: type[Model]) -> Any:
    """Rows that are there already stay as they are."""
    return insert_into(connection, model).on_conflict_do_nothing()


def add_to_sums(connection: Connection, model: type[Model], sums: tuple[str, ...]) -> Any:
    """Adds the named columns to the row that is there, or starts it."""
    statement = insert_into(connection, model)
    table: Any = model.__table__
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in table.primary_key],
        set_={name: table.c[name] + statement.excluded[name] for name in sums},
    )
