"""The built widget on pages of somebody else's site, against the fake of its API: no server of the
product is needed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request

from tests.browser.conftest import PATIENCE_MS
from tests.browser.widget.chat import Chat
from tests.support.host_site import HostSite, host_site, page_with, snippet
from tests.support.widget_answers import SOURCE
from tests.support.widget_api import FakeApi, fake_api

Visit = Callable[..., Chat]
# What Chromium logs of answers that a test wants to be refused; the widget says so to the visitor.
_NETWORK = ("Failed to load resource", "Access to fetch at")


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with fake_api() as api:
        yield api


@pytest.fixture
def host() -> Iterator[HostSite]:
    with host_site() as host:
        yield host


class _Sessions:
    """Whatever a test does: no page may have an error or break its policy, and nobody but the host
    and the API is asked for anything, unless a visitor follows a citation.
    """

    def __init__(self, browser: Browser, known: tuple[str, ...]) -> None:
        self._browser, self._known = browser, known
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def new(self, **options: Any) -> BrowserContext:
        context = self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", self._heard)
        context.on("request", self._asked)
        self.contexts.append(context)
        return context

    def _heard(self, message: ConsoleMessage) -> None:
        is_network = any(message.text.startswith(one) for one in _NETWORK)
        if message.type in ("error", "warning") and not is_network:
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self._known):
            self.complaints.append(f"asked for {request.url}")


@pytest.fixture
def visit(browser: Browser, api: FakeApi, host: HostSite) -> Iterator[Visit]:
    """Opens a page of the host in a browser session of its own, or as one more tab `beside`."""
    sessions = _Sessions(browser, (f"{host.url}/", f"{api.url}/", SOURCE))

    def visit(
        width: int = 1280,
        *,
        html: str | None = None,
        headers: dict[str, str] | None = None,
        before: str = "",
        path: str = "/",
        beside: Chat | None = None,
        **options: Any,
    ) -> Chat:
        viewport = {"width": width, "height": 800 if width > 640 else 740}
        context = beside.page.context if beside else sessions.new(viewport=viewport, **options)
        page = context.new_page()
        if before:
            page.add_init_script(before)
        page.goto(host.put(path, html or page_with(snippet(api.url)), headers))
        return Chat(page)

    yield visit
    for context in sessions.contexts:
        context.close()
    assert sessions.complaints == []
