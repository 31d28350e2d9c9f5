"""One line of migrations, which leads to what the models say, and back, on both databases."""

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import inspect

from pitchbar.core import clock
from pitchbar.extensions import db
from pitchbar.scans.partitions import ensure_partitions
from tests.support.servers import on_both_databases


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


def tables() -> set[str]:
    db.session.remove()
    return set(inspect(db.engine).get_table_names())


def test_there_is_one_newest_migration(config: Config) -> None:
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


@on_both_databases
def test_migrations_lead_to_what_the_models_say(config: Config) -> None:
    command.check(config)


@on_both_databases
def test_migrations_go_down_and_up_again(config: Config) -> None:
    before = tables()
    ensure_partitions(db.engine, [clock.now()])
    command.downgrade(config, "base")
    assert tables() == {"alembic_version"}
    command.upgrade(config, "head")
    assert tables() == before
    command.check(config)


@on_both_databases
def test_each_migration_goes_down_by_itself(config: Config) -> None:
    for _ in ScriptDirectory.from_config(config).walk_revisions():
        command.downgrade(config, "-1")
        command.upgrade(config, "+1")
        command.downgrade(config, "-1")
    assert tables() == {"alembic_version"}
