"""The widget against the product itself: from the snippet of its page to a lead that is kept."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.widget.chat import Chat
from tests.support.host_site import HostSite, host_site, page_with
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full

QUESTION = "How long are scans kept?"


@pytest.fixture
def host() -> Iterator[HostSite]:
    with host_site() as host:
        yield host


@pytest.fixture
def owner(open_page: OpenPage) -> Page:
    return open_demo(open_page)


@pytest.fixture
def snippet(owner: Page, host: HostSite, site: Site) -> str:
    """As somebody copies it who has let the host in."""
    owner.goto("/w/demo/agents/1/access")
    owner.fill("#allowed_origins", f"{site.url}\n{host.url}")
    owner.fill("#restricted_paths", "/checkout")
    owner.get_by_role("button", name="Save").click()
    owner.wait_for_url("**/agents/1")
    owner.goto("/w/demo/agents/1/install")
    return owner.locator("code", has_text="data-agent").first.inner_text()


def wait_for_answers(owner: Page) -> None:
    """The documentation is read by a job, soon after the start."""
    state = owner.locator("main").get_by_text("Answers", exact=True)
    for _ in range(240):
        owner.goto("/w/demo/sources")
        if state.count():
            return
        owner.wait_for_timeout(500)
    pytest.fail("the documentation is not read")


def test_visitor_of_another_site_is_answered_and_leaves_an_address(
    open_page: OpenPage, owner: Page, host: HostSite, snippet: str
) -> None:
    wait_for_answers(owner)
    page = open_page()
    page.goto(host.put("/", page_with(snippet)))
    chat = Chat(page).open()
    chat.ask(QUESTION)
    expect(chat.button("helpful")).to_be_visible(timeout=20_000)
    # The documentation was pasted as text: it has no address, and is quoted.
    expect(chat.log.locator(".source q").first).to_contain_text("scans", ignore_case=True)
    chat.button("helpful").click()
    expect(chat.button("helpful")).to_have_attribute("aria-pressed", "true")
    chat.ask("Who painted the town hall of Bremen?")
    chat.button("leaveAddress").last.click()
    chat.panel.get_by_label(chat.words["email"]).fill("ada@mail.example")
    chat.button("sendAddress").last.click()
    expect(chat.says("addressSent", name="ada@mail.example")).to_be_visible()
    page.reload()
    expect(chat.log.get_by_text(QUESTION, exact=True)).to_be_visible()
    expect(chat.log).to_contain_text("Who painted the town hall of Bremen?")


def test_citation_opens_its_source_at_the_very_text(
    open_page: OpenPage, owner: Page, host: HostSite, snippet: str, site: Site
) -> None:
    owner.goto("/w/demo/sources/new?kind=url")
    owner.fill("#url", f"{site.url}/bot")
    owner.get_by_role("button", name="Add source").click()
    # The page before has a heading, too: loaded again too soon, it breaks off what comes.
    owner.wait_for_url(re.compile(r"/sources/\d+"))
    state = owner.locator("main").get_by_text("Answers", exact=True)
    wait_until(lambda: (owner.reload(), state.count())[1], seconds=180)
    page = open_page()
    page.goto(host.put("/crawled", page_with(snippet)))
    chat = Chat(page).open()
    chat.ask("Does the crawler fill in forms or sign in anywhere?")
    source = chat.log.locator(f"a.source[href^='{site.url}/bot#:~:text=']").first
    expect(source).to_be_visible(timeout=20_000)
    with page.context.expect_page() as opened:
        source.click()
    there = opened.value
    # Further down than where a page begins, and there the words are.
    wait_until(lambda: there.evaluate("scrollY") > 0)
    expect(there.get_by_text("fills in no form")).to_be_in_viewport()


def test_it_is_not_where_it_may_not_be(browser: Browser, host: HostSite, snippet: str) -> None:
    page = browser.new_page()
    with page.expect_console_message(lambda message: "path_restricted" in message.text):
        page.goto(host.put("/checkout/pay", page_with(snippet)))
    expect(page.locator("pitchbar-widget")).to_have_count(0)
    with host_site() as stranger:
        # Not even why is told to who is not let in.
        with page.expect_console_message(
            lambda message: message.text.startswith("Pitchbar is not")
        ):
            page.goto(stranger.put("/", page_with(snippet)))
        expect(page.locator("pitchbar-widget")).to_have_count(0)
    page.close()
