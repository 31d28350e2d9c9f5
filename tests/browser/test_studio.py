"""The designer, as somebody uses it who makes a table card."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings
from tests.studio.factories import png

pytestmark = pytest.mark.full


def _picture(page: Page) -> str:
    return page.locator("#design-picture").inner_html()


def _save_over_another(page: Page) -> None:
    """Who saves over somebody else's change is asked first, where it is seen."""
    page.locator("[name=seen]").evaluate("field => field.value = 'older'")
    page.get_by_role("button", name="Save design").click()
    expect(page.get_by_text("Somebody else changed this design")).to_be_in_viewport()
    expect(page.locator("#design-picture image")).to_be_attached()


@pytest.mark.parametrize("width", [1280, 390])
def test_code_is_designed_checked_and_taken_back(open_page: OpenPage, width: int) -> None:
    page = open_demo(open_page, width)
    page.goto("/w/demo/codes?q=Wine+list")
    page.get_by_role("link", name="Wine list").first.click()
    page.get_by_role("link", name="Design", exact=True).click()
    expect(page.locator(".verdict-score")).to_be_visible(timeout=30_000)
    assert serious_findings(page) == []
    plain = _picture(page)
    page.get_by_title("Dots").click()
    expect(page.locator("#design-picture")).not_to_have_js_property("innerHTML", plain)
    dots = _picture(page)
    page.locator("#foreground").fill("#0b5c56")
    expect(page.locator("#design-picture path[fill='#0b5c56']").first).to_be_attached()
    # Each step back is one that was taken.
    page.locator("h1").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#design-picture")).to_have_js_property("innerHTML", dots)
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("#design-picture path[fill='#0b5c56']").first).to_be_attached()
    page.locator("input[type=file]").set_input_files(
        {"name": "anchor.png", "mimeType": "image/png", "buffer": png()}
    )
    expect(page.locator("#design-picture image")).to_be_attached()
    expect(page.locator(".studio-verdict.is-old")).to_have_count(0, timeout=30_000)
    # What is wrong is said at its field, and nothing is lost.
    page.locator("#foreground").fill("green")
    page.get_by_role("button", name="Save design").click()
    expect(page.locator("#foreground-error")).to_contain_text("six digits")
    expect(page.locator("#foreground")).to_have_value("green")
    page.locator("#foreground").fill("#e9e9e9")
    expect(page.locator(".verdict")).to_have_class(re.compile("is-fails"), timeout=30_000)
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".verdict")).not_to_have_class(re.compile("is-fails"), timeout=30_000)
    _save_over_another(page)
    # Others count the demo's codes as they are.
    page.get_by_role("link", name="Cancel").click()
