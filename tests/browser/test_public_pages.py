"""Public pages from the smallest phone to a wide screen, with and without JavaScript."""

from typing import Literal

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import sign_in_to_demo

pytestmark = pytest.mark.full


@pytest.mark.parametrize("width", [360, 699, 700, 980, 1920])
def test_start_page_fits_every_width(open_page: OpenPage, width: int) -> None:
    page = open_page(width)
    for address in ("/", "/privacy"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto("/")
    # Nothing of the picture is cut off, and the card covers no figure.
    boxes = {
        name: page.locator(name).bounding_box()
        for name in (".stage", ".stage-board", ".stage-paper", ".stage-people")
    }
    stage, board, paper, people = boxes.values()
    assert stage
    assert board
    assert paper
    assert people
    assert stage["x"] <= paper["x"]
    assert board["x"] + board["width"] <= stage["x"] + stage["width"]
    covers_below = paper["y"] + paper["height"] > people["y"]
    starts_at = page.locator(".stage-people b").bounding_box()
    assert starts_at
    assert not (covers_below and paper["x"] + paper["width"] > starts_at["x"])


def test_start_page_says_all_without_javascript(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/")
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.locator(".stage-symbol svg").is_visible()
    assert page.locator(".stage-line").first.is_visible()
    page.get_by_role("link", name="Create account").first.click()
    page.wait_for_url("**/signup")


@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_public_and_operators_pages_have_no_serious_finding(
    open_page: OpenPage, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_page(width, color_scheme=scheme, reduced_motion="reduce")
    # The guide is long: once is enough.
    for url in ("/", "/privacy", *(["/api/docs"] if scheme == "light" else [])):
        page.goto(url)
        assert (url, serious_findings(page)) == (url, [])
    sign_in_to_demo(page)
    for url in ("", "/jobs", "/schedule", "/workers", "/failures"):
        page.goto(f"/ops/queues{url}")
        assert (url, serious_findings(page)) == (url, [])
