"""People of the team join, write and go; and what visitors agree to before they write."""

import pytest
from playwright.sync_api import expect

from tests.browser.widget.conftest import Visit
from tests.browser.widget.test_faults import hears
from tests.support.waiting import wait_until
from tests.support.widget_answers import Said
from tests.support.widget_api import FakeApi

pytestmark = pytest.mark.full


def test_who_joins_is_named_and_seen_to_write(visit: Visit, api: FakeApi) -> None:
    api.usual = Said(offers=("person",)).steps()
    chat = visit().open()
    chat.ask()
    chat.button("askPerson").last.click()
    expect(chat.says("asked")).to_be_visible()
    wait_until(lambda: api.named("messages")[-1].query.get("wait") == "25")
    api.person = {"name": "Grace", "is_typing": False}
    expect(chat.says("joined", name="Grace")).to_be_visible()
    expect(chat.panel.get_by_text(chat.words["withPerson"].format(name="Grace"))).to_be_visible()
    api.person = {"name": "Grace", "is_typing": True}
    expect(chat.panel.get_by_text(chat.words["typing"].format(name="Grace"))).to_be_visible()
    assert chat.findings() == []
    api.say("person", "I am looking it up.", author="Grace")
    hears(chat, "I am looking it up.")
    expect(chat.log.get_by_text("Grace", exact=True)).to_be_visible()
    chat.field.fill("Thank")
    wait_until(lambda: b'"typing"' in b"".join(one.body for one in api.named("events")))
    # Given back: the agent answers again.
    api.person = None
    expect(chat.panel.get_by_text(chat.words["subtitle"])).to_be_visible()


def test_who_is_not_answered_may_leave_an_address(visit: Visit, api: FakeApi) -> None:
    api.usual = Said(offers=("person", "lead_form")).steps()
    chat = visit().open()
    chat.ask()
    chat.button("askPerson").last.click()
    expect(chat.says("asked")).to_be_visible()
    api.is_waiting = False
    expect(chat.says("askedAway")).to_be_visible()
    expect(chat.panel.get_by_label(chat.words["email"])).to_be_visible()


def test_nothing_is_sent_before_the_visitor_agrees(visit: Visit, api: FakeApi) -> None:
    api.agent |= {
        "consent": {"text": "We keep what you write for 30 days.", "url": f"{api.url}/privacy"}
    }
    chat = visit()
    chat.launcher.click()
    expect(chat.panel.get_by_text("We keep what you write for 30 days.")).to_be_visible()
    expect(chat.field).to_be_hidden()
    assert chat.findings() == []
    chat.page.evaluate("Pitchbar.ask('Early?')")
    chat.button("agree").click()
    expect(chat.field).to_have_value("Early?")
    chat.field.press("Enter")
    hears(chat)
    assert [one.json.get("consented") for one in api.named("messages") if one.method == "POST"] == [
        True
    ]
    again = visit(beside=chat).opened()
    expect(again.field).to_be_visible()
