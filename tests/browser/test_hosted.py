"""A code that talks: made in a browser, scanned by a phone, asked with and without scripts."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo

TEXT = (
    "# Flat 12\n\nThe key box stands beside the green door, and its code is 4471. "
    "Check-out is at eleven in the morning."
)
QUESTION = "When is check-out?"


def make_talking_code(page: Page) -> str:
    """Its short address."""
    page.goto("/w/demo/talking-code/new")
    page.get_by_label("Name").fill("Flat 12")
    page.get_by_role("button", name="Next").click()
    page.locator("#text").fill(TEXT)
    page.get_by_role("button", name="Read it").click()
    # Appears by itself, when it is read: after the demo's own source, on a server that just began.
    page.get_by_role("button", name="Make the code").click(timeout=90_000)
    expect(page.get_by_role("heading", name="Flat 12 talks")).to_be_visible()
    return "http://" + page.locator(".talking-short").inner_text().removeprefix("http://")


def join(team: Page, phone: Page) -> None:
    """Somebody joins, and the page says so before they have written a word."""
    phone.get_by_role("button", name="Ask for a person").click()
    expect(phone.get_by_text("The team has been told.")).to_be_visible()
    team.goto("/w/demo/conversations?list=waiting")
    team.locator(".inbox-row a").first.click()
    team.get_by_role("button", name="Join", exact=True).click()
    expect(phone.get_by_text("Demo Owner of the team is here")).to_be_visible()
    expect(phone.get_by_text("The team has been told.")).to_have_count(0)


def test_code_that_talks_answers_from_what_was_pasted(open_page: OpenPage) -> None:
    team = open_demo(open_page)
    short = make_talking_code(team)
    phone = open_page(390, has_touch=True, is_mobile=True)
    phone.goto(short)
    # The scan's token is in the page by now, and not in the address bar.
    expect(phone).to_have_url(re.compile(r"/c/ag_[0-9a-f]{20}$"))
    phone.get_by_label("Your question").fill(QUESTION)
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("log")).to_contain_text("eleven in the morning")
    source = phone.locator(".chat-sources summary").first
    source.click()
    expect(phone.locator(".chat-sources blockquote").first).to_contain_text("Check-out")
    phone.get_by_role("button", name="This did not help").click()
    expect(phone.get_by_label("What was missing?")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("log")).to_contain_text("eleven in the morning")
    expect(phone.get_by_role("button", name="This did not help")).to_have_attribute(
        "aria-pressed", "true"
    )
    too_wide = phone.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not too_wide
    join(team, phone)
    without_scripts(open_page(390, java_script_enabled=False), phone.url)


def without_scripts(plain: Page, address: str) -> None:
    plain.goto(address)
    plain.get_by_label("Your question").fill("Where is the key box?")
    plain.get_by_role("button", name="Send").click()
    expect(plain.get_by_role("log")).to_contain_text("beside the green door")
    plain.get_by_text("Leave an address", exact=True).click()
    plain.get_by_label("E-mail").fill("ada@example.com")
    plain.get_by_role("button", name="Send to the team").click()
    expect(plain.get_by_text("The team writes to ada@example.com")).to_be_visible()
    plain.get_by_label("More").click()
    plain.get_by_role("button", name="Start over").click()
    expect(plain.get_by_role("log")).to_have_count(0)
