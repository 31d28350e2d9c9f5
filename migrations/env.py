"""Runs the migrations on the application's database, SQLite and PostgreSQL alike."""

import re

from alembic import context
from flask import current_app

from pitchbar.core.migrating import check_references, migrating_connection

# Over an expression, which models cannot say for one database alone.
OF_EXPRESSIONS = {"ix_chat_messages_words"}
PARTITION = re.compile(r"scans_\d{4}_\d{2}")


def include_object(thing, name, kind, reflected, compare_to):
    """Partitions are made by the ingestion as months come, not by migrations."""
    if kind == "index" and name in OF_EXPRESSIONS:
        return False
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not PARTITION.fullmatch(table or "")


def render_item(kind, thing, context):
    """A migration stands for itself: it names no column type of the application."""
    if kind == "type" and type(thing).__name__ == "UtcDateTime":
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    extension = current_app.extensions["migrate"].db
    with migrating_connection(extension.engine) as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            render_as_batch=True,
            include_object=include_object,
            compare_type=True,
            render_item=render_item,
            # A revision, and the row that says so, are there together or not at all.
            transactional_ddl=True,
            transaction_per_migration=True,
            on_version_apply=check_references,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
