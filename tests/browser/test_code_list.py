"""The list of codes and its menus, in windows from a phone's to a desk's."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import make_account, unique

pytestmark = pytest.mark.full

WIDTHS = (360, 390, 768, 820, 900, 1024, 1280)

# What a person may well type, at its most unwieldy.
UNWIELDY = (
    ("A name as long as a chain of restaurants gives it to the table cards of one room", "a", ""),
    ("Donaudampfschifffahrtsgesellschaftskapitänsmützenhalterung", "b" * 40, "/menus/" * 40),
    ("קוד לתפריט האביב של המסעדה בנמל הישן", "c", "/?table=1#top"),
    ("Card", "d", "/menu"),
)

# The words of each heading, as boxes: [left, right].
HEADINGS = """() => [...document.querySelectorAll("#code-list th")].map((th) => {
  const range = document.createRange();
  range.selectNodeContents(th);
  const [cell, words] = [th.getBoundingClientRect(), range.getBoundingClientRect()];
  return [cell.width, cell.left, cell.right, words.left, words.right, th.innerText.trim()];
}).filter(([width, , , , , text]) => width && text)"""


def at_each_width(page: Page, url: str, widths: tuple[int, ...] = WIDTHS) -> Iterator[int]:
    page.goto(url)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        yield width


def add_code(page: Page, name: str, short_code: str, path: str) -> None:
    page.goto(page.url.partition("/codes")[0] + "/codes/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Destination").fill(f"https://harbour-kitchen.example{path}")
    page.get_by_label("Short code").fill(short_code)
    page.get_by_role("button", name="Create code").click()
    expect(page.get_by_text("Code created.")).to_be_visible()


def test_columns_keep_what_tells_codes_apart(open_page: OpenPage) -> None:
    page = open_page()
    make_account(page)
    page.goto(page.url.rstrip("/") + "/codes")
    for name, short_code, path in UNWIELDY:
        add_code(page, name, unique(short_code)[:64], path)
    url = page.url.rpartition("/")[0]
    for width in at_each_width(page, url):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        headings = page.evaluate(HEADINGS)
        for (*_, end, one), (*_, start, _, other) in pairwise(headings):
            assert end <= start, (width, one, other)
        for row in page.locator("#code-list tbody tr").all():
            for part in parts_of(row):
                box = part.bounding_box()
                assert box is not None, (width, part)
                assert box["width"] >= 24, (width, part)
                assert 0 <= box["x"] <= box["x"] + box["width"] <= width, (width, part)
            starts = [part.bounding_box() for part in row.locator(".address:visible").all()]
            assert all(box and box["width"] >= 70 for box in starts), (width, starts)


def parts_of(row: Locator) -> list[Locator]:
    """Name, short link, destination and people."""
    return [
        row.locator(".row-link"),
        row.locator(".code-short .address"),
        row.locator(".codes-target .address:visible, .code-target-small:visible"),
        row.locator(".codes-number"),
    ]


_IS_INSIDE = """(panel) => {
  const [box, page] = [panel.getBoundingClientRect(), document.documentElement];
  return box.width > 0 && box.left >= 0 && box.right <= page.clientWidth
    && box.top >= 0 && box.bottom <= page.clientHeight;
}"""


def test_no_menu_leaves_the_window(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    for url in ("/w/demo/codes", "/w/demo/codes/1", "/w/demo/members"):
        for _ in at_each_width(page, url, (360, 820, 1280)):
            menus = page.locator("details.menu:visible").all()
            # The rail's, the first row's, and one at the foot of the page.
            for menu in (*menus[:3], *menus[3:][-2:]):
                menu.locator("summary").click()
                # Where it would leave the window it is moved, a moment after it opened.
                page.wait_for_function(_IS_INSIDE, arg=menu.locator(".menu-panel").element_handle())
                page.keyboard.press("Escape")


def test_menu_stays_in_the_window_without_scripts(open_page: OpenPage) -> None:
    page = open_demo(open_page, java_script_enabled=False)
    for width in at_each_width(page, "/w/demo/codes/1"):
        for menu in page.locator(".page-actions details.menu").all():
            menu.locator("summary").click()
            box = menu.locator(".menu-panel").bounding_box()
            assert box is not None
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width, (width, box)
            menu.locator("summary").click()


def test_several_codes_are_archived_and_brought_back(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/codes?sort=name")
    rows, bar = page.locator("#code-list tbody tr"), page.locator(".selection")
    expect(rows).to_have_count(11)
    expect(bar).to_be_hidden()
    boxes = page.get_by_role("checkbox", name=re.compile("^Choose (?!all)"))
    boxes.nth(0).check()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 chosen")
    bar.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("3 codes are archived.")).to_be_visible()
    expect(rows).to_have_count(8)
    expect(page).to_have_url(re.compile(r"sort=name"))
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(11)
    page.get_by_label("Choose all codes on this page").check()
    expect(bar).to_contain_text("11 chosen")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()


def test_order_stays_while_one_searches(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/codes")
    page.get_by_role("link", name="Name", exact=True).click()
    expect(page).to_have_url(re.compile("sort=name"))
    rows = page.locator("#code-list tbody tr")
    expect(rows.first).to_contain_text("Advent")
    page.get_by_role("searchbox", name="Search codes").fill("e")
    expect(page).to_have_url(re.compile(r"q=e.*sort=name"))
    expect(rows.first).to_contain_text("Advent")


def test_short_link_says_where_the_look_comes_from(open_page: OpenPage) -> None:
    """So that the owner's own scans are told from those of people."""
    page = open_demo(open_page)
    page.context.route(
        "https://harbour-kitchen.example/**", lambda route: route.fulfill(body="The menu")
    )
    page.goto("/w/demo/codes/1")
    with (
        page.context.expect_page() as opened,
        page.context.expect_event("request", lambda request: "/t/" in request.url) as asked,
    ):
        page.locator(".hero-link a").click()
    assert asked.value.headers["referer"].startswith(page.url.partition("/w/")[0])
    expect(opened.value.get_by_text("The menu")).to_be_visible()
    assert page.url.endswith("/w/demo/codes/1")


def test_menu_at_the_left_edge_is_moved_into_the_window(open_page: OpenPage) -> None:
    """As any menu that opens towards the left may stand there, on a page yet to come."""
    page = open_demo(open_page, 390)
    page.goto("/w/demo/codes/1")
    menu = page.locator(".page-actions details.menu").first
    menu.evaluate("menu => { menu.className = 'menu menu-end'; }")
    menu.evaluate("menu => menu.parentElement.prepend(menu)")
    menu.locator("summary").click()
    page.wait_for_function(_IS_INSIDE, arg=menu.locator(".menu-panel").element_handle())


def test_many_codes_get_a_label_that_is_taken_back(open_page: OpenPage) -> None:
    page = open_demo(open_page, 390)
    page.goto("/w/demo/codes?status=all")
    page.get_by_label("Campaign", exact=True).select_option("Spring")
    rows, bar = page.locator("#code-list tbody tr"), page.locator(".selection")
    expect(rows).to_have_count(3)
    page.get_by_label("Choose all codes on this page").check()
    for button in bar.get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 390
    bar.get_by_role("button", name="Edit").click()
    page.get_by_role("group", name="Labels to add").get_by_role("button", name="Loyalty").click()
    expect(page.get_by_label("Add labels")).to_have_value("Loyalty")
    assert serious_findings(page) == []
    page.get_by_role("button", name="Review changes").click()
    expect(page.get_by_text("Label “Loyalty” is put on 3 codes.")).to_be_visible()
    page.get_by_role("button", name="Change 3 codes").click()
    expect(page.get_by_text("3 codes changed.")).to_be_visible()
    expect(page).to_have_url(re.compile("campaign=Spring"))
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("3 codes are as before.")).to_be_visible()


def test_pages_of_labels_and_settings_have_no_serious_finding(open_page: OpenPage) -> None:
    page = open_demo(open_page, color_scheme="dark")
    for url in ("/w/demo/labels", "/w/demo/labels/1/edit", "/w/demo/labels/1/merge"):
        page.goto(url)
        assert (url, serious_findings(page)) == (url, [])
    page.goto("/w/demo/codes/new")
    for words in ("When and for how long", "Measuring"):
        page.get_by_text(words, exact=True).click()
    assert serious_findings(page) == []
    page.goto("/w/demo/settings")
    page.get_by_label("Blue").check(force=True)
    expect(page.locator("[data-brand]").first).to_have_attribute("fill", "#1d4ed8")
    assert serious_findings(page) == []
