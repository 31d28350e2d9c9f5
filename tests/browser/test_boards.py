"""Boards in a real browser: rows that filter, Back, the calendar, the keyboard, the chart."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full


def people(page: Page) -> int:
    return int(page.locator("#figure-people .figure-value").get_attribute("data-count") or "")


def query(page: Page) -> str:
    return page.url.partition("?")[2]


def wait_for_query(page: Page, wanted: str) -> None:
    page.wait_for_function("wanted => location.search.slice(1) === wanted", arg=wanted)
    expect(page.locator("#board.htmx-request")).to_have_count(0)


def test_rows_filter_and_back_undoes(open_page: OpenPage, site: Site) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/?range=7d")
    everybody = people(page)
    page.evaluate("window.kept = true")
    page.mouse.wheel(0, 500)
    page.locator("#row-device-phone").click()
    wait_for_query(page, "range=7d&device=phone")
    assert 0 < people(page) < everybody
    # It is the same page, where it was, and whoever clicked is still there.
    assert page.evaluate("window.kept")
    assert page.evaluate("document.activeElement.id") == "row-device-phone"
    assert page.evaluate("scrollY") > 100
    expect(page.locator(".filter-chip")).to_have_count(1)

    page.locator("#tab-country").click()
    wait_for_query(page, "range=7d&device=phone&tab=country")
    page.locator("#row-country-GB").click(modifiers=["Alt"])
    wait_for_query(page, "range=7d&country=%21GB&device=phone&tab=country")
    expect(page.locator("#row-country-GB")).to_have_count(0)
    few = people(page)

    page.locator("#range-menu > summary").click()
    page.get_by_role("link", name="Last 24 hours").click()
    wait_for_query(page, "range=24h&country=%21GB&device=phone&tab=country")
    assert people(page) < few
    page.go_back()
    wait_for_query(page, "range=7d&country=%21GB&device=phone&tab=country")
    assert people(page) == few
    page.go_forward()
    wait_for_query(page, "range=24h&country=%21GB&device=phone&tab=country")


def test_board_moves_under_filters_that_were_clicked(open_page: OpenPage, site: Site) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/?range=7d&device=tablet&country=GB")
    page.get_by_role("link", name="Clear all").click()
    wait_for_query(page, "range=7d")
    # The socket follows: a scan moves what is shown now.
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    before = people(page)
    site.scan("menu")
    expect(page.locator("#figure-people .figure-value")).to_have_attribute(
        "data-count", str(before + 1)
    )


def test_everything_is_reached_by_keyboard(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/?range=7d&tab=country")
    page.locator("#tab-country").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.id") == "tab-map"
    page.keyboard.press("Enter")
    wait_for_query(page, "range=7d")
    assert page.evaluate("document.activeElement.id") == "tab-map"

    page.locator("#world").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".world-tip")).to_contain_text("United Kingdom")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".world-tip")).not_to_contain_text("United Kingdom")
    page.evaluate("window.kept = true")
    page.keyboard.press("Enter")
    expect(page.locator(".filter-chip")).to_have_count(1)
    assert page.evaluate("window.kept")
    page.go_back()
    wait_for_query(page, "range=7d")

    page.locator("#chart-plot").focus()
    page.keyboard.press("End")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/demo/?from=*&to=*")
    expect(page.locator("#chart-table tbody tr")).to_have_count(4)


def test_part_of_the_chart_is_dragged_over(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/?range=7d&device=phone")
    box = page.locator("#chart-plot").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.33, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60, steps=4)
    page.mouse.up()
    page.wait_for_url("**/w/demo/?from=*&to=*&device=phone")
    expect(page.locator("#chart-table tbody tr")).to_have_count(48)
    page.go_back()
    wait_for_query(page, "range=7d&device=phone")


def test_days_are_chosen_in_the_calendar(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/?range=24h&device=phone")
    page.locator("#range-menu > summary").click()
    page.get_by_role("button", name="Month before").click()
    month = page.locator(".calendar-head strong").text_content() or ""
    page.locator(".calendar-day", has_text="10").click()
    # The second end by keyboard: a week later, then two days on.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator(".calendar-head strong").text_content() == month
    first = page.locator("#range-from").input_value()
    assert first.endswith("-10")
    assert page.locator("#range-to").input_value() == first[:-2] + "18"
    page.get_by_role("button", name="Show").click()
    wait_for_query(page, f"from={first}&to={first[:-2]}18&device=phone")
    expect(page.locator("#chart-table tbody tr")).to_have_count(9)
    # What cannot be is said there, in the open calendar.
    page.goto("/w/demo/?from=2026-11-10&to=2026-11-01")
    expect(page.locator("#range-to-error")).to_be_visible()
    assert page.evaluate("document.activeElement.id") == "range-to"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_filtered_board_has_no_serious_finding(
    open_page: OpenPage, scheme: Literal["light", "dark"], width: int
) -> None:
    page = open_demo(open_page, width, color_scheme=scheme, reduced_motion="reduce")
    page.goto("/w/demo/?device=phone&country=GB&code=!1&range=7d")
    expect(page.locator(".filter-chip")).to_have_count(3)
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#range-menu > summary").click()
    expect(page.locator(".calendar-day").first).to_be_visible()
    assert serious_findings(page) == []
    for path in (
        "breakdowns/country?range=7d",
        "comparison?a=1&b=2&range=7d",
        "codes/1/board?range=7d",
    ):
        page.goto(f"/w/demo/{path}")
        assert (path, serious_findings(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
