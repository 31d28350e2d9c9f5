"""The processes of the Procfile, run as it says, on PostgreSQL and Redis."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from simple_websocket import Client as Socket

from pitchbar.core.assets import ROOT
from tests.browsing import SITE
from tests.servers import PostgresServer, free_port

pytestmark = pytest.mark.full

Environment = dict[str, str]


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: command.strip() for name, _, command in (line.partition(":") for line in lines)}


@pytest.fixture
def environment(postgres: PostgresServer, redis_url: str, tmp_path: Path) -> Iterator[Environment]:
    programs = Path(sys.executable).parent
    with postgres.database(empty=True) as url:
        yield {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "APP_ENV": "production",
            "APP_KEY": "a key for tests only, long enough to be one",
            "APP_URL": SITE,
            "DATABASE_URL": url.replace("postgresql+psycopg://", "postgres://"),
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path / "data"),
            "WEB_CONCURRENCY": "2",
        }


def run(command: str, environment: Environment) -> str:
    """Runs a command to its end and returns what it printed."""
    done = subprocess.run(
        ["bash", "-c", command], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@contextmanager
def running(name: str, environment: Environment, log: Path) -> Iterator[None]:
    """A process of the Procfile; it must end cleanly, within its own time, when told to."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {procfile()[name]}"], env=environment, cwd=ROOT, stderr=output
        )
        try:
            yield
            assert process.poll() is None, log.read_text()
        finally:
            process.terminate()
            status = process.wait(15)
    assert status == 0, log.read_text()


def until(true: Callable[[], Any], seconds: float = 15.0) -> Any:
    """The first true answer; fails after some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still waiting after {seconds} s")


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False


def sign_in(base: str, password: str) -> str:
    """Signs in through the form, and returns the session's cookie."""
    with httpx.Client(base_url=base) as browser:
        token = browser.get("/login").text.partition('name="csrf_token" value="')[2].split('"')[0]
        form = {"csrf_token": token, "email": "ada@pitchbar.example", "password": password}
        assert browser.post("/login", data=form).status_code == 303
        return f"pitchbar_session={browser.cookies['pitchbar_session']}"


def test_every_process_of_the_procfile_is_known_here() -> None:
    assert sorted(procfile()) == ["edge", "release", "web", "worker-ingestion"]


def test_a_scan_at_the_edge_is_stored_by_the_worker_and_seen_live(
    environment: Environment, tmp_path: Path
) -> None:
    password = "a quiet horse counts to nine"
    person = f"--email ada@pitchbar.example --name Ada --password '{password}'"
    run(procfile()["release"], environment)
    run(f"pitchbar users create {person} --workspace Café", environment)
    token = run("pitchbar tokens create --workspace cafe --scope read-write", environment)
    web, edge = (f"http://127.0.0.1:{free_port()}" for _ in range(2))

    def with_port(url: str, folder: str) -> Environment:
        port = url.rpartition(":")[2]
        return {**environment, "PORT": port, "SPOOL_DIR": str(tmp_path / folder)}

    with (
        running("web", with_port(web, "web"), tmp_path / "web.log"),
        running("edge", with_port(edge, "edge"), tmp_path / "edge.log"),
        running("worker-ingestion", environment, tmp_path / "worker.log"),
    ):
        until(lambda: answers(f"{web}/up/ready"))
        until(lambda: answers(f"{edge}/t/nothing"))
        api = httpx.Client(
            base_url=f"{web}/api/v1/workspaces/cafe", headers={"Authorization": f"Bearer {token}"}
        )
        body = {"name": "Menu", "destination_url": "https://destination.example/"}
        code = api.post("/codes", json=body).json()
        headers = {"Cookie": sign_in(web, password), "Origin": SITE}
        live = Socket(f"{web.replace('http', 'ws')}/w/cafe/live/socket", headers=headers)
        try:
            assert 'id="figures"' in live.receive(timeout=5)

            scanned = time.monotonic()
            for server in (edge, web):
                answer = httpx.get(f"{server}/t/{code['short_code']}")
                assert answer.headers["Location"] == "https://destination.example/"
            assert "figures" in until(lambda: live.receive(timeout=1), 5)
            assert time.monotonic() - scanned < 3
        finally:
            live.close()
        stats = f"/codes/{code['id']}/stats"
        until(lambda: api.get(stats).json()["totals"]["hits"] == 2)
        api.close()
    left = [path for path in tmp_path.rglob("*.ndjson") if path.stat().st_size]
    assert not left, "scans were left behind in a spool"
