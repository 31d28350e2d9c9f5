"""Compression as servers send it: bytes on the wire, from both that we run."""

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from pitchbar.core.assets import ROOT, asset_path
from pitchbar.core.hosts import listening_address, usable_loopbacks
from tests.support.servers import free_port
from tests.support.waiting import wait_until

COMMANDS = {
    "gevent": ["-m", "gunicorn", "wsgi:app"],
    "threads": ["-m", "pitchbar.cli", "serve", "--no-demo"],
}


@pytest.fixture(scope="module", params=COMMANDS)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("server"), free_port()
    host = "::1" if "::1" in usable_loopbacks() else "127.0.0.1"
    url = f"http://{listening_address(host)}:{port}"
    environment = {
        "PATH": os.environ["PATH"],
        "APP_KEY": "a key for tests only, long enough to be one",
        "APP_URL": url,
        "HOST": host,
        "PORT": str(port),
        "DATA_DIR": str(folder),
        "WEB_CONCURRENCY": "1",
    }
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *COMMANDS[request.param]],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        wait_until(lambda: answers(url), 120)
        yield url
    finally:
        process.terminate()
        process.wait(15)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/up").status_code == 200
    except httpx.TransportError:
        return False


def bytes_of(url: str, encoding: str) -> int:
    """What comes over the line as a body."""
    with httpx.stream("GET", url, headers={"Accept-Encoding": encoding}) as answer:
        answer.raise_for_status()
        assert answer.headers.get("Content-Encoding", "identity") == encoding
        return len(b"".join(answer.iter_raw()))


@pytest.mark.parametrize(
    ("address", "at_most"),
    [
        ("/", 0.55),
        ("/signup", 0.55),
        ("/api/docs", 0.2),
        ("/api/v1/openapi.json", 0.2),
        (asset_path("css/components.css"), 0.3),
        (asset_path("js/app.js"), 0.5),
        (asset_path("vendor/htmx@4.0.1/htmx.min.js"), 0.4),
        (asset_path("vendor/lucide@1.62.0/sprite.svg"), 0.5),
    ],
)
def test_compressed_bytes_are_few(server: str, address: str, at_most: float) -> None:
    plain = bytes_of(server + address, "identity")
    for encoding in ("br", "gzip"):
        assert bytes_of(server + address, encoding) <= plain * at_most


def test_redirects_and_unknown_codes_are_left_as_they_are(server: str) -> None:
    answer = httpx.get(f"{server}/t/none", headers={"Accept-Encoding": "br, gzip"})
    assert answer.status_code in (404, 503)
    assert "Content-Encoding" not in answer.headers


def test_part_of_a_compressed_asset_and_its_tag_over_the_line(server: str) -> None:
    url, headers = server + asset_path("js/app.js"), {"Accept-Encoding": "br"}
    tag = httpx.get(url, headers=headers).headers["ETag"]
    part = httpx.get(url, headers=headers | {"Range": "bytes=0-9", "Accept-Encoding": "identity"})
    assert (part.status_code, len(part.content)) == (206, 10)
    again = httpx.get(url, headers=headers | {"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_host_may_be_an_ipv6_address(server: str) -> None:
    if "::1" not in usable_loopbacks():
        pytest.skip("this machine has no IPv6")
    assert server.startswith("http://[::1]:")
    assert httpx.get(f"{server}/login").status_code == 200
