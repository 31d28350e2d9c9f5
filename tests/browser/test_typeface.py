"""One typeface on every page; it is there early, nothing jumps, and public pages stay light."""

from typing import Any

import pytest
from playwright.sync_api import Page

from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.full

# With the most bytes that may come over the line: all of it, the typeface included.
PUBLIC = {
    "/": 50_000,
    "/login": 50_000,
    "/signup": 50_000,
    "/password/forgotten": 50_000,
    "/api/docs": 100_000,
}

_JUMPS = """() => new Promise((found) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) sum += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  document.fonts.ready.then(() => setTimeout(() => found(sum), 100));
})"""
_FONTS = """() => document.fonts.ready.then(() =>
  [...document.fonts].filter((one) => one.status === "loaded").map((one) => one.family))"""


def count_bytes(page: Page) -> list[float]:
    """Grows while the page loads: what came over the line for each request."""
    sizes: list[float] = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def note(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    session.on("Network.loadingFinished", note)
    return sizes


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_has_the_typeface_without_a_jump_and_is_light(
    open_page: OpenPage, address: str
) -> None:
    page = open_page()
    sizes = count_bytes(page)
    page.goto(address, wait_until="networkidle")
    assert page.evaluate(_FONTS) == ["Inter Variable"]
    family = "getComputedStyle(document.querySelector('h1')).fontFamily"
    assert page.evaluate(family).startswith('"Inter Variable"')
    assert page.evaluate(_JUMPS) < 0.01
    assert sum(sizes) < PUBLIC[address]


def test_page_of_a_workspace_has_the_same_typeface(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/login")
    page.get_by_label("E-mail").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/w/demo/")
    page.goto("/w/demo/codes", wait_until="networkidle")
    assert page.evaluate(_FONTS) == ["Inter Variable"]
