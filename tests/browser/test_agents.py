"""An agent in a real browser: asked in the playground, its look while it is edited."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo_session import open_demo
from tests.browser.test_accessibility import serious_findings

pytestmark = pytest.mark.full


def test_questions_and_answers_stand_below_each_other(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/agents/1/playground")
    field = page.locator("#question")
    # Whether the documentation is read yet or not, something is said.
    for n, question in enumerate(("How do I sign in to the demo?", "Who painted the town hall?")):
        field.fill(question)
        field.press("Enter")
        expect(page.locator(".tried")).to_have_count(n + 1)
        expect(page.locator(".tried").nth(n).locator(".said-visitor")).to_have_text(question)
        expect(field).to_have_value("")
        expect(field).to_be_focused()
    expect(page.locator(".tried").first.locator(".said-text")).to_contain_text("were printed")
    page.locator(".tried").last.locator(".tracing > summary").click()
    saying_so = page.locator(".tried").last.get_by_role("button", name="It must go on saying so")
    expect(saying_so).to_be_visible()
    assert serious_findings(page) == []


def test_look_follows_what_is_typed(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/agents/1/edit")
    page.fill("#name", "Bicycle <b>help</b>")
    preview = page.locator("#agent-preview")
    expect(preview).to_contain_text("Bicycle <b>help</b>")
    page.fill("#starters", "One?\nTwo?\nThree?")
    expect(preview.locator(".agent-starter")).to_have_count(3)
    page.select_option("#position", "left")
    expect(page.locator("#agent-preview.is-left")).to_be_visible()
    assert serious_findings(page) == []
