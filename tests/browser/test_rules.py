"""The rules of a code as somebody edits them: by pointer, by keyboard, read back while typing."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_contrast import _WEAK

pytestmark = pytest.mark.full


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    page = open_demo(open_page)
    open_rules(page)
    return page


def open_rules(page: Page) -> None:
    page.goto("/w/demo/codes?q=station")
    page.get_by_role("link", name="Poster, main station").first.click()
    page.get_by_role("link", name="Rules", exact=True).click()
    expect(page.get_by_role("heading", name="Rules", level=1)).to_be_visible()


def names(page: Page) -> list[str]:
    return page.locator(".rule-name").all_inner_texts()


def card(page: Page, name: str) -> Locator:
    return page.locator(".rule-card").filter(has=page.get_by_text(name, exact=True))


def leave(page: Page) -> None:
    """What is not saved is given up."""
    page.get_by_role("link", name="Discard").click()
    expect(page.get_by_text("All changes are saved")).to_be_visible()


def test_rule_moves_by_keyboard_and_the_focus_goes_with_it(page: Page) -> None:
    down = card(page, "Order at the table").get_by_role("button", name="Move rule down")
    down.focus()
    page.keyboard.press("Enter")
    assert names(page)[:2] == ["Guests from abroad", "Order at the table"]
    expect(down).to_be_focused()
    expect(page.locator("#rules-said")).to_have_text("Now rule 2 of 5.")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    up = card(page, "Order at the table").get_by_role("button", name="Move rule up")
    up.focus()
    page.keyboard.press("Space")
    assert names(page)[0] == "Order at the table"
    expect(down).to_be_focused()
    expect(page.get_by_text("All changes are saved")).to_be_visible()


def test_rule_is_dragged_to_another_place(page: Page) -> None:
    last = card(page, "Christmas")
    last.hover()
    last.locator(".rule-grip").hover()
    page.mouse.down()
    first = page.locator(".rule-card").first.bounding_box()
    assert first
    page.mouse.move(first["x"] + 20, first["y"] + 8, steps=6)
    page.mouse.up()
    assert names(page)[0] == "Christmas"
    expect(page.get_by_text("Unsaved changes")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page).to_have_url(re.compile("/rules$"))
    leave(page)
    assert names(page)[0] == "Order at the table"


def test_sentence_and_visitor_follow_while_one_types(page: Page) -> None:
    card(page, "Lunch on working days").get_by_role("button", name="Edit").click()
    lunch = card(page, "Lunch on working days")
    address = lunch.get_by_label("Destination", exact=True)
    address.fill("https://shop.example/lunch")
    expect(lunch.locator(".rule-leads")).to_have_text("goes to shop.example/lunch")
    expect(address).to_be_focused()
    lunch.get_by_label("Sat", exact=True).check()
    expect(lunch.locator(".rule-sentence")).to_have_text(
        "Everyone, from Monday to Saturday from 11:00 to 14:30 (London time)"
    )
    page.get_by_label("Date and time").fill("2026-11-28T12:00")
    result = page.locator("#simulation")
    expect(result).to_contain_text("Rule 3 takes this visitor")
    expect(result).to_contain_text("https://shop.example/lunch?utm_source=print")
    page.get_by_label("Parameters in the link").fill("table=4")
    expect(result).to_contain_text("Rule 1 takes this visitor")
    leave(page)


def test_condition_is_added_by_keyboard_and_a_country_by_its_name(page: Page) -> None:
    page.get_by_role("button", name="Add rule").click()
    add = page.get_by_text("Add condition", exact=True)
    expect(add).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Kind of condition 1")).to_be_focused()
    country = page.get_by_role("combobox").and_(page.get_by_placeholder("Add a country"))
    country.fill("switz")
    country.press("Enter")
    expect(page.locator(".rule-card.is-open .rule-sentence")).to_have_text(
        "Visitors in Switzerland"
    )
    expect(page.get_by_placeholder("Add a country")).to_be_focused()
    page.get_by_role("button", name="Save rules").click()
    expect(page.get_by_text("Enter the address that this rule opens.")).to_be_visible()
    expect(page.get_by_label("Destination", exact=True)).to_be_focused()
    leave(page)


def test_dry_run_is_told_below_the_list_and_grows_old_with_it(page: Page) -> None:
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_role("heading", name=re.compile("1,000 scans"))).to_be_focused()
    expect(page.get_by_text("Each rule would take")).to_be_visible()
    stale = page.get_by_text("The list has changed since.")
    expect(stale).to_be_hidden()
    card(page, "Guests from abroad").get_by_role("switch").click()
    expect(stale).to_be_visible()
    leave(page)


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_editor_is_for_everybody(open_page: OpenPage, width: int, scheme: str) -> None:
    page = open_demo(open_page, width, color_scheme=scheme, reduced_motion="reduce")
    open_rules(page)
    card(page, "Menu or booking").get_by_role("button", name="Edit").click()
    expect(page.get_by_text("Add destination")).to_be_visible()
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("Each rule would take")).to_be_visible()
    assert serious_findings(page) == []
    assert page.evaluate(_WEAK) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
