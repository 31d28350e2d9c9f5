"""axe-core on the pages that everybody sees, in light and dark."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_journeys import sign_in_to_demo

pytestmark = pytest.mark.full


def serious_findings(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def pages_of_the_rail(page: Page) -> list[str]:
    """Every feature's own are among them."""
    links = page.locator(".rail-section a").all()
    found = {link.get_attribute("href") or "" for link in links}
    assert {"/w/demo/", "/w/demo/codes", "/w/demo/codes/new"} <= found
    return sorted(found)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_pages_have_no_serious_finding(
    open_page: OpenPage, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_page(width, color_scheme=scheme, reduced_motion="reduce")
    page.goto("/login")
    assert serious_findings(page) == []
    sign_in_to_demo(page)
    for url in (*pages_of_the_rail(page), "/w/demo/codes?status=all", "/w/demo/codes/1"):
        page.goto(url)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert (url, serious_findings(page)) == (url, [])
