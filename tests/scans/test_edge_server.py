"""`pitchbar edge`: whoever waits, waits alone."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.engine import URL, make_url

from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.scans.models import Scan
from pitchbar.settings import Settings
from tests.security.slow_clients import BODY, CHUNKED, HEAD, SILENT, slow_clients, wait_until_cut
from tests.support.factories import make_code, make_workspace
from tests.support.forwarding import forwarder
from tests.support.servers import free_port, on_postgresql
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full
PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)"}
Environ = dict[str, str]


@pytest.fixture
def environ(settings: Settings, app: Flask) -> Environ:
    make_code(make_workspace(), short_code="menu")
    return {
        "PATH": os.environ["PATH"],
        "APP_ENV": "preview",
        "APP_KEY": settings.app_key,
        "APP_URL": settings.app_url,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": settings.database_url,
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
        "RATELIMIT_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        "REQUEST_HEAD_SECONDS": "2",
    }


@contextmanager
def edge(environ: Environ) -> Iterator[str]:
    """The address of the redirects of an edge that runs."""
    command = [str(Path(sys.executable).parent / "pitchbar"), "edge"]
    process = subprocess.Popen(command, cwd=ROOT, env=environ, start_new_session=True)
    base = f"http://127.0.0.1:{environ['PORT']}"
    try:
        wait_until(lambda: status(f"{base}/t/menu") == 302, 120)
        yield base
    finally:
        process.terminate()
        try:
            assert process.wait(20) == 0
        finally:
            os.killpg(process.pid, signal.SIGKILL) if process.poll() is None else None


def status(url: str, timeout: float = 5) -> int:
    try:
        return httpx.get(url, headers=PHONE, timeout=timeout).status_code
    except httpx.TransportError:
        return 0


def slowest(url: str, times: int) -> float:
    """Seconds of the slowest of so many redirects."""
    took = []
    for _ in range(times):
        start = time.monotonic()
        assert status(url) == 302
        took.append(time.monotonic() - start)
    return max(took)


def test_slow_clients_hold_up_no_scan_and_are_cut(environ: Environ) -> None:
    heads = (HEAD, SILENT)
    with edge(environ) as base, slow_clients(int(environ["PORT"])) as clients:
        clients.open(300, *heads)
        assert slowest(f"{base}/t/menu", 20) < 1
        assert wait_until_cut(clients, 10) == 0


def test_no_body_is_waited_for_that_nobody_reads(environ: Environ) -> None:
    with edge(environ):
        for kind in (BODY, CHUNKED):
            with socket.create_connection(("127.0.0.1", int(environ["PORT"])), timeout=5) as client:
                client.sendall(kind.replace(b"POST /login", b"POST /t/menu"))
                client.settimeout(2)
                assert b" 405 " in client.recv(4096)


def test_phone_whose_name_is_not_ascii_is_no_program_without_one(
    environ: Environ, settings: Settings
) -> None:
    with edge(environ) as base:
        url = httpx.URL(f"{base}/t/menu")
        with socket.create_connection((url.host, url.port or 80), timeout=5) as client:
            agent = "Mozilla/5.0 (Linux; Android 14; 手机) Mobile Safari/537.36".encode()
            client.sendall(b"GET /t/menu HTTP/1.1\r\nHost: a\r\nUser-Agent: %s\r\n\r\n" % agent)
            assert b" 302 " in client.recv(4096)
    with db.session.connection() as connection:
        reasons = (
            connection.execute(select(Scan.set_apart).order_by(Scan.scanned_at)).scalars().all()
        )
    # The first scans are those that waited for the server.
    assert reasons[-1] is None


def test_worker_that_is_killed_is_replaced(environ: Environ) -> None:
    with edge(environ) as base:
        for worker in workers_of(environ):
            os.kill(worker, signal.SIGKILL)
        wait_until(lambda: status(f"{base}/t/menu") == 302, 20)


def workers_of(environ: Environ) -> list[int]:
    """The processes that hold this edge's port, but for the one that started them."""
    import psutil

    parents = [
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[1:3][-1:] == ["edge"]
        and process.environ().get("PORT") == environ["PORT"]
    ]
    top = next(one for one in parents if one.parent() not in parents)
    return [child.pid for child in top.children()]


def connect_to(url: URL) -> socket.socket:
    folder = str(url.query.get("host", ""))
    if not folder:
        return socket.create_connection((url.host or "127.0.0.1", url.port or 5432))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(f"{folder}/.s.PGSQL.{url.port or 5432}")
    return connection


@on_postgresql
def test_database_that_hangs_holds_up_no_code_that_is_known(environ: Environ) -> None:
    url = make_url(environ["DATABASE_URL"])
    with forwarder(partial(connect_to, url)) as way:
        forwarded = url.set(host="127.0.0.1", port=way.port, query={})
        environ["DATABASE_URL"] = forwarded.render_as_string(hide_password=False)
        with edge(environ) as base:
            way.freeze()
            guesses = [
                threading.Thread(target=status, args=(f"{base}/t/unknown{n}", 10))
                for n in range(12)
            ]
            for guess in guesses:
                guess.start()
            # Who waited for the database would wait for three seconds, and as long who stood
            # behind all of those who wait a moment.
            assert slowest(f"{base}/t/menu", 30) < 2.0
            for guess in guesses:
                guess.join()
            way.thaw()


def test_host_of_several_addresses_is_refused_in_a_sentence(environ: Environ) -> None:
    command = [str(Path(sys.executable).parent / "pitchbar"), "edge"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environ | {"HOST": "127.0.0.1,127.0.0.2"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "the edge listens on one" in done.stderr
