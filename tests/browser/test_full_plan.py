"""A form that a full plan refuses comes back as it was, with what can be done on top."""

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_journeys import sign_in_to_demo


def test_refused_form_keeps_what_was_typed_and_shows_why(open_page: OpenPage) -> None:
    page = open_page()
    sign_in_to_demo(page)
    page.goto("/workspaces/new")
    page.get_by_label("Name").fill("Second place")
    page.locator("main form button.button-primary, form button.button-primary").first.click()
    page.wait_for_url("**/w/second-place*/**")
    base = page.url.partition("/w/")[0] + "/w/" + page.url.partition("/w/")[2].partition("/")[0]
    page.goto(f"{base}/members")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("ada@example.com", exact=False).first).to_be_visible()
    page.goto(f"{base}/members")
    page.get_by_label("E-mail").fill("grace@example.com")
    with page.expect_response(lambda one: one.status == 402):
        page.get_by_role("button", name="Send invitation").click()
    notice = page.locator("#invite-form [role=alert]")
    expect(notice).to_contain_text("All 2 seats of the Free plan are in use.")
    expect(page.get_by_label("E-mail")).to_have_value("grace@example.com")
    notice.get_by_role("link", name="See usage and limits").click()
    expect(page.get_by_role("heading", name="Usage")).to_be_visible()
    expect(page.locator("#usage-members")).to_contain_text("2 of 2")
