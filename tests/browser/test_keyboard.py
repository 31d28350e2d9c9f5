"""The command palette and the keys, as fingers find them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import sign_in_to_demo

pytestmark = pytest.mark.full


def codes_page(page: Page) -> None:
    sign_in_to_demo(page)
    page.goto("/w/demo/codes")
    expect(page.get_by_role("heading", name="Codes", level=1)).to_be_visible()


def test_palette_opens_goes_and_gives_the_focus_back(open_page: OpenPage) -> None:
    page = open_page()
    codes_page(page)
    search = page.get_by_role("searchbox")
    search.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search everything")
    expect(field).to_be_focused()
    found = page.locator("#palette [data-found] [role=option]")
    expect(found.first).to_be_visible()
    assert serious_findings(page) == []
    page.keyboard.press("Escape")
    expect(search).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("mill str")
    expect(page.locator("#palette [role=option]").filter(visible=True)).to_have_count(1)
    chosen = page.locator("#palette [aria-selected=true]")
    expect(chosen).to_contain_text("Window poster, Mill Street")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "-")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Window poster, Mill Street")
    expect(page.locator("[data-live-status]").first).to_have_text("Live")


def test_palette_is_walked_by_arrows_and_says_when_nothing_is_there(open_page: OpenPage) -> None:
    page = open_page()
    codes_page(page)
    page.keyboard.press("Control+k")
    chosen = page.locator("#palette [aria-selected=true]")
    expect(chosen).to_contain_text("Overview")
    page.keyboard.press("ArrowDown")
    expect(chosen).to_contain_text("Codes")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_contain_text("Sign out")
    height = page.locator("#palette").bounding_box()
    page.keyboard.type("zzzz")
    expect(page.locator("#palette").get_by_text("Nothing here has that name.")).to_be_visible()
    assert page.locator("#palette").bounding_box() == height
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/w/demo/codes$"))


def test_keys_lead_on_and_stay_silent_while_one_types(open_page: OpenPage) -> None:
    page = open_page()
    codes_page(page)
    # Also after htmx has put a new list in place.
    page.keyboard.press("/")
    page.keyboard.type("cg?/poster")
    expect(page.get_by_role("searchbox")).to_have_value("cg?/poster")
    expect(page.get_by_text("No code matches")).to_be_visible()
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("Control+c")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/codes\?"))
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    page.keyboard.press("c")
    expect(page.get_by_label("Name", exact=True)).to_be_visible()


def test_palette_acts_on_the_page(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    codes_page(page)
    page.goto("/w/demo/codes/1")
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    page.keyboard.press("Control+k")
    page.keyboard.type("copy")
    page.keyboard.press("Enter")
    expect(page.locator(".is-done")).to_have_count(1)
    assert "/t/" in page.evaluate("navigator.clipboard.readText()")
    page.keyboard.press("Control+k")
    page.keyboard.type("dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/account")
    page.keyboard.press("Control+k")
    page.keyboard.type("sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_phone_has_a_button_for_the_palette(open_page: OpenPage) -> None:
    page = open_page(390)
    codes_page(page)
    page.get_by_role("button", name="Search everything").click()
    page.get_by_role("option", name="Settings").click()
    expect(page.get_by_role("heading", name="Settings", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_menus_are_walked_by_home_end_and_letters(open_page: OpenPage) -> None:
    page = open_page()
    codes_page(page)
    page.get_by_label("Workspace: ").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    expect(page.get_by_role("link", name="New workspace")).to_be_focused()
    page.keyboard.press("Home")
    expect(page.locator(".switcher .menu-panel a").first).to_be_focused()
    page.keyboard.press("l")
    expect(page.get_by_role("link", name="Leave Harbour Kitchen")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="New workspace")).to_be_focused()
