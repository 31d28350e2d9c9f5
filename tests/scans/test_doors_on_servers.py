"""Limits and passwords of codes on the servers of the edge: several processes on one Redis."""

import http.client
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from flask import Flask

from pitchbar.core.code_passwords import hash_code_password
from pitchbar.extensions import db
from pitchbar.settings import Settings
from tests.scans.test_processes import Server
from tests.support.factories import make_code, make_workspace
from tests.support.servers import RedisServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full

PATIENT = "pitchbar.connections.gevent_worker.PatientGeventWorker"
SERVERS = {
    "edge": ["pitchbar", "edge"],
    "gevent": ["gunicorn", "--no-control-socket", "-w", "4", "-k", PATIENT, "wsgi:edge"],
}
ALONE = [
    *["gunicorn", "--no-control-socket", "-w", "1", "-k", "gthread", "--threads", "8"],
    *["-b", "127.0.0.1:{port}", "wsgi:edge"],
]
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"}
WORD = "open sesame"


@pytest.fixture
def redis_here(tmp_path: Path) -> Iterator[str]:
    server = RedisServer(tmp_path)
    server.start()
    yield server.url
    server.kill()


@pytest.fixture
def environ(settings: Settings, app: Flask) -> dict[str, str]:
    workspace = make_workspace()
    make_code(workspace, short_code="menu")
    make_code(workspace, short_code="few").scan_limit = 60
    make_code(workspace, short_code="shut").password_hash = hash_code_password(WORD)
    db.session.commit()
    return {
        "APP_ENV": "preview",
        "APP_KEY": settings.app_key,
        "APP_URL": settings.app_url,
        "DATA_DIR": str(settings.data_dir),
        "RATELIMIT_ENABLED": "false",
        "WEB_CONCURRENCY": "4",
        "HOST": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }


def ask(base: str, short_code: str, method: str = "GET") -> int:
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=20)
    try:
        connection.request(method, f"/t/{short_code}", headers=PHONE)
        return connection.getresponse().status
    finally:
        connection.close()


def scan_at_once(base: str, short_code: str, count: int) -> Counter[int]:
    """Each with a connection of its own, so that every process gets some."""
    # On a busy machine the first look-up of a process may take longer than a visitor waits.
    wait_until(lambda: all(ask(base, short_code, "HEAD") == 302 for _ in range(12)), 120)
    seen: list[int] = []

    def visit() -> None:
        while_busy = time.monotonic() + 30
        for _ in range(count // 10):
            status = ask(base, short_code)
            # A process that looks the code up for the first time may ask for a moment.
            while status == 503 and time.monotonic() < while_busy:
                status = ask(base, short_code)
            seen.append(status)

    threads = [threading.Thread(target=visit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return Counter(seen)


@pytest.mark.parametrize("name", SERVERS)
def test_four_processes_keep_to_a_limit_and_ask_for_a_password(
    name: str, environ: dict[str, str], redis_here: str, tmp_path: Path
) -> None:
    server = Server(SERVERS[name], environ | {"REDIS_URL": redis_here}, tmp_path / "log")
    base = f"http://127.0.0.1:{server.port}"
    try:
        assert scan_at_once(base, "few", 150) == {302: 60, 410: 90}
        assert httpx.get(f"{base}/t/shut", headers=PHONE).status_code == 200
        for typed, status in (("x", 422), (WORD, 303)):
            answer = httpx.post(f"{base}/t/shut?a=1", data={"password": typed}, headers=PHONE)
            assert answer.status_code == status
        assert answer.headers["Location"] == "https://destination.example/menu"
        assert httpx.post(f"{base}/t/menu", data={"password": "x"}).status_code == 405
    finally:
        server.end(signal.SIGKILL)


def test_limit_without_redis_is_exact_after_a_kill(environ: dict[str, str], tmp_path: Path) -> None:
    """One process, which stores scans itself; it begins with what is stored and what waits."""
    for expected in ({302: 40}, {302: 20, 410: 20}):
        server = Server(ALONE, environ, tmp_path / "log")
        try:
            assert scan_at_once(f"http://127.0.0.1:{server.port}", "few", 40) == expected
        finally:
            server.end(signal.SIGKILL)
