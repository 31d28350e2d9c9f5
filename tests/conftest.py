"""Fixtures that every test may use. What they hand out is made in `factories` and `servers`."""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.orm import scoped_session
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from pitchbar import create_app
from pitchbar.core.memory import keep_what_is_loaded
from pitchbar.extensions import bus, db
from pitchbar.retrieval.backends import close_stores
from pitchbar.settings import Settings, load_settings
from tests.support import network
from tests.support.browsing import SITE, FormClient
from tests.support.factories import People, find_people, make_people
from tests.support.hostile_site import HostileSite, hostile_site
from tests.support.passwords import use_light_passwords
from tests.support.revisions import share_loaded_revisions
from tests.support.routing import share_compiled_rules
from tests.support.servers import (
    MEMORY,
    PostgresServer,
    environment_of,
    memory_folder,
    postgres_server,
    redis_server,
)
from tests.support.statements import share_compiled_statements
from tests.support.trust import share_trusted_certificates

network.refuse_all_but_loopback()
share_compiled_rules()
share_compiled_statements()
share_loaded_revisions()
share_trusted_certificates()
use_light_passwords()

MakeSettings = Callable[..., Settings]


def pytest_configure() -> None:
    """Files of tests lie in memory, where there is room for files: a database that is closed waits
    for the disk, some thousand times.
    """
    if os.access(MEMORY, os.W_OK):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


# What takes longest begins first, so that no process is left alone with it at the end.
_LONG = (
    *("browser", "bench", "scans", "jobs", "core", "operations", "security", "analytics", "api"),
    *("backups", "sources", "transfers", "webhooks", "billing", "codes"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0]
        return _LONG.index(folder) if folder in _LONG else len(_LONG)

    items.sort(key=place)


class _OneBrowser(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Files are shared out, and all that drives a browser goes to one process: several browsers at
    once take the cores from each other and run out of time.
    """

    def _split_scope(self, nodeid: str) -> str:
        folder = "tests/browser/"
        return folder if nodeid.startswith(folder) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return _OneBrowser(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it for waste again and again takes a
    tenth of the run.
    """
    keep_what_is_loaded()
    gc.set_threshold(20_000, 20, 10)


class _Templates(BytecodeCache):
    """Compiled templates, kept from one test's app to the next."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_templates = _Templates()


def _settings(data_dir: Path, **values: Any) -> Settings:
    """Through the environment, as in life; a test's own values win."""
    environ = {
        "APP_KEY": "a key for tests only, long enough to be one",
        "APP_URL": SITE,
        "DATA_DIR": str(data_dir),
        "RATELIMIT_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
    }
    environ |= {name.upper(): str(value) for name, value in values.items()}
    return load_settings({"APP_ENV": environment_of(environ), **environ})


@pytest.fixture(autouse=True)
def _logs_stay_as_they_were() -> Iterator[None]:
    """`create_app` takes over the root logger, which belongs to pytest here."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def _no_request_is_at_work() -> None:
    """A plain client's request leaves its id behind, as in a process that waits for the next."""
    structlog.contextvars.clear_contextvars()


@pytest.fixture(autouse=True)
def _new_files_stay_open() -> Iterator[None]:
    """Commands close theirs for the rest of the process, which other tests share."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def _migrate(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        upgrade()
        db.engine.dispose()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real migrations run once; each test gets a copy of the file."""
    folder = tmp_path_factory.mktemp("template")
    _migrate(_settings(folder))
    return folder / "pitchbar.db"


@pytest.fixture(scope="session")
def _peopled_template(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the `people` in it, whom so many tests need."""
    folder = tmp_path_factory.mktemp("peopled")
    path = Path(shutil.copyfile(_sqlite_template, folder / "pitchbar.db"))
    app = create_app(_settings(folder))
    with app.app_context():
        make_people()
        db.session.remove()
        db.engine.dispose()
    return path


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of one's own with the schema: SQLite, or PostgreSQL for a test that is marked
    with `servers.on_both_databases` or `servers.on_postgresql`.
    """
    if getattr(request, "param", "sqlite") == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    path = tmp_path / "pitchbar.db"
    has_people = "people" in request.fixturenames
    template = "_peopled_template" if has_people else "_sqlite_template"
    shutil.copyfile(request.getfixturevalue(template), path)
    return f"sqlite:///{path}"


@pytest.fixture
def make_settings(database_url: str, tmp_path: Path) -> MakeSettings:
    """Settings on the test's database, with other values where the test names them."""

    def make(**values: Any) -> Settings:
        return _settings(tmp_path, **{"database_url": database_url, **values})

    return make


@pytest.fixture
def settings(request: pytest.FixtureRequest, make_settings: MakeSettings) -> Settings:
    """What the app runs with; `@pytest.mark.settings(ratelimit_enabled=True)` changes it."""
    values: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("settings"))):
        values |= mark.kwargs
    return make_settings(**values)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, with its context for the test's own queries (requests get their own)."""
    app = create_app(settings)
    app.test_client_class = FormClient
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    bus.connect("")
    close_stores()


@pytest.fixture
def db_session(app: Flask) -> "scoped_session[Any]":
    return db.session


@pytest.fixture
def client(app: Flask) -> FormClient:
    """A visitor who is not signed in; `browsing.sign_in(client, person)` changes that."""
    made = app.test_client()
    assert isinstance(made, FormClient)
    return made


@pytest.fixture
def people(app: Flask) -> People:
    return find_people() or make_people()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    folder = memory_folder(tmp_path_factory.mktemp("servers"))
    with postgres_server(folder) as server:
        server.prepare(lambda url: _migrate(_settings(folder / "data", database_url=url)))
        yield server
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def _hostile_site() -> Iterator[HostileSite]:
    with hostile_site() as site:
        yield site


@pytest.fixture
def site(_hostile_site: HostileSite) -> HostileSite:
    """The site that does to crawlers whatever sites do; OUTBOUND_ALLOW has to name its `pair`."""
    _hostile_site.forget()
    return _hostile_site


@pytest.fixture(scope="session")
def _redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(_redis: str) -> str:
    """A real, empty Redis."""
    import redis

    with redis.Redis.from_url(_redis) as connection:
        connection.flushall()
    return _redis


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, Any, Any]:
    """A test may log what no text can hold; its report must still travel between processes."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "replace").decode()) for name, text in report.sections
    ]
    return report
