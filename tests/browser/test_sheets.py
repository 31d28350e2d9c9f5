"""Codes become labels, as somebody prints them who has the wrong sizes at first."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full


def test_sheet_is_mended_looked_through_and_downloaded(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/codes?q=list")
    page.get_by_label("Choose Wine list").check()
    page.get_by_role("button", name="Print").click()
    expect(page.get_by_text("Page 1 of 1")).to_be_visible()
    assert serious_findings(page) == []
    # What is wrong is named beside an empty page, and at its field; nothing is lost.
    page.get_by_label("Labels", exact=True).select_option("Own size")
    page.get_by_label("Down", exact=True).fill("-1")
    expect(page.locator("#sheet-preview")).to_contain_text("Down: Use a whole number from 1 to 100")
    page.get_by_label("Of each code").fill("60")
    page.get_by_role("button", name="Make the PDF").click()
    expect(page.locator("#rows-error")).to_contain_text("Use a whole number from 1 to 100.")
    expect(page.get_by_label("Of each code")).to_have_value("60")
    # A field that is out of sight stops nobody.
    page.get_by_label("Labels", exact=True).select_option("Avery L7160, 21 of 63.5 by 38.1 mm")
    expect(page.get_by_text("Page 1 of 3")).to_be_visible()
    first = page.locator(".sheet-paper").inner_html()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    # The page stays while something else is changed.
    page.get_by_label("Number", exact=True).check()
    expect(page.locator(".sheet-paper")).not_to_have_js_property("innerHTML", first)
    expect(page.get_by_text("Page 2 of 3")).to_be_visible()
    page.get_by_role("button", name="Make the PDF").click()
    download = page.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=60_000)
    assert serious_findings(page) == []
    with page.expect_download() as saved:
        download.click()
    assert Path(saved.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No sheets yet")).to_be_visible()
