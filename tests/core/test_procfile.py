"""The processes of the Procfile, run as it says, on PostgreSQL and Redis."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pitchbar.core.assets import ROOT
from pitchbar.live.realtime import WIDE_COOKIE
from tests.support.browsing import SITE
from tests.support.factories import PASSWORD, bearer
from tests.support.servers import PostgresServer, free_port
from tests.support.sockets import Client as Socket

pytestmark = pytest.mark.full

Environment = dict[str, str]
LIVE = SITE.replace("://", "://live.")


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
            "REALTIME_URL": LIVE,
            "DATABASE_URL": url.replace("postgresql+psycopg://", "postgres://"),
            "REDIS_URL": redis_url,
            "DATA_DIR": str(tmp_path / "data"),
            "WEB_CONCURRENCY": "1",
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
            status = process.wait(30)
    assert status == 0, log.read_text()


def until(true: Callable[[], Any], seconds: float = 180.0) -> Any:
    """The first true answer. On a busy machine even a start takes its time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still waiting after {seconds} s")


def patient_client(base: str, headers: dict[str, str] | None = None) -> httpx.Client:
    return httpx.Client(base_url=base, headers=headers, timeout=30)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False


def sign_in(base: str) -> str:
    """Signs in through the form, and returns the session's cookie, which is that of other hosts."""
    with patient_client(base) as browser:
        page = browser.get("/login")
        token = page.text.partition('name="csrf_token" value="')[2].split('"')[0]
        form = {"csrf_token": token, "email": "ada@pitchbar.example", "password": PASSWORD}
        answer = browser.post("/login", data=form, headers={"Cookie": session_cookie(page)})
        assert answer.status_code == 303
        return session_cookie(answer)


def session_cookie(answer: httpx.Response) -> str:
    cookie = next(one for one in answer.headers.get_list("Set-Cookie") if WIDE_COOKIE in one)
    return cookie.partition(";")[0]


def test_every_process_of_the_procfile_is_known_here() -> None:
    assert sorted(procfile()) == [
        "edge",
        "realtime",
        "release",
        "scheduler",
        "web",
        "worker",
        "worker-analytics",
        "worker-ingestion",
    ]


def make_account(environment: Environment) -> str:
    """The person ada, who owns the workspace `cafe`; returns a token to it."""
    run(procfile()["release"], environment)
    person = f"--email ada@pitchbar.example --name Ada --password '{PASSWORD}'"
    run(f"pitchbar users create {person} --workspace Café", environment)
    return run("pitchbar tokens create --workspace cafe --scope read-write", environment)


@contextmanager
def whole_installation(environment: Environment, folder: Path) -> Iterator[list[str]]:
    """Web, edge, realtime and workers; gives the addresses of the first when they answer."""
    ports = {name: str(free_port()) for name in ("web", "edge", "realtime")}
    with ExitStack() as stack:
        for name in (*ports, "worker-ingestion", "worker", "scheduler"):
            own = {"PORT": ports.get(name, ""), "SPOOL_DIR": str(folder / "spool" / name)}
            stack.enter_context(running(name, environment | own, folder / f"{name}.log"))
        web, edge, realtime = (f"http://127.0.0.1:{port}" for port in ports.values())
        until(lambda: answers(f"{web}/up/ready"))
        until(lambda: answers(f"{edge}/t/nothing"))
        until(lambda: answers(f"{realtime}/up/ready"))
        yield [web, edge, realtime]


@contextmanager
def live_page(web: str, realtime: str) -> Iterator[Socket]:
    """Signed in at the one, and live from the other."""
    headers = {"Cookie": sign_in(web), "Origin": SITE}
    socket = Socket(realtime.replace("http", "ws") + "/w/cafe/live/socket", headers=headers)
    try:
        yield socket
    finally:
        socket.close()


def test_a_scan_at_the_edge_is_stored_by_the_worker_and_seen_live(
    environment: Environment, tmp_path: Path
) -> None:
    token = make_account(environment)
    with whole_installation(environment, tmp_path) as (web, edge, realtime):
        base = f"{web}/api/v1/workspaces/cafe"
        with patient_client(base, bearer(token)) as api, live_page(web, realtime) as page:
            body = {"name": "Menu", "destination_url": "https://destination.example/"}
            code = api.post("/codes", json=body).json()
            assert 'id="figures"' in page.receive(timeout=30)
            for server in (edge, web):
                answer = httpx.get(f"{server}/t/{code['short_code']}", timeout=30)
                assert answer.headers["Location"] == "https://destination.example/"
            assert 'id="figures"' in until(lambda: page.receive(timeout=1))
            stats = f"/codes/{code['id']}/stats"
            until(lambda: api.get(stats).json()["totals"]["hits"] == 2)
    left = [path for path in (tmp_path / "spool").rglob("*") if path.is_file()]
    assert [(path, path.read_bytes()) for path in left if path.stat().st_size] == []
