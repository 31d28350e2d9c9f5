"""A file of codes is brought in, and taken back, with the pages alone."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full

SAMPLE = Path(__file__).parent.parent / "transfers" / "samples" / "shlink.csv"


def test_file_is_brought_in_and_taken_back(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/codes")
    page.get_by_label("More about all codes").click()
    page.get_by_role("link", name="Import codes").click()
    page.get_by_label("File").set_input_files(SAMPLE)
    page.get_by_role("button", name="Read the file").click()
    expect(page.get_by_text("an export of Shlink")).to_be_visible()
    page.get_by_label("Notes").select_option("createdAt")
    expect(page.locator("#notes-values")).to_contain_text("2026-03-01T08:00:00+01:00")
    page.get_by_label("Notes").select_option("Nothing")
    assert serious_findings(page) == []
    page.get_by_role("button", name="See what it becomes").click()
    start = page.get_by_role("button", name="Import 2 codes")
    expect(start).to_be_visible()
    assert serious_findings(page) == []
    start.click()
    expect(page.get_by_text("2 codes are imported.")).to_be_visible()
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Take 2 back").click()
    expect(page.get_by_text("2 of 2 codes are taken back")).to_be_visible()
