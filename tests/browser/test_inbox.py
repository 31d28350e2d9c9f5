"""The inbox in a real browser, with a visitor on the other side."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import OpenPage, Site
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings
from tests.support.waiting import wait_until

pytestmark = pytest.mark.full


class Visitor:
    """As a widget speaks for one."""

    def __init__(self, page: Page, site: Site) -> None:
        snippet = page.request.get("/w/demo/agents/1").text()
        agent = snippet[snippet.index("ag_") :][:23]
        self._api = httpx.Client(
            base_url=f"{site.url}/api/v1/widget", headers={"Origin": site.url}, timeout=30
        )
        begun = self.call("POST", "/init", {"agent": agent, "page_url": f"{site.url}/docs"})
        self._api.headers["Authorization"] = f"Bearer {begun['token']}"
        self.conversation = begun["conversation_id"]

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._api.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text

    def close(self) -> None:
        self._api.close()

    def heard(self, **query: Any) -> Any:
        return self.call("GET", f"/messages?{urlencode(query)}")


@pytest.fixture
def thread(open_page: OpenPage, site: Site) -> Iterator[tuple[Page, Visitor]]:
    """Somebody waits for a person, and a member has opened what they said."""
    page = open_demo(open_page)
    visitor = Visitor(page, site)
    visitor.call("POST", "/messages", {"text": "Do you print <b>cards</b>?"})
    visitor.call("POST", "/request-human")
    page.goto("/w/demo/conversations?list=waiting")
    row = page.locator(f"[data-row='{visitor.conversation}']")
    expect(row).to_contain_text("Waits for a person")
    row.locator("a").click()
    expect(page.locator("#lines")).to_contain_text("Do you print <b>cards</b>?")
    yield page, visitor
    visitor.close()


def test_draft_outlives_what_comes_meanwhile_and_a_reload(thread: tuple[Page, Visitor]) -> None:
    page, visitor = thread
    assert serious_findings(page) == []
    field = page.locator("[data-draft=reply]")
    page.keyboard.press("r")
    expect(field).to_be_focused()
    page.keyboard.type("We do, and ")
    visitor.call("POST", "/events", {"kind": "typing"})
    expect(page.locator(".line-typing")).to_be_visible()
    visitor.call("POST", "/messages", {"text": "On thick paper?"})
    expect(page.locator("#lines")).to_contain_text("On thick paper?")
    page.keyboard.type("on any paper.")
    expect(field).to_have_value("We do, and on any paper.")
    page.reload()
    expect(field).to_have_value("We do, and on any paper.")
    known = visitor.heard()
    assert known["is_waiting"] is True
    field.press("Enter")
    expect(page.locator(".line-person")).to_contain_text("We do, and on any paper.")
    expect(field).to_have_value("")
    found = visitor.heard(after=known["messages"][-1]["id"], wait=20)
    assert [one["text"] for one in found["messages"]] == ["We do, and on any paper."]
    assert found["person"]["name"] == "Demo Owner"


def test_typing_canned_replies_notes_and_keys(thread: tuple[Page, Visitor]) -> None:
    page, visitor = thread
    page.get_by_role("button", name="Join", exact=True).click()
    expect(page.locator("#thread-head")).to_contain_text("You answer")
    field = page.locator("[data-draft=reply]")
    field.press_sequentially("W")
    wait_until(lambda: visitor.heard()["person"]["is_typing"])
    field.fill("")
    field.press_sequentially("/pro")
    field.press("Enter")
    expect(field).to_have_value("I will send you two proofs today. Which address suits you?")
    field.fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("Ask the printer.")
    page.keyboard.press("Enter")
    expect(page.locator(".line-note")).to_contain_text("Ask the printer.")
    page.get_by_role("button", name="Hand back").click()
    expect(page.locator(".line-note").last).to_contain_text("Last question: “Do you print")
    assert visitor.heard()["person"] is None
    reopen = page.get_by_role("button", name="Reopen")

    def is_closed() -> bool:
        # Keys are heard once the page's scripts are there.
        if not reopen.is_visible():
            page.keyboard.press("e")
        return reopen.is_visible()

    wait_until(is_closed)
    expect(reopen).to_be_visible()
    assert visitor.heard()["status"] == "ended"
    visitor.call("DELETE", "/me")
    expect(page.locator("#lines")).to_contain_text("This conversation is gone")


def test_click_is_kept_while_the_thread_moves(thread: tuple[Page, Visitor]) -> None:
    page, visitor = thread
    heard: list[str] = []
    page.on("websocket", lambda ws: ws.on("framereceived", lambda one: heard.append(str(one))))
    asked: list[Route] = []
    page.route("**/session", lambda route: asked.append(route))
    page.reload()
    expect(page.locator("[data-live-status]").first).to_have_text("Live")
    page.get_by_role("button", name="Join", exact=True).click()
    page.wait_for_function("() => document.querySelector('form[data-sending]')")
    visitor.call("POST", "/messages", {"text": "On thick paper?"})
    wait_until(lambda: any("On thick paper?" in one for one in _after_look(page, heard)))
    asked[0].continue_()
    expect(page.locator("#thread-head")).to_contain_text("You answer")
    expect(page.locator("#lines")).to_contain_text("On thick paper?")


def _after_look(page: Page, heard: list[str]) -> list[str]:
    """What came through the socket so far: events are taken in while a page is asked something."""
    page.evaluate("1")
    return heard


def test_page_whose_line_is_dead_without_a_word_comes_back(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    lines: list[WebSocketRoute] = []

    def answer(line: WebSocketRoute) -> None:
        lines.append(line)
        # The first one takes what is sent to it, and never answers.
        if len(lines) > 1:
            line.connect_to_server()

    page.route_web_socket("**/socket*", answer)
    page.clock.install()
    page.goto("/w/demo/conversations")
    status = page.locator("[data-live-status]").first
    wait_until(lambda: page.evaluate("1") == 1 and len(lines) == 1)
    expect(status).not_to_have_text("Live")
    page.clock.fast_forward(74_000)
    assert len(lines) == 1
    page.clock.fast_forward(2_000)
    page.clock.fast_forward(1_000)
    expect(status).to_have_text("Live")
    assert len(lines) == 2


def test_on_a_phone_the_list_leads_to_the_thread_and_back(open_page: OpenPage) -> None:
    page = open_demo(open_page, width=390)
    page.goto("/w/demo/conversations?list=all")
    assert serious_findings(page) == []
    page.locator(".inbox-row a").first.click()
    expect(page.locator("#lines")).to_be_visible()
    expect(page.locator(".inbox-rows")).to_be_hidden()
    page.get_by_role("link", name="About", exact=True).click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    page.get_by_role("link", name="Back to the conversation").click()
    expect(page.get_by_role("heading", name="Timeline")).to_be_hidden()
    assert serious_findings(page) == []
    page.get_by_label("Back to the list").click()
    expect(page.locator(".inbox-rows")).to_be_visible()
