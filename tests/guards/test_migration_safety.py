"""What each migration does on PostgreSQL, read by squawk: nothing that stops the release before, or
holds up everybody, goes unnoticed. What may stay is excused in `migrations/lint.toml`, with a
reason.

    WRITE_MIGRATION_BASELINE=1 .venv/bin/pytest tests/guards/test_migration_safety.py

writes the findings of the oldest ones anew, which only a change of squawk makes necessary.
"""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pitchbar.core.assets import ROOT
from tests.support.servers import on_postgresql

FOLDER = ROOT / "migrations"
BASELINE = FOLDER / "baseline.txt"
_CHANGES_SCHEMA = re.compile(r"\s*(CREATE|ALTER|DROP|TRUNCATE|REINDEX)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:ON|TABLE(?: IF EXISTS)?)\s+\"?(\w+)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Finding:
    revision: str
    rule: str
    table: str

    def __str__(self) -> str:
        return f"{self.revision} {self.rule} {self.table}"


def rules() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "lint.toml").read_text())


@contextmanager
def hearing() -> Iterator[list[str]]:
    """Statements that change the schema, each in one line."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if _CHANGES_SCHEMA.match(statement):
            heard.append(" ".join(statement.replace("%%", "%").split()))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def statements(config: Config, after: str = "base") -> dict[str, list[str]]:
    """Of each revision behind `after`, as it really runs."""
    command.downgrade(config, after)
    found = {}
    revisions = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    for revision in reversed(revisions):
        if after != "base" and revision <= after:
            continue
        with hearing() as heard:
            command.upgrade(config, revision)
        found[revision] = [one for one in heard if "alembic_version" not in one]
    return found


def lint(folder: Path, found: dict[str, list[str]]) -> set[Finding]:
    """What squawk finds; a revision is a transaction, so it is told that."""
    for revision, lines in found.items():
        (folder / f"{revision}.sql").write_text("".join(f"{line};\n" for line in lines))
    never = [part for rule in rules()["never"] for part in ("--exclude", rule)]
    options = ["--reporter", "Json", "--pg-version", "16", "--assume-in-transaction", *never]
    files = sorted(str(path) for path in folder.glob("*.sql"))
    squawk = Path(sys.executable).with_name("squawk")
    done = subprocess.run([squawk, *options, *files], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    told = json.loads(done.stdout)
    made = set()
    for one in told:
        revision = Path(one["file"]).stem
        table = _TABLE.search(found[revision][one["line"]])
        made.add(Finding(revision, one["rule_name"], table[1] if table else ""))
    return made


def excused() -> set[Finding]:
    entries = rules().get("excused", [])
    assert all(len(entry["reason"].split()) >= 4 for entry in entries), "a reason is a sentence"
    return {Finding(entry["revision"], entry["rule"], entry["table"]) for entry in entries}


@pytest.fixture
def config(app: Flask) -> Config:
    found: Config = app.extensions["migrate"].migrate.get_config()
    return found


@on_postgresql
def test_new_migrations_are_safe_while_the_release_before_runs(
    config: Config, tmp_path: Path
) -> None:
    baseline = rules()["baseline"]
    writes = bool(os.environ.get("WRITE_MIGRATION_BASELINE"))
    found = lint(tmp_path, statements(config, "base"))
    old = {one for one in found if one.revision <= baseline}
    if writes:
        BASELINE.write_text("".join(f"{one}\n" for one in sorted(old)))
    assert [str(one) for one in sorted(old)] == BASELINE.read_text().splitlines()
    new = found - old
    assert sorted(new - excused()) == [], "mend it, in two releases if need be, or excuse it"
    assert sorted(excused() - new) == [], "excused, and not found"


def test_what_stops_the_release_before_is_found(tmp_path: Path) -> None:
    """By the same way, of statements as a careless migration would have them."""
    careless = {
        "9001": ["ALTER TABLE codes ADD COLUMN colour VARCHAR(16) NOT NULL"],
        "9002": ["ALTER TABLE codes RENAME COLUMN name TO title"],
        "9003": ["ALTER TABLE codes DROP COLUMN name"],
        "9004": ["CREATE INDEX ix_scans_ip ON scans (ip)"],
        "9005": ["ALTER TABLE codes ALTER COLUMN name TYPE VARCHAR(20)"],
        "9006": ["CREATE TABLE notes (id BIGINT NOT NULL, PRIMARY KEY (id))",
                 "CREATE INDEX ix_notes_id ON notes (id)"],
    }  # fmt: skip
    found = lint(tmp_path, careless)
    assert {(one.revision, one.table) for one in found} == {
        ("9001", "codes"),
        ("9002", "codes"),
        ("9003", "codes"),
        ("9004", "scans"),
        ("9005", "codes"),
    }
