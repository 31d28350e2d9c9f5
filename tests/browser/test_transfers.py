"""A file of codes is brought in, and taken back, with the pages alone."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

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
    page.get_by_text("more fields").click()
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
    page.wait_for_url("**/undo")
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="Take 2 back").click()
    expect(page.get_by_text("2 of 2 codes are taken back")).to_be_visible()
    # Who stood there too is led to what became of it.
    other.get_by_role("button", name="Take 2 back").click()
    expect(other.get_by_text("This import can no longer be undone.")).to_be_visible()
    expect(other.get_by_text("2 of 2 codes are taken back")).to_be_visible()


def _send(page: Page, name: str, text: str) -> None:
    page.goto("/w/demo/codes/import")
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": text.encode("utf-16")}
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()


def test_faults_of_a_file_are_said_before_anything_is_made(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    _send(page, "empty.csv", "")
    expect(page.locator("#file-error")).to_contain_text("empty")
    _send(page, "faults.csv", "Name;Where;Tag\nOne;https://harbour.example/1;menu\nTwo;nowhere;\n")
    # Which column leads somewhere is asked for, and what nothing takes is named.
    expect(page.locator("#import-left")).to_contain_text("Where")
    page.get_by_role("button", name="See what it becomes").click()
    expect(page.get_by_text("Choose the column that says where each code leads.")).to_be_visible()
    page.get_by_label("Destination").select_option("Where")
    page.get_by_label("Short code").select_option("Tag")
    expect(page.locator("#import-left")).to_be_hidden()
    page.get_by_role("button", name="See what it becomes").click()
    wrong = page.locator("#import-errors tbody tr")
    expect(wrong).to_have_count(2)
    expect(wrong.nth(0)).to_contain_text("“menu” is taken")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_text("Nothing of it was imported")).to_be_visible()
