"""Addresses with bytes that should have been encoded, over real servers."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitchbar import create_app
from pitchbar.connections.arrival import Arrival
from pitchbar.connections.framing import encode_target
from pitchbar.connections.settings import Deadlines
from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.support.browsing import SITE
from tests.support.domains import HOST, make_domain
from tests.support.factories import make_code, make_workspace
from tests.support.servers import free_port
from tests.support.waiting import wait_until

BIN = Path(sys.executable).parent
COMMANDS = {
    "embedded": [str(BIN / "pitchbar"), "serve", "--no-demo"],
    "at scale": [str(BIN / "pitchbar"), "edge"],
    "gunicorn": [str(BIN / "gunicorn"), "wsgi:edge"],
}


@pytest.fixture(scope="module", params=list(COMMANDS))
def port(
    request: pytest.FixtureRequest, _sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[int]:
    """Of a server with a code `menu`."""
    folder, port = tmp_path_factory.mktemp("raw"), free_port()
    shutil.copyfile(_sqlite_template, folder / "pitchbar.db")
    environ = {
        "PATH": os.environ["PATH"],
        "APP_ENV": "preview",
        "APP_KEY": "a key for tests only, long enough to be one",
        "APP_URL": SITE,
        "DATA_DIR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    with create_app(load_settings(environ)).app_context():
        workspace = make_workspace()
        make_code(workspace, short_code="menu", forward_parameters=True)
        make_domain(workspace)
        make_code(workspace, short_code="card", domain=HOST)
        db.engine.dispose()
    process = subprocess.Popen(
        COMMANDS[request.param],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _answer(port, b"/up").startswith(b"HTTP/1.1 200"), 30)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _answer(port: int, target: bytes, host: bytes = b"localhost") -> bytes:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            head = b"GET " + target + b" HTTP/1.1\r\nHost: " + host
            connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError:
        return b""


def location(port: int, target: bytes) -> bytes:
    head = _answer(port, target)
    assert head.startswith(b"HTTP/1.1 302"), head[:200]
    return next(line[10:] for line in head.split(b"\r\n") if line.lower().startswith(b"location: "))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (b"/t/menu?utm_source=caf\xc3\xa9", b"utm_source=caf%C3%A9"),
        (b"/t/menu?utm_source=\xe5\xba\x97&table=4", b"utm_source=%E5%BA%97&table=4"),
        (b"/t/menu?tisch=\xf0\x9f\x8d\x95", b"tisch=%F0%9F%8D%95"),
        (b"/t/menu?t\xc3\xafsch=4%20b", b"t%C3%AFsch=4%20b"),
        (b"/t/menu\xe2\x80\x8b?utm_source=a", b"utm_source=a"),
    ],
)
def test_bytes_beyond_ascii_are_encoded_and_lead_on(
    port: int, target: bytes, expected: bytes
) -> None:
    assert expected in location(port, target)


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (b"/card", b"go.brand.example"),
        (b"/t/card", b"GO.Brand.Example.:8443"),
        (b"http://go.brand.example/card", b"go.brand.example"),
        (b"/CARD?utm_source=a", b"go.brand.example"),
    ],
)
def test_code_on_a_domain_leads_on_whatever_serves_it(
    port: int, target: bytes, host: bytes
) -> None:
    assert _answer(port, target, host).startswith(b"HTTP/1.1 302")


@pytest.mark.parametrize(
    ("target", "host"),
    [
        (b"/t/card", b"localhost"),
        (b"/t/menu", b"evil.example"),
        (b"/menu", b"go.brand.example"),
        (b"/login", b"go.brand.example"),
        (b"/t/1%ED%A0%80card", b"localhost"),
    ],
)
def test_what_is_on_another_host_is_not_here(port: int, target: bytes, host: bytes) -> None:
    assert _answer(port, target, host).startswith(b"HTTP/1.1 404")


def test_bytes_of_no_unicode_lead_on_where_the_server_hands_them_over(port: int) -> None:
    answer = _answer(port, b"/t/menu?utm_source=caf\xe9")
    # granian refuses them before we are asked; docs/operations.md says so.
    assert b"utm_source=caf%C3%A9" in answer or answer.startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "target", [b"/t/menu?a=\x01\xc3\xa9", b"/t/menu?a=b \xc3\xa9", b"\xc3\xa9"]
)
def test_what_is_no_address_is_refused_as_ever(port: int, target: bytes) -> None:
    assert _answer(port, target).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("line", "encoded"),
    [
        (b"GET /a HTTP/1.1", b"GET /a HTTP/1.1"),
        (b"GET /\xc3\xa9?\xc3\xa9#\xc3\xa9 HTTP/1.1", b"GET /%C3%A9?%C3%A9#%C3%A9 HTTP/1.1"),
        (b"G\xc3\xa9T /a HTTP/1.1", b"G\xc3\xa9T /a HTTP/1.1"),
        (b"GET\xc3\xa9", b"GET\xc3\xa9"),
        (b"GET \xc3\xa9", b"GET \xc3\xa9"),
    ],
)
def test_only_the_address_in_the_request_line_is_encoded(line: bytes, encoded: bytes) -> None:
    received = bytearray(line + b"\r\nX-Name: \xc3\xa9\r\n\r\n")

    grown = encode_target(received)

    assert received == encoded + b"\r\nX-Name: \xc3\xa9\r\n\r\n"
    assert grown == len(encoded) - len(line)


def test_body_behind_such_an_address_ends_where_it_ends() -> None:
    head = b"POST /caf\xc3\xa9 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n"
    arrival = Arrival(0.0, Deadlines(head=5, body=5, idle=5))

    arrival.feed(head + b"ab", 0.0)
    assert not arrival.is_whole
    arrival.feed(b"cd", 0.0)

    assert arrival.is_whole
    assert bytes(arrival.received).endswith(b"\r\n\r\nabcd")
