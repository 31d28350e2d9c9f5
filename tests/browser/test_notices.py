"""Notices of the browser, as the page's own scripts ask for them and give them."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.test_inbox import Visitor

pytestmark = pytest.mark.full

# Keeps what is shown, in place of the system, and what the browser was asked; and lets a test turn
# the tab away, which a browser without a screen never is.
_RECORDER = """
window.shownNotices = []; window.timesAsked = 0; window.isAway = false;
class Recorder extends EventTarget {
  constructor(title, options) {
    super(); Object.assign(this, { title, options }); window.shownNotices.push(this);
  }
  static get permission() { return real.permission; }
  static requestPermission() { window.timesAsked += 1; return real.requestPermission(); }
  close() { this.isClosed = true; }
}
const real = window.Notification;
window.Notification = Recorder;
Object.defineProperty(document, "hidden", { get: () => window.isAway });
"""


def notices(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "shownNotices.map(({ title, options }) => ({ title, ...options }))"
    )
    return found


def ask_for_person(page: Page, site: Site) -> Visitor:
    """Ends when the page knows it."""
    visitor = Visitor(page, site)
    visitor.call("POST", "/messages", {"text": "Do you print cards?"})
    visitor.call("POST", "/request-human")
    known = page.locator(f"#inbox-waiting[data-thread-key='{visitor.conversation}']")
    expect(known).to_have_count(1)
    visitor.close()
    return visitor


def test_notice_comes_to_who_asked_for_it_and_leads_to_the_thread(
    open_page: OpenPage, site: Site
) -> None:
    page = open_demo(open_page)
    page.context.grant_permissions(["notifications"], origin=site.url)
    page.add_init_script(_RECORDER)
    # A list in which nobody who waits stands.
    page.goto("/w/demo/conversations?list=closed")
    expect(page.locator("[data-live-status]").first).to_have_text("Live")

    page.evaluate("isAway = true")
    ask_for_person(page, site)
    assert notices(page) == []
    assert page.evaluate("timesAsked") == 0

    page.get_by_role("button", name="Notify me here").click()
    expect(page.get_by_role("button", name="Notices are on")).to_be_visible()
    assert page.evaluate("timesAsked") == 1
    page.evaluate("isAway = false")
    ask_for_person(page, site)
    assert notices(page) == []

    page.evaluate("isAway = true")
    visitor = ask_for_person(page, site)
    told = {
        "title": "A visitor asks for a person",
        "body": "Harbour Kitchen",
        "tag": visitor.conversation,
    }
    assert notices(page) == [told]
    # What is drawn anew for another reason tells nothing twice.
    page.evaluate("document.dispatchEvent(new CustomEvent('pitchbar:swapped'))")
    assert notices(page) == [told]
    page.evaluate("shownNotices[0].onclick()")
    page.wait_for_url(f"**/conversations/{visitor.conversation}")

    # On another page of the workspace, too, though it is looked at.
    page.goto("/w/demo")
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    another = ask_for_person(page, site)
    assert [one["tag"] for one in notices(page)] == [another.conversation]


def test_without_consent_of_the_browser_nothing_is_told(open_page: OpenPage, site: Site) -> None:
    page = open_demo(open_page)
    page.add_init_script(_RECORDER)
    page.goto("/w/demo/conversations")
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    # What nobody granted, nobody is there to grant.
    page.locator("[data-notify]").click()
    assert page.evaluate("timesAsked") == 1
    page.evaluate("isAway = true")
    ask_for_person(page, site)
    assert notices(page) == []
    expect(page.get_by_role("button", name="Notices are on")).to_have_count(0)
