"""Files of tens of megabytes on real servers: taken whole, cut off, too large, many at a time."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from pitchbar import create_app
from pitchbar.core.assets import ROOT
from pitchbar.extensions import db
from pitchbar.settings import load_settings
from tests.support.browsing import SITE
from tests.support.factories import make_token, make_workspace
from tests.support.servers import free_port
from tests.support.waiting import wait_until

BIN = Path(sys.executable).parent
COMMANDS = {
    "embedded": [str(BIN / "pitchbar"), "serve", "--no-demo"],
    "at scale": [str(BIN / "gunicorn"), "wsgi:app"],
}
_MEGABYTE = 1024 * 1024
_LINE = b"You can send anything back within thirty days, unused and in its box.\n"


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path
    secret: str
    path: str
    process: subprocess.Popen[bytes]

    def upload(self, size: int) -> httpx.Response:
        content = (_LINE * (size // len(_LINE) + 1))[:size]
        return httpx.post(
            f"http://127.0.0.1:{self.port}{self.path}",
            headers={"Authorization": f"Bearer {self.secret}"},
            data={"kind": "file", "name": "Returns"},
            files={"file": ("returns.txt", content, "text/plain")},
            timeout=60,
        )

    def files(self) -> list[Path]:
        found = (self.folder / "files" / "sources").rglob("*")
        return [one for one in found if one.is_file()]

    def bytes_in_nameless_files(self) -> int:
        """Of all processes of the server."""
        one = psutil.Process(self.process.pid)
        total = 0
        for each in (one, *one.children(recursive=True)):
            for link in Path(f"/proc/{each.pid}/fd").iterdir():
                with suppress(OSError):
                    if str(link.readlink()).endswith(" (deleted)"):
                        total += link.stat().st_size
        return total


@pytest.fixture(scope="module", params=list(COMMANDS))
def server(
    request: pytest.FixtureRequest, _sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("uploads"), free_port()
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
        "LOG_LEVEL": "WARNING",
        "MAX_UPLOAD_BYTES": str(30 * _MEGABYTE),
    }
    with create_app(load_settings(environ)).app_context():
        workspace = make_workspace()
        secret, path = make_token(workspace), f"/api/v1/workspaces/{workspace.slug}/sources"
        db.engine.dispose()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            COMMANDS[request.param], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    made = Server(port, folder, secret, path, process)
    try:
        wait_until(lambda: _is_up(port), 30)
        yield made
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/up", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def test_a_large_file_arrives_whole(server: Server) -> None:
    before = len(server.files())
    answer = server.upload(20 * _MEGABYTE)
    assert answer.status_code == 201, answer.text
    (file,) = sorted(server.files(), key=lambda one: one.stat().st_mtime)[before:]
    assert file.stat().st_size == 20 * _MEGABYTE
    assert file.read_bytes().startswith(_LINE)


def test_a_file_that_is_too_large_is_refused(server: Server) -> None:
    before = server.files()
    answer = server.upload(30 * _MEGABYTE + 1)
    assert answer.status_code == 422
    assert "30 MB at most" in answer.json()["error"]["fields"]["file"]
    assert server.files() == before


def test_a_file_that_is_cut_off_leaves_nothing_behind(server: Server) -> None:
    before = server.files()
    head = (
        f"POST {server.path} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {server.secret}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {25 * _MEGABYTE}\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(head.encode())
        client.sendall(b"x" * 12 * _MEGABYTE)
        # What is on its way waits in a file.
        wait_until(lambda: server.bytes_in_nameless_files() > 11 * _MEGABYTE, 10)
        assert _is_up(server.port)
    wait_until(lambda: server.bytes_in_nameless_files() < _MEGABYTE, 10)
    assert server.files() == before


def test_elsewhere_a_large_body_is_refused_at_once(server: Server) -> None:
    answer = httpx.post(
        f"http://127.0.0.1:{server.port}/login", content=b"x" * 2 * _MEGABYTE, timeout=20
    )
    assert answer.status_code == 413
