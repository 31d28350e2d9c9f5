"""The searchable list of time zones, and what the browser says of its own."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import sign_in_to_demo

pytestmark = pytest.mark.full


@pytest.mark.parametrize(
    ("browser_zone", "shown"),
    [("Europe/Kiev", "Kyiv"), ("Asia/Calcutta", "Kolkata"), ("Europe/Berlin", "Berlin")],
)
def test_new_workspace_starts_in_the_zone_of_the_browser(
    open_page: OpenPage, browser_zone: str, shown: str
) -> None:
    page = open_page(timezone_id=browser_zone)
    sign_in_to_demo(page)
    page.goto("/workspaces/new")
    expect(page.get_by_label("Time zone")).to_have_value(re.compile(shown))


def test_zone_is_found_by_typing(open_page: OpenPage) -> None:
    page = open_page()
    sign_in_to_demo(page)
    page.goto("/w/demo/settings")
    field = page.get_by_role("combobox", name="Time zone")
    before = field.input_value()
    field.click()
    page.keyboard.type("sao pau")
    options = page.get_by_role("option")
    expect(options).to_have_count(1)
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    expect(field).to_have_value(before)
    field.fill("argentina")
    expect(options.first).to_contain_text("UTC-03:00")
    page.keyboard.press("ArrowDown")
    field.fill("calcutta")
    page.keyboard.press("Enter")
    expect(page.locator("select[name=time_zone]")).to_have_value("Asia/Kolkata")
    field.fill("no such town")
    expect(page.get_by_text("Nothing has that name.")).to_be_visible()
    page.get_by_label("Workspace name").focus()
    expect(field).to_have_value("Kolkata (UTC+05:30)")


def test_list_works_without_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    sign_in_to_demo(page)
    page.goto("/w/demo/settings")
    page.get_by_label("Time zone").select_option("Europe/Kyiv")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Kyiv")
