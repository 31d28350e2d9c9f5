"""An agent in a real browser: asked in the playground, its look while it is edited."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Site
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
    # What is no question stays in the field, with what is wrong with it, and nowhere else.
    field.fill("x" * 4001)
    field.press("Enter")
    expect(page.locator("#question-error")).to_be_in_viewport()
    expect(field).to_have_value("x" * 4001)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".said-visitor")).to_have_count(2)
    page.locator(".tried").last.locator(".tracing > summary").click()
    saying_so = page.locator(".tried").last.get_by_role("button", name="It must go on saying so")
    expect(saying_so).to_be_visible()
    assert serious_findings(page) == []


def test_the_real_widget_follows_what_is_typed(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/agents/1/edit")
    stage = page.locator("[data-look-stage]")
    # The drawing makes room for it.
    expect(stage.get_by_role("dialog")).to_be_visible()
    expect(page.locator("#agent-preview")).to_have_count(0)
    page.fill("#name", "Bicycle <b>help</b>")
    expect(stage.get_by_role("dialog", name="Bicycle <b>help</b>")).to_be_visible()
    page.fill("#starters", "One?\nTwo?\nThree?")
    expect(stage.get_by_role("button", name="Three?")).to_be_visible()
    # Words of another language come with it.
    page.fill("#language", "de")
    expect(stage.get_by_placeholder("Ask something")).to_have_count(0)
    page.fill("#language", "en")
    page.get_by_role("button", name="Dark").click()
    expect(stage).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Phone").click()
    expect(stage).to_have_attribute("data-screen", "phone")
    stage.get_by_role("button", name="Two?").click()
    expect(stage).to_contain_text("This is how an answer looks")
    assert serious_findings(page) == []


def test_the_drawing_follows_where_the_widget_cannot_run(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    # As in a browser that does not understand it.
    broken = "export function preview() { throw new Error('not here'); }"
    page.route(
        "**/widget/preview.js*",
        lambda route: route.fulfill(body=broken, content_type="text/javascript"),
    )
    page.goto("/w/demo/agents/1/edit")
    preview = page.locator("#agent-preview")
    page.fill("#name", "Bicycle <b>help</b>")
    expect(preview).to_contain_text("Bicycle <b>help</b>")
    page.fill("#starters", "One?\nTwo?\nThree?")
    expect(preview.locator(".agent-starter")).to_have_count(3)
    page.select_option("#position", "left")
    expect(page.locator("#agent-preview.is-left")).to_be_visible()
    expect(page.locator("[data-look-stage]")).to_be_hidden()


def test_triggers_come_and_go_without_losing_what_was_typed(open_page: OpenPage) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/agents/1/edit")
    adding = page.get_by_role("button", name="Add a trigger")
    rows = page.locator("[data-trigger]:visible")
    expect(rows).to_have_count(0)
    for _ in range(5):
        adding.click()
    expect(rows).to_have_count(5)
    expect(adding).to_be_hidden()
    page.fill("#persona", "Kept all the while")
    rows.nth(0).get_by_label("What it says").fill("May I help?")
    page.select_option("#trigger-1-kind", "utm")
    expect(page.locator("#trigger-1-value")).to_have_value("")
    page.select_option("#trigger-2-kind", "exit")
    expect(page.locator("#trigger-2-value")).to_be_hidden()
    page.select_option("#trigger-2-action", "open")
    expect(page.locator("#trigger-2-text")).to_be_hidden()
    for number in (4, 5):
        page.get_by_role("button", name=f"Remove trigger {number}").click()
    expect(rows).to_have_count(3)
    expect(adding).to_be_focused()
    assert serious_findings(page) == []
    page.get_by_role("button", name="Save draft").click()
    # What is wrong stands in its row, and the others are as they were.
    expect(page.locator("#trigger-1-value-error")).to_contain_text("campaign=spring")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).get_by_label("What it says")).to_have_value("May I help?")
    expect(page.locator("#persona")).to_have_value("Kept all the while")
    assert serious_findings(page) == []


def test_install_page_says_what_a_page_lacks_and_that_it_is_right(
    open_page: OpenPage, site: Site
) -> None:
    page = open_demo(open_page)
    page.goto("/w/demo/agents/1/install")
    expect(page.get_by_label("snippet", exact=True)).to_contain_text("data-agent=")
    for way in page.locator(".install-way > summary").all():
        way.click()
    assert serious_findings(page) == []
    page.get_by_label("Address of the page").fill("http://127.0.0.1:9/")
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.locator("#page_url-error")).to_be_visible()
    for path, said in (("/login", "It does not show itself there."), ("/dev/widget", "It shows")):
        page.get_by_label("Address of the page").fill(f"{site.url}{path}")
        page.get_by_role("button", name="Check", exact=True).click()
        # Its progress gives way to what was found, by itself.
        expect(page.locator(".install-verdict")).to_contain_text(path)
        expect(page.locator(".install-verdict")).to_contain_text(said)
        assert serious_findings(page) == []


@pytest.mark.parametrize("query", ["", "?csp=strict", "?csp=nonce", "?dir=rtl", "?hostile=1"])
def test_widget_works_on_the_site_of_somebody_else(open_page: OpenPage, query: str) -> None:
    page = open_page()
    page.goto(f"/dev/widget{query}")
    launcher = page.locator("pitchbar-widget .launch")
    launcher.click()
    chat = page.locator("pitchbar-widget").get_by_role("dialog")
    chat.get_by_role("button", name="How long are scans kept?").click()
    expect(chat.locator(".visitor")).to_have_text(re.compile("How long are scans kept"))
