"""Whoever sends slowly waits alone: pages and redirects go on, and the slow ones are cut."""

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from pitchbar import create_app
from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.security.slow_clients import (
    BODY,
    CHUNKED,
    HEAD,
    SILENT,
    is_readable,
    room_for,
    slow_clients,
    slowest_answer,
    wait_until_answered,
    wait_until_cut,
)
from tests.support.browsing import SITE
from tests.support.factories import make_code, make_workspace
from tests.support.servers import free_port

BIN = Path(sys.executable).parent
COMMANDS = {
    "embedded": ([str(BIN / "pitchbar"), "serve", "--no-demo"], 500, 300),
    "at scale": ([str(BIN / "gunicorn"), "wsgi:app"], 3000, 1000),
}
KINDS = (HEAD, BODY, CHUNKED, SILENT)
PAGES = ("/up", "/login", "/t/menu")


@dataclass(frozen=True)
class Server:
    port: int
    slow_clients: int

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)


@pytest.fixture(scope="module", params=["embedded", "at scale"])
def server(
    request: pytest.FixtureRequest, _sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """With short deadlines, and a code `menu`."""
    folder, port = tmp_path_factory.mktemp("slow"), free_port()
    command, count, most = COMMANDS[request.param]
    shutil.copyfile(_sqlite_template, folder / "pitchbar.db")
    environ = {
        "PATH": os.environ["PATH"],
        "APP_ENV": "preview",
        "APP_KEY": "a key for tests only, long enough to be one",
        "APP_URL": SITE,
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "RATELIMIT_ENABLED": "false",
        "LOG_LEVEL": "WARNING",
        # Fewer for each process than there are slow ones: some must make room.
        "MAX_CONNECTIONS": str(most),
        "REQUEST_HEAD_SECONDS": "3",
        "REQUEST_BODY_SECONDS": "3",
        "REQUEST_IDLE_SECONDS": "2",
    }
    with create_app(load_settings(environ)).app_context():
        make_code(make_workspace(), short_code="menu")
        db.engine.dispose()
    count = room_for(count)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        _wait_for(port, folder / "log")
        for _ in range(4):
            # Each process draws each page once, which costs the first time.
            slowest_answer(f"http://127.0.0.1:{port}", *PAGES)
        yield Server(port, count)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(20)


def _wait_for(port: int, log: Path) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/up", timeout=5)
        except httpx.TransportError:
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        else:
            return


def test_slow_connections_hold_up_nobody_and_are_cut(server: Server) -> None:
    with slow_clients(server.port) as clients:
        clients.open(server.slow_clients, *KINDS)
        times = []
        for _ in range(3):
            times.append(slowest_answer(server.base, *PAGES))
            clients.trickle()
        # The machine may be busy with other tests; none may wait for a slow client's end.
        assert statistics.median(times) < 1
        assert clients.count_open() > server.slow_clients / 2, "open while others are answered"
        assert wait_until_cut(clients, 8) == 0
    assert slowest_answer(server.base, *PAGES) < 1


NOBODY_READS = {
    b"POST /t/menu": b"405",
    b"GET /t/menu": b"302",
    b"GET /login": b"200",
    b"POST /no/such/address": b"404",
    b"DELETE /login": b"405",
}


@pytest.mark.parametrize("line", NOBODY_READS)
def test_no_body_is_waited_for_that_nobody_reads(server: Server, line: bytes) -> None:
    with server.connect() as client:
        client.sendall(BODY.replace(b"POST /login", line))
        assert is_readable(client, 1)
        assert client.recv(4096).split()[1] == NOBODY_READS[line]


def test_who_does_not_fetch_an_answer_holds_up_nobody(server: Server) -> None:
    with slow_clients(server.port) as clients:
        for _ in range(150):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % LARGE)
            clients.sockets.append(client)
        # Less than a thread would wait for one of them.
        wait_until_answered(clients, 5)
        assert slowest_answer(server.base, *PAGES) < 1


LARGE = b"/static/vendor/inter@5.3.0/inter-latin-ext-wght-normal.woff2"


def test_who_does_not_hang_up_holds_up_nobody(server: Server) -> None:
    with slow_clients(server.port) as clients:
        clients.open(200, b"GET /up HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        wait_until_answered(clients, 5)
        assert slowest_answer(server.base, *PAGES) < 1


FORM = b"email=nobody%40pitchbar.example&password=wrong"
IN_PIECES = {
    "by length": BODY.replace(b"100000", b"%d" % len(FORM)).removesuffix(b"email=") + FORM,
    "in chunks": CHUNKED.removesuffix(b"fffff\r\n") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(FORM), FORM),
}


@pytest.mark.parametrize("framing", IN_PIECES)
def test_a_request_in_pieces_arrives_whole_and_another_may_follow(
    server: Server, framing: str
) -> None:
    request = IN_PIECES[framing]
    with server.connect() as client:
        for at in range(0, len(request), 40):
            assert not is_readable(client, 0.01)
            client.sendall(request[at : at + 40])
        # The form was read: what it lacks is the token.
        assert client.recv(65536).split()[1] == b"419"
        client.sendall(b"GET /up HTTP/1.1\r\nHost: localhost\r\n\r\n")
        until_ok = b""
        while not until_ok.endswith(b"ok\n"):
            received = client.recv(65536)
            assert received, until_ok
            until_ok += received


def test_what_follows_an_unread_body_is_no_request(server: Server) -> None:
    with server.connect() as client:
        hidden = b"GET /t/menu HTTP/1.1\r\nHost: localhost\r\n\r\n"
        head = b"POST /no/such/address HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
        client.sendall(head % (len(hidden) + 1))
        answer = client.recv(65536)
        with contextlib.suppress(OSError):
            client.sendall(hidden)
            while more := client.recv(65536):
                answer += more
        assert answer.count(b"HTTP/1.1 ") == 1
