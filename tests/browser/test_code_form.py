"""The form for a code, and the picture beside it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.test_journeys import unique

pytestmark = pytest.mark.full


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    page = open_demo(open_page)
    page.goto("/w/demo/codes/new")
    return page


def modules_of(svg: str) -> str:
    found = re.search(r'fill="#000(?:000)?" d="([^"]*)"', svg)
    assert found
    return found[1]


def test_picture_grows_while_one_types(page: Page, site: Site) -> None:
    short_code, symbol = unique("spring"), page.locator("#preview-symbol")
    expect(symbol).to_have_class(re.compile("is-sample"))
    page.get_by_label("Name", exact=True).press_sequentially("Spring menu")
    expect(page.locator("#preview-name")).to_have_text("Spring menu")
    page.get_by_label("Destination").press_sequentially("https://shop.example/menu#top")
    expect(page.locator("#preview-opens")).to_have_text("https://shop.example/menu#top")
    page.get_by_label("Short code").press_sequentially(short_code)
    expect(page.locator("#short_code-note")).to_have_text("Free")
    expect(page.locator("#preview-link")).to_have_text(f"{site.url[7:]}/t/{short_code}")
    expect(symbol).not_to_have_class(re.compile("is-sample"))
    page.get_by_text("UTM tags").click()
    page.get_by_label("Source").fill("poster")
    expect(page.locator("#preview-opens mark")).to_have_text("?utm_source=poster")
    before = modules_of(symbol.inner_html())
    page.get_by_role("button", name="Create code").click()
    expect(page.get_by_text("Code created.")).to_be_visible()
    image = page.get_by_role("img", name=re.compile("QR code for")).first.get_attribute("src") or ""
    assert modules_of(page.request.get(image).text()) == before
    assert site.scan(short_code).headers["Location"] == (
        "https://shop.example/menu?utm_source=poster#top"
    )
    leave_no_code(page)


def leave_no_code(page: Page) -> None:
    """Others count the demo's codes."""
    page.goto(f"{page.url}/delete")
    page.get_by_label("Type the code").fill("Spring menu")
    page.get_by_role("button", name="Delete code").click()
    expect(page.get_by_text("“Spring menu” is deleted.")).to_be_visible()


def test_taken_short_code_is_said_before_saving(page: Page) -> None:
    page.get_by_label("Short code").fill("menu")
    note = page.locator("#short_code-note")
    expect(note).to_have_text("Taken by “Spring menu, table cards”")
    page.get_by_label("Short code").fill(unique("menu"))
    expect(note).to_have_text("Free")


def test_what_was_meant_is_put_in_by_a_button(page: Page) -> None:
    destination = page.get_by_label("Destination")
    destination.fill("http//shop.example/menu")
    page.get_by_role("button", name="Use http://shop.example/menu").click()
    expect(destination).to_have_value("http://shop.example/menu")
    expect(destination).to_be_focused()
    expect(page.locator("#destination_url-note")).to_have_text("")
    expect(page.locator("#preview-opens")).to_have_text("http://shop.example/menu")


def test_half_an_address_is_no_mistake_yet(page: Page) -> None:
    destination, note = page.get_by_label("Destination"), page.locator("#destination_url-note")
    with page.expect_response("**/codes/preview"):
        destination.press_sequentially("https://exampl")
    expect(note).to_have_text("")
    page.get_by_label("Name", exact=True).focus()
    expect(note).to_contain_text("the ending is missing")


def test_nothing_jumps_when_a_field_is_answered(page: Page) -> None:
    below = page.get_by_text("UTM tags")
    before = below.bounding_box()
    page.get_by_label("Short code").fill("menu")
    page.get_by_label("Destination").fill("http//shop.example")
    expect(page.locator("#short_code-note")).to_contain_text("Taken")
    expect(page.locator("#destination_url-note")).to_contain_text("Did you mean")
    assert below.bounding_box() == before


def test_refused_form_keeps_what_was_typed_and_goes_on_drawing(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Spring menu")
    page.get_by_label("Destination").fill("https//shop.example")
    page.get_by_role("button", name="Create code").click()
    error = page.locator("#destination_url-error")
    expect(error).to_contain_text("Did you mean https://shop.example?")
    expect(page.locator("#preview-name")).to_have_text("Spring menu")
    error.get_by_role("button", name="Use https://shop.example").click()
    expect(error).to_have_count(0)
    expect(page.locator("#preview-opens")).to_have_text("https://shop.example")


def test_form_and_picture_work_without_scripts(open_page: OpenPage) -> None:
    page = open_demo(open_page, java_script_enabled=False)
    page.goto("/w/demo/codes/new")
    page.get_by_label("Name", exact=True).fill("Plain")
    page.get_by_label("Short code").fill("menu")
    page.get_by_label("Destination").fill("https://shop.example/a")
    page.get_by_role("button", name="Create code").click()
    expect(page.locator("#short_code-error")).to_contain_text("is taken")
    expect(page.locator("#preview-name")).to_have_text("Plain")
    expect(page.locator("#preview-opens")).to_have_text("https://shop.example/a")


@pytest.mark.parametrize("width", [360, 390, 820, 1280])
def test_form_fits_the_window(open_page: OpenPage, width: int) -> None:
    page = open_demo(open_page, width)
    for url in ("/w/demo/codes/new", "/w/demo/codes/1/edit"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
