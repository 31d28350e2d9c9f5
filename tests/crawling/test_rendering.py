"""Pages that only JavaScript writes, drawn by a service of the operator's."""

import json
import time

import pytest
from flask import Flask, current_app

from pitchbar.clients import browser_render
from pitchbar.crawling.errors import CrawlError
from pitchbar.crawling.rendering import can_render, render
from pitchbar.settings import current_settings
from tests.support.faulty_servers import answer, drip, faulty_server
from tests.support.hostile_site import HTML, HostileSite
from tests.support.receivers import Reply, receiving


def use(service: str) -> None:
    changed = current_settings().replaced(browser_render_url=service)
    current_app.extensions["settings"] = changed


def trouble(url: str) -> CrawlError:
    with pytest.raises(CrawlError) as caught:
        render(url)
    return caught.value


def test_without_a_service_nothing_is_drawn(app: Flask) -> None:
    assert not can_render()


def test_a_page_is_drawn_by_the_service(app: Flask, site: HostileSite) -> None:
    with receiving() as service:
        drawn = "<p>Grün</p>".encode("cp1252")
        kind = {"Content-Type": "text/html; charset=cp1252"}
        service.reply = lambda _received: Reply(200, kind, drawn)
        use(service.url)
        assert can_render()
        found = render(site.url("/app"))
    assert (found.body.decode(found.charset), found.status) == ("<p>Grün</p>", 200)
    (received,) = service.received
    assert json.loads(received.body) == {"url": site.url("/app")}


def test_what_may_not_be_read_is_not_drawn(app: Flask, site: HostileSite) -> None:
    site.robots = "User-agent: *\nDisallow: /app"
    with faulty_server(answer()) as server:
        use(server.url)
        assert trouble(site.url("/app")).kind == "robots"
        assert trouble("http://169.254.169.254/").kind == "private_address"
        assert server.heads == []


def test_a_service_in_trouble_is_told_for_people(
    app: Flask, site: HostileSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_render, "_SECONDS", 0.3)
    endless = drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    large = answer(200, b"x" * (6 * 1024 * 1024), HTML)
    for handle in (answer(500), answer(404), endless, large):
        with faulty_server(handle) as server:
            use(server.url)
            began = time.monotonic()
            error = trouble(site.url("/app"))
            assert time.monotonic() - began < 2
        assert (error.kind, error.is_permanent) == ("render", False)
        assert str(error).startswith("The ")
    assert trouble(site.url("/app")).kind == "render"
