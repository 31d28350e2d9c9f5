"""Forms in a real browser: an ended session, an edited form that is left, the first wrong field."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from pitchbar.demo import DEMO_EMAIL, DEMO_PASSWORD
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import serious_findings
from tests.browser.test_journeys import sign_in_to_demo, unique

pytestmark = pytest.mark.full


def settings_page(page: Page) -> None:
    sign_in_to_demo(page)
    page.goto("/w/demo/settings/codes")


def end_session(page: Page) -> None:
    """As if it had ended on the server: the page stands open and knows nothing of it."""
    page.context.clear_cookies()


def source(page: Page) -> str:
    return page.get_by_label("Source").input_value()


def test_session_that_ended_is_renewed_beside_the_form(open_page: OpenPage) -> None:
    page, word = open_page(), unique("poster")
    settings_page(page)
    page.get_by_label("Source").fill(word)
    end_session(page)
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog", name="Sign in to go on")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("E-mail")).to_have_value(DEMO_EMAIL)
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert serious_findings(page) == []
    dialog.get_by_label("Password").fill("not this one")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("password")
    dialog.get_by_label("Password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    expect(page.get_by_label("Source")).to_have_value(word)


def test_whoever_does_not_sign_in_keeps_the_form(open_page: OpenPage) -> None:
    page = open_page()
    settings_page(page)
    page.get_by_label("Source").fill("kept")
    end_session(page)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_label("Source")).to_have_value("kept")
    expect(page.get_by_role("button", name="Save")).not_to_have_class(re.compile("is-busy"))


def test_sign_in_in_another_tab_sends_the_waiting_form(open_page: OpenPage) -> None:
    page, word = open_page(), unique("flyer")
    settings_page(page)
    page.get_by_label("Source").fill(word)
    end_session(page)
    page.get_by_role("button", name="Save").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    sign_in_to_demo(opened.value)
    expect(opened.value.locator("[data-live-status]").first).to_have_text("Live")
    page.bring_to_front()
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    expect(page.get_by_label("Source")).to_have_value(word)


def test_token_of_an_older_session_is_renewed_without_a_word(open_page: OpenPage) -> None:
    page, word = open_page(), unique("card")
    settings_page(page)
    page.get_by_label("Source").fill(word)
    other = page.context.new_page()
    end_session(page)
    sign_in_to_demo(other)
    expect(other.locator("[data-live-status]").first).to_have_text("Live")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    assert source(page) == word


def test_edited_form_asks_before_it_is_left_and_never_after_saving(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    settings_page(page)
    field = page.get_by_label("Source")
    field.fill("something else")
    page.get_by_role("link", name="Overview").first.click()
    expect(field).to_have_value("something else")
    assert asked == ["beforeunload"]
    field.fill(unique("sticker"))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()
    page.get_by_role("link", name="Codes").first.click()
    expect(page.get_by_role("heading", name="Codes", level=1)).to_be_visible()
    assert asked == ["beforeunload"]


def test_form_that_was_not_changed_is_left_without_a_word(open_page: OpenPage) -> None:
    page = open_page()
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    settings_page(page)
    before = source(page)
    page.get_by_label("Source").fill("changed")
    page.get_by_label("Source").fill(before)
    page.get_by_role("link", name="Codes").first.click()
    expect(page.get_by_role("heading", name="Codes", level=1)).to_be_visible()
    assert asked == []


def test_refused_page_leads_to_the_first_wrong_field(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/signup")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Work e-mail").fill("ada@")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("This is not an e-mail address.")).to_be_visible()
    expect(page.get_by_text("Use at least 10 characters.")).to_be_visible()
    expect(page.get_by_label("Work e-mail")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("short")


def test_reload_after_a_token_makes_no_second_one(open_page: OpenPage) -> None:
    page, name = open_page(), unique("till")
    sign_in_to_demo(page)
    page.goto("/w/demo/tokens")
    page.get_by_label("New token").fill(name)
    page.get_by_role("button", name="Create token").click()
    secret = page.locator("#secret")
    expect(secret).to_contain_text("pb_live_")
    begins = secret.inner_text()[:12]
    page.reload()
    expect(secret).to_have_count(0)
    expect(page.get_by_role("row").filter(has_text=name)).to_have_count(1)
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text(begins)
