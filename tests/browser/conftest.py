"""A real browser and the whole product as `pitchbar serve` runs it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, expect, sync_playwright

from tests.support.servers import free_port, give_up

# What Chromium logs when a form is refused; the page shows the reason at the field.
_REFUSED = tuple(
    f"Failed to load resource: the server responded with a status of {status}"
    for status in (402, 409, 422)
)

# On a machine that does much else; whatever is wrong stays so for longer.
PATIENCE_MS = 30_000

OpenPage = Callable[..., Page]


@dataclass(frozen=True)
class Site:
    """A running server with the demo workspace in it."""

    url: str

    def scan(self, short_code: str) -> httpx.Response:
        phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Mobile Safari/604.1"
        return httpx.get(f"{self.url}/t/{short_code}", headers={"User-Agent": phone})


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "APP_KEY": "a key for tests only, long enough to be one",
        "APP_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        # It may look at its own pages, as it does at those of customers.
        "OUTBOUND_ALLOW": f"127.0.0.1:{port}",
        "DATA_DIR": str(folder),
        "RATELIMIT_LOGIN": "1000/minute",
        "RATELIMIT_LOGIN_ACCOUNT": "1000/minute",
        "RATELIMIT_SIGNUP": "1000/minute",
    }
    command = [sys.executable, "-m", "pitchbar.cli", "serve", "--demo"]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(server, environment["APP_URL"], folder / "log")
        yield Site(environment["APP_URL"])
    finally:
        server.terminate()
        server.wait(15)


def _wait_for(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/up/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"pitchbar serve does not answer:\n{log.read_text()}", pytrace=False)


_running = ExitStack()
_browsers: list[Browser] = []


@pytest.fixture
def browser() -> Browser:
    """One for all tests that come one after the other."""
    if _browsers and not _browsers[0].is_connected():
        _end_browser()
    if not _browsers:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        if chromium is None:
            give_up("Chromium", "it is not installed, run bin/setup --full")
        try:
            _browsers.append(_start_browser(chromium))
        except Error as error:
            _end_browser()
            give_up("Chromium", error)
    expect.set_options(timeout=PATIENCE_MS)
    return _browsers[0]


def _start_browser(chromium: str) -> Browser:
    playwright = _running.enter_context(sync_playwright())
    browser = playwright.chromium.launch(
        executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
    )
    _running.callback(browser.close)
    return browser


def _end_browser() -> None:
    _browsers.clear()
    _running.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """While a browser runs, its event loop owns the thread, which others need."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _end_browser()


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[OpenPage]:
    """Opens a page of its own session; at the end, none may have complained about anything."""
    contexts, complaints = [], []

    def open_page(width: int = 1280, **options: Any) -> Page:
        viewport: ViewportSize = {"width": width, "height": 900}
        context = browser.new_context(base_url=site.url, viewport=viewport, **options)
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda message: _note(message, complaints))
        return context.new_page()

    yield open_page
    for context in contexts:
        for page in context.pages:
            # What a page still asks for while it is closed fails, and says so.
            page.wait_for_load_state()
    said = list(complaints)
    for context in contexts:
        context.close()
    assert said == []


def _note(message: Any, complaints: list[str]) -> None:
    # A violation of the Content-Security-Policy is an error here too.
    # A socket that is cut while a page is left is connected again where it is needed.
    was_cut = message.text.startswith("WebSocket") and any(
        why in message.text for why in ("ERR_CONNECTION_RESET", "closed before the connection")
    )
    is_wrong = message.type in ("error", "warning") and not message.text.startswith(_REFUSED)
    if is_wrong and not was_cut:
        where = (message.location or {}).get("url", "")
        complaints.append(f"{message.type}: {message.text} {where}".rstrip())
