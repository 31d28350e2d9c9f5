import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from pitchbar.codes.models import Code
from pitchbar.core.assets import ROOT
from pitchbar.core.bus import Bus
from pitchbar.scans.edge import Edge
from pitchbar.scans.edge_pages import EdgePages
from pitchbar.scans.factories import make_ingestion
from pitchbar.scans.ingestion import Ingestion
from pitchbar.scans.resolver import Resolver
from pitchbar.scans.settings import ScanSettings
from pitchbar.scans.spool import Spool
from pitchbar.settings import Settings
from pitchbar.workspaces.models import Workspace
from tests.scans.peers import make_engine
from tests.support.factories import make_code, make_workspace
from tests.support.servers import RedisServer

Ingest = Callable[..., int]
MakeEdge = Callable[..., Edge]
Start = Callable[[str], "subprocess.Popen[str]"]


# The start of a minute, so that no test runs across the end of a window by chance.
MINUTE = 60 * 30_000_000


class Watch:
    """The time that limits see."""

    def __init__(self) -> None:
        self.now = float(MINUTE)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()

    class Time:
        monotonic = staticmethod(lambda: watch.now)
        time = staticmethod(lambda: watch.now)

    monkeypatch.setattr("pitchbar.scans.limits.time", Time)
    return watch


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """On the test's database, beside the app's own."""
    engine = make_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def ingestion(settings: Settings, engine: Engine) -> Ingestion:
    return make_ingestion(settings, engine, Bus())


@pytest.fixture
def ingest(ingestion: Ingestion) -> Ingest:
    """Stores lines as one delivery; returns how many scans were new."""
    return lambda *lines: ingestion.ingest_scans(b"".join(lines))


@pytest.fixture
def rejected(settings: Settings) -> Path:
    return settings[ScanSettings].spool_dir / "rejected.ndjson"


@pytest.fixture
def restartable_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """Stopped at first."""
    server = RedisServer(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path)
    yield spool
    spool.reset_after_fork()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Runs statements in a process of its own, with `spool`; it lives until it is killed."""
    processes: list[subprocess.Popen[str]] = []

    def start(statements: str) -> subprocess.Popen[str]:
        program = (
            "import os, resource, signal, sys, threading, time\n"
            "from pathlib import Path\n"
            "from pitchbar.scans.spool import Spool\n"
            f"spool = Spool(Path({str(tmp_path)!r}))\n"
            f"{statements}\n"
            "print('ready', flush=True)\n"
            "time.sleep(60)\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait(10)
        if process.stdout:
            process.stdout.close()


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    return make_workspace(name="Corner Café", time_zone="Europe/Zurich")


@pytest.fixture
def code(workspace: Workspace) -> Code:
    return make_code(workspace, short_code="menu", utm_source="print")


@pytest.fixture
def make_edge(engine: Engine, spool: Spool) -> MakeEdge:
    def make(**options: Any) -> Edge:
        parts = {"resolver": Resolver(engine), "spool": spool, "pages": EdgePages()}
        return Edge(**{**parts, "limit": None, **options})

    return make


@pytest.fixture
def edge(make_edge: MakeEdge, code: Code) -> Edge:
    return make_edge()
