"""Rows of an older schema, for tests of what a migration makes of them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import MetaData, Table, insert

from pitchbar.extensions import db


def add_rows(table: str, *rows: dict[str, Any]) -> None:
    """Into the table as it is now, whatever its model says."""
    db.session.remove()
    db.engine.dispose()
    with db.engine.begin() as connection:
        reflected = Table(table, MetaData(), autoload_with=connection)
        for row in rows:
            connection.execute(insert(reflected), row)


def read_rows(table: str) -> Iterator[dict[str, Any]]:
    db.session.remove()
    db.engine.dispose()
    with db.engine.connect() as connection:
        reflected = Table(table, MetaData(), autoload_with=connection)
        for row in connection.execute(reflected.select()):
            yield dict(row._mapping)
