"""Upgrades a SQLite database and kills itself in the middle, again and again; a program of its own,
because it forks, which a process with threads should not.

    python -m tests.core.killed_upgrades <folder> <revision to start from> <times>

Prints a line for each time: when it was killed, at which revision that left the database, and
whether upgrading again led to the newest; and a last one for two that begin at the same time.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade

from pitchbar import create_app
from pitchbar.core.memory import keep_what_is_loaded
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.support.revisions import share_loaded_revisions

_ROWS = (
    "INSERT INTO people (id, email, name, password_hash, created_at)"
    " VALUES (1, 'ada@pitchbar.example', 'Ada', 'x', '2026-01-01 00:00:00')",
    "INSERT INTO workspaces (id, slug, name, time_zone, created_at)"
    " VALUES (1, 'demo', 'Demo', 'UTC', '2026-01-01 00:00:00')",
    "INSERT INTO memberships (id, workspace_id, person_id, role, created_at)"
    " VALUES (1, 1, 1, 'owner', '2026-01-01 00:00:00')",
    "INSERT INTO api_tokens (id, workspace_id, name, scope, token_hash, created_at)"
    " VALUES (1, 1, 'till', 'read', 'x', '2026-01-01 00:00:00')",
)


def begin_in_child(act: Callable[[], object]) -> int:
    """Runs `act` in a forked process, whose id this gives."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        act()
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def exit_status(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def in_child(act: Callable[[], object], kill_after: float | None = None) -> int:
    """Its exit status, or minus the signal that ended it."""
    child = begin_in_child(act)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return exit_status(child)


def fill(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for row in _ROWS:
            connection.execute(row)


def describe(path: Path) -> tuple[str, list[str], int]:
    """The revision, everything of the schema in order, and the number of tokens."""
    with closing(sqlite3.connect(path)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        if "alembic_version" not in names:
            return "none", [], 0
        revision = connection.execute("SELECT max(version_num) FROM alembic_version").fetchone()[0]
        rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name")
        # A table that was made anew names its constraints in any order.
        schema = [f"{name} {sorted((sql or '').replace(',', ' ').split())}" for name, sql in rows]
        tokens = "api_tokens" in names
        count = connection.execute("SELECT count(*) FROM api_tokens").fetchone()[0] if tokens else 0
        return revision or "none", schema, count


class Upgrades:
    def __init__(self, app: Flask, path: Path, start: str) -> None:
        self._app = app
        self._path = path
        self._begin = path.with_suffix(".begin")
        self._start = start

    def _upgrade(self, to: str = "head") -> None:
        with self._app.app_context():
            upgrade(revision=to)
            db.engine.dispose()

    def _reset(self) -> None:
        for leftover in self._path.parent.glob(f"{self._path.name}*"):
            leftover.unlink()
        if self._begin.exists():
            shutil.copy(self._begin, self._path)

    def make_beginning(self) -> None:
        if self._start != "base":
            assert in_child(lambda: self._upgrade(self._start)) == 0
            fill(self._path)
            shutil.copy(self._path, self._begin)

    def time_one(self) -> float:
        self._reset()
        begun = time.perf_counter()
        assert in_child(self._upgrade) == 0
        return time.perf_counter() - begun

    def kill_one(self, after: float, whole: tuple[str, list[str], int]) -> str:
        self._reset()
        in_child(self._upgrade, kill_after=after)
        left_at = describe(self._path)[0] if self._path.exists() else "none"
        status = in_child(self._upgrade)
        same = describe(self._path) == whole
        return f"{after:.3f} {left_at} {'whole' if status == 0 and same else 'broken'}"

    def run_two(self, whole: tuple[str, list[str], int]) -> str:
        self._reset()
        statuses = [exit_status(one) for one in [begin_in_child(self._upgrade) for _ in range(2)]]
        is_whole = statuses == [0, 0] and describe(self._path) == whole
        return f"together - {'whole' if is_whole else 'broken'}"


def main(folder: str, start: str, times: str) -> None:
    environ = {
        "APP_KEY": "kept for this run only, and thrown away after it",
        "APP_URL": "http://localhost:8000",
        "APP_ENV": "development",
        "DATA_DIR": folder,
        "LOG_LEVEL": "ERROR",
    }
    share_loaded_revisions()
    upgrades = Upgrades(create_app(load_settings(environ)), Path(folder, "pitchbar.db"), start)
    upgrades.make_beginning()
    keep_what_is_loaded()
    needed = upgrades.time_one()
    whole = describe(Path(folder, "pitchbar.db"))
    for number in range(int(times)):
        after = (number + random.random()) / int(times) * needed
        sys.stdout.write(upgrades.kill_one(after, whole) + "\n")
        sys.stdout.flush()  # else each fork would write it again
    sys.stdout.write(upgrades.run_two(whole) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
