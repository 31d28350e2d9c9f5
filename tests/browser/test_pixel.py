"""`/pixel.js` on a page of somebody else's, in a real browser."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo

pytestmark = pytest.mark.full

SHOP = """<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script src="/shop.js"></script>
<script src="{site}/pixel.js" data-key="{key}"{respect} defer></script>"""
# As a shop's own script has it: calls may come before the pixel is there.
OWN = """window.pitchbar ||= function () { (pitchbar.q = pitchbar.q || []).push(arguments) }
pitchbar('page seen', { order_id: 'early' })"""
# A shop that is careful: no inline script, no evaluation, and its pixel named.
POLICY = "default-src 'none'; script-src 'self' {site}; connect-src {site}; img-src {site} data:"
CALL = "([event, more]) => pitchbar(event, more)"


class Shop:
    """Another origin than ours; it remembers what it was asked with."""

    def __init__(self, site: str, key: str) -> None:
        shop = self
        self.site, self.key, self.respect = site, key, ""
        self.cookies: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if "Cookie" in self.headers:
                    shop.cookies.append(self.headers["Cookie"])
                is_script = self.path.startswith("/shop.js")
                values = {"site": shop.site, "key": shop.key, "respect": shop.respect}
                body = (OWN if is_script else SHOP.format(**values)).encode()
                self.send_response(200)
                kind = "text/javascript" if is_script else "text/html; charset=utf-8"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", POLICY.format(site=shop.site))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def demo(open_page: OpenPage) -> Page:
    page = open_demo(open_page)
    page.goto("/w/demo/conversions")
    return page


@pytest.fixture
def shop(demo: Page, site: Site) -> Iterator[Shop]:
    shop = Shop(site.url, demo.locator(".key-line code").inner_text())
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


def arrive(page: Page, shop: Shop, site: Site) -> str:
    """As a visitor does who scanned the wine list."""
    found: str = site.scan("wine").headers["Location"]
    token = found.partition("pb_at=")[2].partition("&")[0]
    page.goto(f"{shop.url}/?pb_at={token}")
    return token


def test_visitor_who_came_by_a_scan_is_told_of_without_a_cookie(
    open_page: OpenPage, demo: Page, shop: Shop, site: Site
) -> None:
    visitor = open_page()
    calls: list[Any] = []
    visitor.on("request", lambda request: calls.append(request) if "/p/" in request.url else None)
    token = arrive(visitor, shop, site)
    # Kept for the shop alone, and known on its next page, whose address says nothing of it.
    visitor.goto(f"{shop.url}/thanks")
    assert token in visitor.evaluate("localStorage.getItem('pb_at')")
    order = {"value": "12.50", "currency": "EUR", "order_id": "browser-1"}
    assert visitor.evaluate(CALL, ["purchase", order]) is True
    # The list is open, and hears of it: the call before the script was there, too.
    expect(demo.locator("#conversion-list")).to_contain_text("browser-1")
    expect(demo.locator("#conversion-list")).to_contain_text("early")
    expect(demo.locator("#last-call")).to_contain_text("purchase")
    assert {call.resource_type for call in calls} == {"ping"}
    assert visitor.context.cookies() == []
    assert shop.cookies == []


def test_picture_goes_where_there_are_no_beacons_and_its_refusal_is_told(
    open_page: OpenPage, demo: Page, shop: Shop, site: Site
) -> None:
    visitor = open_page()
    visitor.add_init_script("navigator.sendBeacon = undefined")
    arrive(visitor, shop, site)
    with visitor.expect_response(lambda answer: "/p/" in answer.url) as answered:
        visitor.evaluate(CALL, ["purchase", {"value": "9", "currency": "EURO"}])
    assert answered.value.headers["content-type"] == "image/gif"
    expect(demo.locator("#last-call")).to_contain_text("Unknown currency: EURO")


@pytest.mark.parametrize("sign", ["doNotTrack: '1'", "globalPrivacyControl: true"])
def test_who_asks_not_to_be_tracked_is_left_alone_unless_the_shop_decides_otherwise(
    open_page: OpenPage, shop: Shop, site: Site, sign: str
) -> None:
    visitor = open_page()
    name, _, value = sign.partition(": ")
    visitor.add_init_script(
        f"Object.defineProperty(Navigator.prototype, '{name}', {{ get: () => {value} }})"
    )
    arrive(visitor, shop, site)
    assert visitor.evaluate(CALL, ["purchase", {}]) is False
    assert visitor.evaluate("localStorage.length") == 0
    shop.respect = ' data-respect-dnt="false"'
    arrive(visitor, shop, site)
    assert visitor.evaluate(CALL, ["purchase", {}]) is True


def test_visitor_who_did_not_come_by_a_scan_is_not_told_of(open_page: OpenPage, shop: Shop) -> None:
    visitor = open_page()
    visitor.goto(shop.url)
    assert visitor.evaluate(CALL, ["purchase", {}]) is False
    # Nor one whose scan was too long ago.
    visitor.evaluate(
        "localStorage.setItem('pb_at', JSON.stringify(['x', Date.now() - 31 * 864e5]))"
    )
    visitor.reload()
    assert visitor.evaluate(CALL, ["purchase", {}]) is False
    assert visitor.evaluate("localStorage.length") == 0
