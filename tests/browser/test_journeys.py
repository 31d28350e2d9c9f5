"""What a person does, from the sign-up to the deletion of a code."""

import re
import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD
from tests.browser.conftest import OpenPage, Site

pytestmark = pytest.mark.full


def unique(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex[:8]}"


def make_account(page: Page) -> None:
    page.goto("/signup")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Work e-mail").fill(f"{unique('ada')}@pitchbar.example")
    page.get_by_label("Password").fill("nine quiet horses")
    page.get_by_role("button", name="Create account").click()
    page.get_by_label("Workspace name").fill(unique("Kitchen"))
    page.get_by_role("button", name="Create workspace").click()
    expect(page.get_by_text("Three steps to your first scan")).to_be_visible()


def fill_in_code(page: Page, short_code: str, destination: str) -> None:
    page.get_by_role("main").get_by_role("link", name="Create code").click()
    page.get_by_label("Name", exact=True).fill("Spring menu")
    page.get_by_label("Destination").fill(destination)
    page.get_by_label("Short code").fill(short_code)
    page.get_by_label("Notes").fill("By the door")
    page.get_by_role("button", name="Create code").click()


def people_shown(page: Page, number: str) -> None:
    expect(page.locator("#figure-people [data-count]")).to_have_text(number)


@pytest.mark.parametrize("width", [1280, 390])
def test_code_from_its_making_to_its_end(open_page: OpenPage, site: Site, width: int) -> None:
    page, short_code = open_page(width), unique("menu")
    make_account(page)
    correct_the_destination(page, short_code)
    watch_a_scan(page, site, short_code)
    archive_and_undo(page, site, short_code)
    change_the_destination(page, site, short_code)
    delete(page, site, short_code)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def correct_the_destination(page: Page, short_code: str) -> None:
    fill_in_code(page, short_code, "javascript:alert(1)")
    destination = page.get_by_label("Destination")
    expect(page.locator("#destination_url-error")).to_contain_text("Only web addresses work here")
    expect(destination).to_be_focused()
    expect(destination).to_have_value("javascript:alert(1)")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Spring menu")
    expect(page.get_by_label("Short code")).to_have_value(short_code)
    expect(page.get_by_label("Notes")).to_have_value("By the door")
    destination.fill("https://shop.example/menu")
    page.get_by_role("button", name="Create code").click()
    expect(page.get_by_role("heading", name="Spring menu", level=1)).to_be_visible()
    expect(page.get_by_text("Code created.")).to_be_visible()


def watch_a_scan(page: Page, site: Site, short_code: str) -> None:
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    people_shown(page, "0")
    page.evaluate("window.stillTheSamePage = true")
    scan = site.scan(short_code)
    assert (scan.status_code, scan.headers["Location"]) == (302, "https://shop.example/menu")
    people_shown(page, "1")
    assert page.evaluate("window.stillTheSamePage") is True


def archive_and_undo(page: Page, site: Site, short_code: str) -> None:
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("“Spring menu” is archived.")).to_be_visible()
    assert site.scan(short_code).status_code == 410
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("“Spring menu” is active again.")).to_be_visible()


def change_the_destination(page: Page, site: Site, short_code: str) -> None:
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Destination").fill("https://shop.example/summer")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Changes saved.")).to_be_visible()
    assert site.scan(short_code).headers["Location"] == "https://shop.example/summer"


def delete(page: Page, site: Site, short_code: str) -> None:
    page.get_by_label("More actions").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_label("Type the code").fill("Spring menu")
    page.get_by_role("button", name="Delete code").click()
    expect(page.get_by_text("No codes yet")).to_be_visible()
    assert site.scan(short_code).status_code == 404


def test_search_finds_while_typing(open_page: OpenPage) -> None:
    page = open_page()
    sign_in_to_demo(page)
    page.goto("/w/demo/codes")
    rows = page.locator("#code-list tbody tr")
    expect(rows.nth(10)).to_be_visible()
    page.get_by_role("searchbox").fill("window")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Window poster, Mill Street")
    expect(page).to_have_url(re.compile(r"\?q=window"))
    page.get_by_role("searchbox").fill("")
    page.get_by_label("State", exact=True).select_option("Archived")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Last winter's menu")


def test_keyboard_alone_signs_in(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/login")
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type(DEMO_EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(DEMO_PASSWORD)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_codes_are_made_and_archived_without_scripts(open_page: OpenPage, site: Site) -> None:
    page, short_code = open_page(java_script_enabled=False), unique("plain")
    make_account(page)
    fill_in_code(page, short_code, "ftp://shop.example")
    expect(page.locator("#destination_url-error")).to_contain_text("Only web addresses work here")
    expect(page.get_by_label("Notes")).to_have_value("By the door")
    page.get_by_label("Destination").fill("https://shop.example/")
    page.get_by_role("button", name="Create code").click()
    expect(page.get_by_text("Code created.")).to_be_visible()
    assert site.scan(short_code).status_code == 302
    page.get_by_label("More actions").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("“Spring menu” is archived.")).to_be_visible()
    assert site.scan(short_code).status_code == 410


# Of the demo's owner: signing in is tried once for all, and asked for again where it has ended.
_cookies: list[Any] = []


def sign_in_to_demo(page: Page) -> None:
    if _cookies:
        page.context.add_cookies(_cookies)
        page.goto("/w/demo/")
        if "/login" not in page.url:
            return
        page.context.clear_cookies()
    page.goto("/login")
    page.get_by_label("E-mail").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    _cookies[:] = page.context.cookies()
