"""A release that is gone back to meets a schema of later; and an upgrade holds nobody up."""

import logging

import click
import pytest
from alembic import command
from flask import Flask
from sqlalchemy import text

from pitchbar.core import migrating
from pitchbar.core.migrating import UpgradeRefused, migrating_connection
from pitchbar.extensions import db
from pitchbar.serve import prepare, upgrade_database
from tests.support.servers import on_both_databases, on_postgresql


def set_revision(name: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :name"), {"name": name})


@on_both_databases
def test_schema_of_a_later_release_stays_as_it_is(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    set_revision("9999")
    settings = app.extensions["settings"]
    with caplog.at_level(logging.WARNING):
        said = upgrade_database(settings)
        prepare(settings, demo=False)
    assert said == "The database is at 9999, which is newer than this release. It stays as it is."
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


def test_revision_that_is_nobodys_is_refused(app: Flask) -> None:
    set_revision("draft")
    with pytest.raises(SystemExit):
        upgrade_database(app.extensions["settings"])


@on_postgresql
def test_upgrade_gives_up_on_a_table_that_is_held(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrating, "_LOCK_SECONDS", 1)
    change = text("ALTER TABLE codes ADD COLUMN colour VARCHAR(16)")
    with db.engine.connect() as reader, reader.begin():
        reader.execute(text("SELECT count(*) FROM codes"))
        with (
            pytest.raises(UpgradeRefused, match="Run this again"),
            migrating_connection(db.engine) as connection,
            connection.begin(),
        ):
            connection.execute(change)
    with migrating_connection(db.engine) as connection, connection.begin():
        connection.execute(change)
        connection.rollback()


@on_postgresql
def test_that_is_said_to_whoever_upgrades(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "_LOCK_SECONDS", 1)
    command.downgrade(app.extensions["migrate"].migrate.get_config(), "-1")
    with db.engine.connect() as reader, reader.begin():
        reader.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))
        with pytest.raises(click.ClickException, match="held a table for 1 seconds"):
            upgrade_database(app.extensions["settings"])
